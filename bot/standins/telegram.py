"""A stand-in for Telegram: the methods of the Bot API that we call, by their names there.

https://core.telegram.org/bots/api. What people do at the other end is in `telegram_people.py`.
"""

import hmac
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from bot.standins.base import Check, Said
from bot.standins.faults import Broken, Reject, Throttle
from bot.standins.ledger import Bubble, Call
from bot.standins.telegram_chats import Chat, Group, buttons
from bot.standins.telegram_people import TelegramPeople
from bot.standins.telegram_text import UnparsableError, read, utf16

REASONS: Final = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
}
# Parameters that a form carries as JSON; all others are texts.
JSON_FIELDS: Final = frozenset(
    {
        "allowed_updates",
        "cache_time",
        "chat_id",
        "commands",
        "disable_notification",
        "drop_pending_updates",
        "entities",
        "link_preview_options",
        "max_connections",
        "menu_button",
        "message_id",
        "message_thread_id",
        "protect_content",
        "reply_markup",
        "reply_parameters",
        "scope",
        "show_alert",
    }
)
TEXT_LIMIT: Final = 4096
DATA_LIMIT: Final = 64
DELETABLE: Final = 48 * 3600  # seconds since it was sent
FILE_LIMIT: Final = 20 * 1024 * 1024  # what a bot may fetch


