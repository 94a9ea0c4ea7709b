"""Telegram's updates, read directly: who wrote, and what (https://core.telegram.org/bots/api#update).

    {"update_id": 1, "message": {"message_id": 7, "date": 1778742000, "chat": {"id": 9, "type": "private"},
     "from": {"id": 9, "is_bot": false, "first_name": "Camille"}, "text": "Bonjour"}}
    {"update_id": 2, "callback_query": {"id": "300", "from": {…}, "message": {…}, "data": "d7g3v5jf2s:1"}}
    {"update_id": 3, "my_chat_member": {"chat": {…}, "from": {…}, "new_chat_member": {"status": "kicked"}}}

Not by the library's `Update.de_json`: a dozen fields are used, while it reads them all at twenty times the cost, takes
a message without a chat, and would be imported by every process that drains an inbox.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from conversations.model import FileRef, Input, Press
from handlers.channels import reading
from handlers.channels.base import Signal, Undecodable

Kind = Literal["message", "edited_message", "callback_query", "my_chat_member"]
KINDS: Final[tuple[Kind, ...]] = ("message", "edited_message", "callback_query", "my_chat_member")
CROWDED: Final = ("message", "my_chat_member", "edited_message", "channel_post")
CROWDS: Final = frozenset({"group", "supergroup", "channel"})
COMMAND: Final = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
# What a link may carry is 64 of these; no connection code is longer than 40 (a longer payload is no code of ours).
PAYLOAD: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")
LANGUAGE: Final = re.compile(r"([A-Za-z]{2,3})(?:[-_]|$)")

FILES: Final[Mapping[str, Literal["document", "voice", "video", "sticker", "location"]]] = {
    "animation": "video",  # is called a document besides, for programs older than it
    "document": "document",
    "voice": "voice",
    "audio": "voice",
    "video": "video",
    "video_note": "video",
    "sticker": "sticker",
    "location": "location",
    "venue": "location",
}
# Told to a private chat by Telegram itself: nobody said anything.
SERVICE: Final = frozenset(
    {
        "boost_added",
        "chat_background_set",
        "chat_shared",
        "connected_website",
        "message_auto_delete_timer_changed",
        "migrate_from_chat_id",
        "migrate_to_chat_id",
        "passport_data",
        "pinned_message",
        "proximity_alert_triggered",
        "refunded_payment",
        "successful_payment",
        "users_shared",
        "write_access_allowed",
    }
)


@dataclass(frozen=True, slots=True)
class Update:
    """An update of a kind that is used, from a person in their private chat."""

    id: int
    kind: Kind
    chat: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tap:
    """A press, for those who must answer it at once and take its buttons away."""

    callback_id: str
    chat: str
    message_id: str


def read(raw: bytes) -> Update | None:
    """None: of no use to us (groups, channels, bots, edits but of texts, kinds of the future). Raises Undecodable."""
    found = reading.tree(raw)
    update_id = reading.integer(found.get("update_id"))
    if update_id is None or update_id < 0:
        raise Undecodable("no update_id")
    kind = next((kind for kind in KINDS if kind in found), None)
    if kind is None:
        return None
    body = _object(found, kind)
    if kind == "edited_message" and "text" not in body:  # a place that is shared live is edited every few seconds
        return None
    # A press on a message that came through another chat has no message at all.
    holder = body if kind != "callback_query" else body.get("message")
    if holder is None:
        return None
    if not isinstance(holder, dict):
        raise Undecodable("message has not its shape")
    chat, sender = _object(holder, "chat"), _object(body, "from") if "from" in body else {}
    if chat.get("type") != "private":
        return None
    person = reading.integer(sender.get("id"))
    if person is None:
        raise Undecodable("no sender")
    if sender.get("is_bot") is True or reading.integer(chat.get("id")) != person:
        return None
    if kind != "callback_query" and reading.integer(body.get("date")) is None:
        raise Undecodable("no date")
    return Update(update_id, kind, person, body)


@dataclass(frozen=True, slots=True)
class Crowd:
    """A group or channel that we are in. `added`: somebody put us there just now; `language`: what their app speaks."""

    chat: int
    added: bool
    language: str | None


def crowd(raw: bytes) -> Crowd | None:
    """Where others would read what we say to one; None for private chats, and where we are out already."""
    found = reading.tree(raw)
    kind = next((kind for kind in CROWDED if kind in found), None)
    if kind is None:
        return None
    body = _object(found, kind)
    chat = _object(body, "chat")
    id = reading.integer(chat.get("id"))
    if id is None or str(chat.get("type")) not in CROWDS:
        return None
    status = _object(body, "new_chat_member").get("status") if kind == "my_chat_member" else "member"
    if str(status) not in {"member", "administrator", "restricted"}:
        return None
    sender = _object(body, "from") if "from" in body else {}
    return Crowd(id, kind == "my_chat_member", _language(sender))


def said(update: Update) -> Input | Signal:
    match update.kind:
        case "callback_query":
            return _pressed(update.body)
        case "my_chat_member":
            status = _object(update.body, "new_chat_member").get("status")
            return {"kicked": "blocked", "member": "unblocked"}.get(str(status), "ignored")  # type: ignore[return-value]
        case "edited_message":
            return Input(_command(_text(update.body, "text")), edited=message_id(update))
    return _message(update)


def message_id(update: Update) -> str:
    """Of the person's own message; the same for each of its versions."""
    return str(reading.integer(update.body.get("message_id")) or "")


