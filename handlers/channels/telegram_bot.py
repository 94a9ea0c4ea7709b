"""Calls to Telegram through python-telegram-bot, over our own session; its exceptions become SendErrors.

Imported only when Telegram is on: the library takes a second and 45 MB. Its own transport logs the token's address at
INFO and costs four times the processor time; its reader of answers logs what it cannot read, whole.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, cast

import aiohttp
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    TelegramError,
)
from telegram.request import BaseRequest, RequestData

from handlers.channels.base import SendError
from handlers.channels.outcomes import TELEGRAM, of_line
from handlers.channels.transport import call

# What the library raises, and what its readers do when an answer has not the shape that it should have.
TROUBLE: Final = (TelegramError, LookupError, TypeError, ValueError, AttributeError)
# Bad requests that mean something of their own, by their server's words.
IN_WORDS: Final = {
    "chat not found": "chat_not_found",
    "message is not modified": "not_modified",
    "query is too old": "too_old",
    "message is too long": "too_long",
    "file is too big": "file_too_big",
}


class Transport(BaseRequest):
    """The library's transport, on our session."""

    def __init__(self, session: aiohttp.ClientSession, timeout: float) -> None:
        self._session, self._limit = session, timeout

    @property
    def read_timeout(self) -> float:
        return self._limit

    async def initialize(self) -> None:
        """The session is opened and closed by whoever gave it."""

    async def shutdown(self) -> None:
        """See `initialize`."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        limit = read_timeout if isinstance(read_timeout, int | float) else self._limit
        fields = request_data.parameters if request_data else {}
        answer = await call(self._session, method, url, timeout=limit, json=fields)
        if answer.status >= 500:
            raise TELEGRAM["5xx"].error(str(answer.status))
        if answer.status == 429:  # the library's own exception warns that it will change
            raise TELEGRAM["429"].error("429", _after(answer.body))
        return answer.status, answer.body

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        try:
            return cast("dict[str, Any]", json.loads(payload))
        except ValueError:
            raise TelegramError("no JSON") from None


class TelegramBot:
    """Our bot, as far as the channel needs it."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        token: str,
        *,
        base_url: str = "https://api.telegram.org",
        timeout: float = 10,
    ) -> None:
        transport = Transport(session, timeout)
        base = base_url.rstrip("/")
        self._bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=transport,
            get_updates_request=transport,
        )

    async def send(self, chat: int, fields: Mapping[str, Any]) -> str:
        """The new message's id. Raises SendError."""
        others = {name: value for name, value in fields.items() if name != "text"}
        try:
            message = await self._bot.send_message(chat, fields["text"], api_kwargs=others)
            return str(message.message_id)
        except TROUBLE as error:
            raise failure(error) from None

    async def answer_press(self, callback_id: str) -> None:
        try:
            await self._bot.answer_callback_query(callback_id)
        except TROUBLE as error:
            raise failure(error) from None

    async def clear_keyboard(self, chat: int, message_id: int) -> None:
        try:
            await self._bot.edit_message_reply_markup(chat, message_id, reply_markup=None)
        except TROUBLE as error:
            raise failure(error) from None

    async def delete(self, chat: int, message_id: int) -> None:
        """A message of the last 48 hours, ours or the person's."""
        try:
            await self._bot.delete_message(chat, message_id)
        except TROUBLE as error:
            raise failure(error) from None

    async def leave(self, chat: int) -> None:
        try:
            await self._bot.leave_chat(chat)
        except TROUBLE as error:
            raise failure(error) from None

    async def username(self) -> str:
        """The bot's public name, as in https://t.me/<name>."""
        try:
            me = await self._bot.get_me()
        except TROUBLE as error:
            raise failure(error) from None
        return me.username or ""

    async def file_path(self, file_id: str) -> str:
        """Where a file can be fetched, below the address of the bot's files; good for an hour."""
        try:
            file = await self._bot.get_file(file_id)
        except TROUBLE as error:
            raise failure(error) from None
        return (file.file_path or "").removeprefix(f"{self._bot.base_file_url}/")

    async def webhook(self) -> tuple[str, int, str]:
        """Where updates go, how many wait, and what went wrong last."""
        try:
            info = await self._bot.get_webhook_info()
        except TROUBLE as error:
            raise failure(error) from None
        return info.url, info.pending_update_count, info.last_error_message or ""


def failure(error: Exception) -> SendError:
    """BadRequest is a NetworkError for the library, so the order matters. Their texts may hold names: none is kept."""
    if isinstance(error.__cause__, SendError):  # our transport's, wrapped on its way
        return error.__cause__
    code = _code(error)
    return TELEGRAM[code].error(code) if code else of_line("no_sense")


def _code(error: Exception) -> str | None:
    """Which line of the table it is."""
    match error:
        case Forbidden():
            return "403"
        case ChatMigrated():
            return "migrated"
        case InvalidToken():
            return "401"
        case Conflict():
            return "409"
        case BadRequest():
            said = error.message.lower()
            return next((code for words, code in IN_WORDS.items() if words in said), "400")
    return None


def _after(body: bytes) -> timedelta | None:
    try:
        seconds = json.loads(body)["parameters"]["retry_after"]
        return timedelta(seconds=seconds)
    except (ValueError, LookupError, TypeError, OverflowError):
        return None