class RefusedError(Exception):
    """The API says no: status, and the reason after its name."""

    def __init__(self, status: int, reason: str = "") -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class TelegramStandIn(TelegramPeople):
    """Telegram for one bot."""

    def __init__(
        self,
        token: str,
        clock: Callable[[], datetime],
        ids: Callable[[], int],
        *,
        check: Check | None = None,
        reach: Callable[[str], str] = str,
    ) -> None:
        super().__init__(token, clock, ids, check=check, reach=reach)
        self.token = token
        self.toasts: list[tuple[int, str]] = []  # what a tap was answered with, over the chat
        self._kept: dict[tuple[str, ...], Any] = {}  # commands and descriptions, by language; menu buttons
        self.app.router.add_route("*", "/bot{token}/{method}", self._method)
        self.app.router.add_get("/file/bot{token}/{path:.*}", self._file)
        self._methods: dict[str, Callable[[dict[str, Any]], Any]] = {
            "getMe": lambda _: self.me,
            "sendMessage": self._send,
            "editMessageText": self._edit_text,
            "editMessageReplyMarkup": self._edit_markup,
            "deleteMessage": self._delete,
            "answerCallbackQuery": self._answer_query,
            "leaveChat": self._leave,
            "sendChatAction": lambda params: bool(self._writable(params)),
            "getFile": self._get_file,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": lambda _: self.webhook.info(),
            "setMyCommands": self._set_commands,
            "getMyCommands": lambda params: self._kept.get(_commands_key(params), []),
            "setMyDescription": lambda params: self._set_words("description", 512, params),
            "getMyDescription": lambda params: self._words("description", params),
            "setMyShortDescription": lambda params: self._set_words("short_description", 120, params),
            "getMyShortDescription": lambda params: self._words("short_description", params),
            "setChatMenuButton": self._set_menu_button,
            "getChatMenuButton": lambda params: self._kept.get(_menu_key(params), {"type": "default"}),
        }

    # The API

    async def _method(self, request: web.Request) -> web.StreamResponse:
        method, params = request.match_info["method"], await _params(request)

        def work(_: Call) -> Said:
            if refused := self._stranger(request.match_info["token"]):
                return refused
            if method not in self._methods:
                return _refusal(404)
            try:
                return Said(200, {"ok": True, "result": self._methods[method](params)})
            except RefusedError as error:
                return _refusal(error.status, error.reason)

        return await self.take(request, method, params, work)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """Its bytes, at the address that getFile told; no method of the API."""
        path = request.match_info["path"]

        def work(_: Call) -> Said:
            content = self.contents.get(path)
            if self._stranger(request.match_info["token"]) or content is None:
                return _refusal(404)
            return Said(200, content, {"Content-Type": "application/octet-stream"})

        return await self.take(request, "(file)", {"path": path}, work, described=False)

    def _stranger(self, token: str) -> Said | None:
        if hmac.compare_digest(token.encode(), self.token.encode()):
            return None
        return _refusal(401 if re.fullmatch(r"\d+:[\w-]+", token) else 404)

    def draw(self, fault: Throttle | Broken | Reject) -> Said:
        match fault:
            case Throttle():
                said = _refusal(429, f"retry after {fault.after}")
                return Said(429, {**said.body, "parameters": {"retry_after": fault.after}})
            case Broken():
                return Said(
                    fault.status, {"ok": False, "error_code": fault.status, "description": "Internal Server Error"}
                )
            case Reject():
                return _refusal(fault.code, fault.reason)

    def unlawful(self, problems: list[str]) -> Said:
        return _refusal(400, "; ".join(problems))

    # Messages

    def _writable(self, params: Mapping[str, Any]) -> Chat:
        chat = self.chats.get(params.get("chat_id", 0))
        if chat is None:
            raise RefusedError(400, "chat not found")
        if not chat.started:
            raise RefusedError(403, "bot can't initiate conversation with a user")
        if chat.blocked:
            raise RefusedError(403, "bot was blocked by the user")
        return chat

    def _send(self, params: Mapping[str, Any]) -> dict[str, Any]:
        chat, content, markup = self._writable(params), _content(params), _markup(params)
        inline = {"reply_markup": markup} if "inline_keyboard" in markup else {}
        message = chat.message(self.ids(), self.me, self.clock(), **content, **inline)
        chat.put_keyboard(markup)
        self._show(chat, message, markup)
        return message

    def _edit_text(self, params: Mapping[str, Any]) -> dict[str, Any]:
        chat, old = self._editable(params)
        return self._edited(chat, old, {**_content(params), **_inline(params)})

    def _edit_markup(self, params: Mapping[str, Any]) -> dict[str, Any]:
        chat, old = self._editable(params)
        kept: dict[str, Any] = {name: old[name] for name in ("text", "entities") if name in old}
        return self._edited(chat, old, {**kept, **_inline(params)})

    def _editable(self, params: Mapping[str, Any]) -> tuple[Chat, dict[str, Any]]:
        chat = self._writable(params)
        message = chat.messages.get(params.get("message_id", 0))
        if message is None:
            raise RefusedError(400, "message to edit not found")
        if message["from"] != self.me:
            raise RefusedError(400, "message can't be edited")
        return chat, message

    def _delete(self, params: Mapping[str, Any]) -> bool:
        """Of either side, in a private chat, for 48 hours."""
        chat = self._writable(params)
        message = chat.messages.get(params.get("message_id", 0))
        if message is None:
            raise RefusedError(400, "message to delete not found")
        if self.clock().timestamp() - message["date"] > DELETABLE:
            raise RefusedError(400, "message can't be deleted for everyone")
        del chat.messages[message["message_id"]]
        return True

    def _edited(self, chat: Chat, old: Mapping[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        if new == {name: old[name] for name in ("text", "entities", "reply_markup") if name in old}:
            raise RefusedError(
                400,
                "message is not modified: specified new message content and reply markup are exactly the same "
                "as a current content and reply markup of the message",
            )
        now = self.clock()
        message = chat.message(old["message_id"], self.me, now, **new, edit_date=int(now.timestamp()))
        message["date"] = old["date"]
        self._show(chat, message, new.get("reply_markup", {}))
        return message

    def _show(self, chat: Chat, message: Mapping[str, Any], markup: Mapping[str, Any]) -> None:
        sender, to = str(self.me["username"]), str(chat.shown()["id"])
        key = f"{to}:{message['message_id']}"
        self.show(Bubble(key, to, sender, message["text"], self.clock(), buttons(markup)))

    def _leave(self, params: Mapping[str, Any]) -> bool:
        chat = self.chats.get(params.get("chat_id", 0))
        if not isinstance(chat, Group):
            raise RefusedError(400, "chat not found" if chat is None else "chat member status can't be changed")
        del self.chats[chat.id]
        return True

    def _answer_query(self, params: Mapping[str, Any]) -> bool:
        whose = self.queries.pop(params.get("callback_query_id", ""), None)
        if whose is None:
            raise RefusedError(400, "query is too old and response timeout expired or query ID is invalid")
        if params.get("text"):
            self.toasts.append((whose, params["text"]))
        self.ledger.changed()
        return True

    def _get_file(self, params: Mapping[str, Any]) -> dict[str, Any]:
        file = self.files.get(params.get("file_id", ""))
        if file is None:
            raise RefusedError(400, "invalid file_id")
        if file["file_size"] > FILE_LIMIT:
            raise RefusedError(400, "file is too big")
        return file

    # The bot's settings

    def _set_webhook(self, params: Mapping[str, Any]) -> bool:
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", params.get("secret_token", "")):
            raise RefusedError(400, "secret token contains unallowed characters")
        self.webhook.set(params)
        self.start(self.webhook.redeliver())
        return True

    def _delete_webhook(self, params: Mapping[str, Any]) -> bool:
        self.webhook.set({"drop_pending_updates": params.get("drop_pending_updates", False)})
        return True

    def _set_commands(self, params: Mapping[str, Any]) -> bool:
        for command in params.get("commands", []):
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise RefusedError(400, "BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise RefusedError(400, "BOT_COMMAND_DESCRIPTION_INVALID")
        self._kept[_commands_key(params)] = params.get("commands", [])
        return True

    def _set_words(self, name: str, limit: int, params: Mapping[str, Any]) -> bool:
        if len(params.get(name, "")) > limit:
            raise RefusedError(400, f"{name} is too long")
        self._kept[name, params.get("language_code", "")] = params.get(name, "")
        return True

    def _words(self, name: str, params: Mapping[str, Any]) -> dict[str, str]:
        return {name: self._kept.get((name, params.get("language_code", "")), "")}

    def _set_menu_button(self, params: Mapping[str, Any]) -> bool:
        self._kept[_menu_key(params)] = params.get("menu_button", {"type": "default"})
        return True


async def _params(request: web.Request) -> dict[str, Any]:
    """JSON, or a form whose compound values are JSON; both are lawful, as is the query."""
    if request.content_type == "application/json":
        return {**request.query, **await request.json()}
    form = {**request.query, **await request.post()}
    return {name: _typed(name, value) for name, value in form.items()}


def _typed(name: str, value: Any) -> Any:
    if name not in JSON_FIELDS or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _content(params: Mapping[str, Any]) -> dict[str, Any]:
    try:
        text, entities = read(params.get("text", ""), params.get("parse_mode"))
    except UnparsableError as error:
        raise RefusedError(400, str(error)) from None
    if not text.strip():
        raise RefusedError(400, "message text is empty")
    if utf16(text) > TEXT_LIMIT:
        raise RefusedError(400, "message is too long")
    return {"text": text, **({"entities": entities} if entities else {})}


def _markup(params: Mapping[str, Any]) -> dict[str, Any]:
    markup: dict[str, Any] = params.get("reply_markup") or {}
    for button in buttons(markup):
        if button.kind == "callback" and not 1 <= len(button.value.encode()) <= DATA_LIMIT:
            raise RefusedError(400, "BUTTON_DATA_INVALID")
    return markup


def _inline(params: Mapping[str, Any]) -> dict[str, Any]:
    """An edit without a keyboard, or with an empty one, takes the keyboard away."""
    markup = _markup(params)
    return {"reply_markup": markup} if buttons(markup) else {}


def _commands_key(params: Mapping[str, Any]) -> tuple[str, ...]:
    scope = json.dumps(params.get("scope", {"type": "default"}), sort_keys=True)
    return ("commands", scope, params.get("language_code", ""))


def _menu_key(params: Mapping[str, Any]) -> tuple[str, ...]:
    return ("menu", str(params.get("chat_id", "")))


def _refusal(status: int, reason: str = "") -> Said:
    words = ": ".join(filter(None, [REASONS.get(status, "Bad Request"), reason]))
    return Said(status, {"ok": False, "error_code": status, "description": words})