def language(update: Update) -> str | None:
    """`pt` of an app set to `pt-br`; None where the app does not tell."""
    return _language(update.body["from"])


def _language(sender: Mapping[str, Any]) -> str | None:
    code = sender.get("language_code")
    found = LANGUAGE.match(code) if isinstance(code, str) else None
    return found[1].lower() if found else None


def tap(update: Update) -> Tap | None:
    if update.kind != "callback_query":
        return None
    message_id = reading.integer(update.body["message"].get("message_id"))
    return Tap(_text(update.body, "id"), str(update.chat), str(message_id or ""))


def _message(update: Update) -> Input | Signal:
    body = update.body
    if not SERVICE.isdisjoint(body):
        return "ignored"
    if "text" in body:
        return Input(_command(_text(body, "text")), replied=_replied(body))
    if "contact" in body:
        phone = _own_phone(update)
        return Input(phone=phone) if phone else Input(files=(FileRef("contact"),))
    return Input(_text(body, "caption"), files=(_file(body),))


def _replied(body: Mapping[str, Any]) -> str:
    """The message of this chat that it answers, where it quotes one."""
    quoted = body.get("reply_to_message")
    id = reading.integer(quoted.get("message_id")) if isinstance(quoted, dict) else None
    return str(id) if id is not None else ""


def _command(text: str) -> str:
    """`/aide@our_bot` is the word 'aide'; `/start PORTS-7KQM-4XTD` the code. Anything can be typed after /start."""
    found = COMMAND.fullmatch(text.strip())
    if not found:
        return text
    name, rest = found[1].lower(), found[2] or ""
    if name != "start":
        return f"{name} {rest}".strip()
    return rest if PAYLOAD.fullmatch(rest) else name


def _pressed(body: Mapping[str, Any]) -> Input:
    data = _text(body, "data")
    # Data that are not ours name no prompt: like those of an old one, they are answered with the open question.
    return Input(_label(body, data), press=reading.press(data) or Press("", 0))


def _label(body: Mapping[str, Any], data: str) -> str:
    """What stood on the button, where Telegram still shows its message."""
    markup = body["message"].get("reply_markup")
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    for row in rows if isinstance(rows, list) else []:
        for button in row if isinstance(row, list) else []:
            if isinstance(button, dict) and button.get("callback_data") == data:
                return _text(button, "text")
    return ""


def _own_phone(update: Update) -> str | None:
    """The sender's own number, by the contact button. Somebody else's card, or one by another way, proves nothing."""
    card = _object(update.body, "contact")
    forwarded = any(name.startswith(("forward_", "via_")) for name in update.body)
    if forwarded or reading.integer(card.get("user_id")) != update.chat:
        return None
    phone = "+" + re.sub(r"[\s().-]", "", _text(card, "phone_number")).removeprefix("+")
    return phone if reading.E164.fullmatch(phone) else None


def _file(body: Mapping[str, Any]) -> FileRef:
    photo = body.get("photo")
    if isinstance(photo, list) and photo and isinstance(photo[-1], dict):
        return _reference("image", photo[-1])  # in sizes, the largest last
    for name, kind in FILES.items():
        if name in body:
            return _reference(kind, _object(body, name))
    return FileRef("other")  # a poll, a game, or what there will be tomorrow


def _reference(
    kind: Literal["image", "document", "voice", "video", "sticker", "location"], file: Mapping[str, Any]
) -> FileRef:
    size = reading.integer(file.get("file_size")) or 0
    return FileRef(kind, _text(file, "file_id"), _text(file, "file_name"), max(size, 0))


def _object(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = found.get(name)
    if not isinstance(inner, dict):
        raise Undecodable(f"{name} has not its shape")
    return inner


def _text(found: Mapping[str, Any], name: str) -> str:
    inner = found.get(name, "")
    if not isinstance(inner, str):
        raise Undecodable(f"{name} has not its shape")
    return reading.clean(inner)
