"""Telegram: who calls its webhook, and replies with buttons that go away once they are used."""

import hmac
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final, Protocol

from conversations.model import Input, Reply
from conversations.text import t
from handlers.channels import drawing, reading, telegram_updates
from handlers.channels.base import (
    BadOrigin,
    ChannelName,
    Draw,
    Envelope,
    Finding,
    Payload,
    Request,
    SendError,
    Signal,
    Undecodable,
)
from handlers.channels.outcomes import of_line
from handlers.channels.telegram_updates import Crowd, Tap

HEADER: Final = "x-telegram-bot-api-secret-token"
LONGEST: Final = 4096  # UTF-16 units of a message; more is a 400
LONGEST_LABEL: Final = 40  # a phone shows about so much of a button; longer ones are numbered, not cut
KEYS_IN_ROW: Final = 5  # of bare numbers
LATEST: Final = datetime(9999, 12, 31, tzinfo=UTC).timestamp()

log = logging.getLogger(__name__)


class TelegramProvider:
    """`secrets`: those given to setWebhook; two while one takes over from the other."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = tuple(secret.encode() for secret in secrets)

    def verify(self, request: Request) -> None:
        given = request.headers.get(HEADER, "").encode("utf-8", "replace")
        matches = [hmac.compare_digest(secret, given) for secret in self._secrets]
        if not given or not any(matches):
            raise BadOrigin

    def split(self, request: Request, now: datetime) -> Sequence[Envelope]:  # noqa: ARG002 - Telegram tells the time
        try:
            update = telegram_updates.read(request.body)
        except Undecodable as why:
            return [Envelope("telegram", "", sha256(request.body).hexdigest(), None, request.body, parked=str(why))]
        if update is None:
            return []
        sent_at, language = _sent_at(update.body), telegram_updates.language(update)
        return [Envelope("telegram", str(update.chat), str(update.id), sent_at, request.body, language=language)]


class Bot(Protocol):
    """What the channel needs of `TelegramBot`."""

    async def send(self, chat: int, fields: Mapping[str, Any]) -> str: ...
    async def answer_press(self, callback_id: str) -> None: ...
    async def clear_keyboard(self, chat: int, message_id: int) -> None: ...
    async def leave(self, chat: int) -> None: ...
    async def username(self) -> str: ...
    async def webhook(self) -> tuple[str, int, str]: ...


@dataclass(frozen=True, slots=True)
class TelegramChannel:
    bot: Bot
    public_url: str
    in_groups: Callable[[str | None], str] = lambda _: ""  # what a group is told, in the language of who added us
    name: ChannelName = "telegram"

    def decode(self, raw: bytes) -> Input | Signal:
        update = telegram_updates.read(raw)
        return "ignored" if update is None else telegram_updates.said(update)

    def render(self, reply: Reply, draw: Draw) -> Payload:
        labels = drawing.labels(reply, draw)
        # A keyboard of either sort, not both: while the key that shares a number goes, the choices are numbers.
        buttons = bool(labels and reply.prompt and not reply.contact and not draw.key_up)
        # Labels that a button would cut, and choices that cannot be buttons, are numbered in the text.
        listed = drawing.choices(reply, draw) if not buttons or max(map(len, labels)) > LONGEST_LABEL else []
        text = "\n".join([*drawing.sentences(reply, draw), *listed, *drawing.link(reply, draw)])
        if reply.contact:
            markup = _contact_keyboard(draw)
        elif buttons:
            markup = _buttons(reply.prompt, [str(n) for n in range(1, len(labels) + 1)] if listed else labels)
        else:
            # One that was offered before, and not used, would stay for ever.
            markup = {"remove_keyboard": True}
        # No parse mode: what people wrote is shown as it is. Previews would have Telegram's servers open our links.
        return Payload(text, {"text": text, "link_preview_options": {"is_disabled": True}, "reply_markup": markup})

    async def send(self, payload: Payload, address: str, outbox_id: str) -> str:  # noqa: ARG002 - no room for our id
        """A text that is longer than a message takes comes in several, the last with the buttons and its id."""
        parts = split(payload.fields["text"])
        if not parts:
            raise of_line("empty")
        id = ""
        for place, part in enumerate(parts, 1):
            fields = payload.fields if place == len(parts) else _plain(payload.fields)
            try:
                id = await self.bot.send(int(address), {**fields, "text": part})
            except SendError as error:
                if place == 1:
                    raise
                # Some of it has arrived: to send all of it again would be a second time.
                raise SendError(error.code, "unknown") from None
        return id

    async def sent(self, payload: Payload, address: str, since: datetime) -> Sequence[str]:  # noqa: ARG002
        return []  # a bot cannot read its own messages again

    async def ping(self) -> None:
        """Whether the API answers our bot, without a message."""
        await self.bot.username()

    async def pressed(self, raw: bytes) -> None:
        """For any update, at once: if it is a press, the button stops spinning, and its message loses its buttons; if
        it came from a group, we go.
        """
        if tap := self.tap(raw):
            await self.answer_press(tap.callback_id)
            await self.clear_keyboard(tap.chat, tap.message_id)
        elif crowd := self._crowd(raw):
            await self._leave(crowd)

    async def _leave(self, crowd: Crowd) -> None:
        """Nothing of anybody is shown where others read. Who added us is told why. Of no consequence if it fails."""
        try:
            if crowd.added and (words := self.in_groups(crowd.language)):
                await self.bot.send(crowd.chat, {"text": words})
            await self.bot.leave(crowd.chat)
        except SendError as error:
            log.info("a group was not left: %s", error.code)

    def _crowd(self, raw: bytes) -> Crowd | None:
        try:
            return telegram_updates.crowd(raw)
        except Undecodable:
            return None

    def tap(self, raw: bytes) -> Tap | None:
        try:
            update = telegram_updates.read(raw)
            return telegram_updates.tap(update) if update else None
        except Undecodable:
            return None

    async def answer_press(self, callback_id: str) -> None:
        """Of no consequence when it fails: an old press cannot be answered any more."""
        try:
            await self.bot.answer_press(callback_id)
        except SendError as error:
            log.info("a press was not answered: %s", error.code)

    async def clear_keyboard(self, address: str, provider_id: str) -> None:
        """Takes the buttons off a message whose question was answered, by a press or by typing. Of no consequence."""
        try:
            await self.bot.clear_keyboard(int(address), int(provider_id))
        except (SendError, ValueError) as error:
            log.info("buttons were not taken off: %s", error.code if isinstance(error, SendError) else "no id")

    async def check(self) -> Sequence[Finding]:
        try:
            url, waiting, trouble = await self.bot.webhook()
        except SendError as error:
            return [
                Finding(
                    "telegram",
                    False,
                    f"Telegram does not answer as it should ({error.code}); check TELEGRAM_BOT_TOKEN.",
                )
            ]
        if url != f"{self.public_url.rstrip('/')}/webhooks/telegram":
            stands = "leads elsewhere" if url else "is not set"
            return [Finding("telegram", False, f"The webhook {stands}; run `socialdirect channels setup`.")]
        if trouble:
            return [
                Finding("telegram", False, f"{waiting} updates wait; the last call of our webhook failed: {trouble}")
            ]
        return [Finding("telegram", True, f"The webhook is set; {waiting} updates wait.")]


def split(text: str) -> list[str]:
    """At the ends of lines, where one fits; nothing for a text of nothing but space. Telegram counts UTF-16 units."""
    if units(text) <= LONGEST:
        return [text] if text.strip() else []
    parts, part = [], ""
    for line in text.split("\n"):
        whole = f"{part}\n{line}" if part else line
        if units(whole) <= LONGEST:
            part = whole
            continue
        parts += [part] if part else []
        *full, part = _cut(line)
        parts += full
    return [each for each in (*parts, part) if each.strip()]


def _cut(line: str) -> list[str]:
    """A line that is longer than a message; no character of two units is halved."""
    pieces, start, used = [], 0, 0
    for place, char in enumerate(line):
        width = units(char)
        if used + width > LONGEST:
            pieces.append(line[start:place])
            start, used = place, 0
        used += width
    return [*pieces, line[start:]]


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "reply_markup"}


def _buttons(prompt: str, labels: Sequence[str]) -> dict[str, Any]:
    keys = [{"text": label, "callback_data": f"{prompt}:{number}"} for number, label in enumerate(labels, 1)]
    width = KEYS_IN_ROW if all(label.isdigit() for label in labels) else 1
    return {"inline_keyboard": [keys[start : start + width] for start in range(0, len(keys), width)]}


def _contact_keyboard(draw: Draw) -> dict[str, Any]:
    key = {"text": draw.say(t("phone.button")), "request_contact": True}
    return {"keyboard": [[key]], "one_time_keyboard": True, "resize_keyboard": True}


def _sent_at(body: Mapping[str, Any]) -> datetime | None:
    date = reading.integer(body.get("date"))
    return datetime.fromtimestamp(date, UTC) if date is not None and 0 <= date <= LATEST else None
