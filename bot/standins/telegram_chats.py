"""The people of the Telegram stand-in: their chats with the bot, and messages as the Bot API prints them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.standins.ledger import Button


@dataclass(frozen=True)
class Person:
    """An account. `phone` is what the contact button shares."""

    id: int
    first_name: str
    language: str | None = "fr"
    phone: str = ""

    def user(self) -> dict[str, Any]:
        language = {"language_code": self.language} if self.language else {}
        return {"id": self.id, "is_bot": False, "first_name": self.first_name, **language}

    def chat(self) -> dict[str, Any]:
        return {"id": self.id, "first_name": self.first_name, "type": "private"}


@dataclass
class Chat:
    """A private chat. Nobody can be written to before they wrote, nor after they blocked the bot."""

    person: Person
    started: bool = False
    blocked: bool = False
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    keyboard: tuple[Button, ...] = ()  # the reply keyboard under the text field
    keyboard_once: bool = False

    def shown(self) -> dict[str, Any]:
        return self.person.chat()

    def message(self, number: int, sender: Mapping[str, Any], now: datetime, **content: Any) -> dict[str, Any]:
        """Put a message into the chat, and return it."""
        self.messages[number] = {
            "message_id": number,
            "from": sender,
            "chat": self.shown(),
            "date": int(now.timestamp()),
            **content,
        }
        return self.messages[number]

    def put_keyboard(self, markup: Mapping[str, Any]) -> None:
        """A reply keyboard stays until another takes its place or it is removed; an inline one leaves it alone."""
        if markup.get("remove_keyboard"):
            self.keyboard = ()
        elif "keyboard" in markup:
            self.keyboard = buttons(markup)
            self.keyboard_once = bool(markup.get("one_time_keyboard"))

    def keyboard_used(self) -> None:
        if self.keyboard_once:
            self.keyboard = ()


@dataclass
class Group(Chat):
    """A group that somebody added the bot to; `person` is who did, its id is below zero."""

    id: int = 0

    def shown(self) -> dict[str, Any]:
        return {"id": self.id, "type": "supergroup", "title": "Entraide"}


def buttons(markup: Mapping[str, Any]) -> tuple[Button, ...]:
    """The buttons of either kind of keyboard, row by row."""
    inline = [_inline(key) for row in markup.get("inline_keyboard", ()) for key in row]
    return (*inline, *(_key(key) for row in markup.get("keyboard", ()) for key in row))


def _inline(key: Mapping[str, Any]) -> Button:
    if "url" in key:
        return Button("url", key["text"], key["url"])
    return Button("callback", key["text"], key.get("callback_data", ""))


def _key(key: Mapping[str, Any] | str) -> Button:
    if isinstance(key, str):
        return Button("key", key, key)
    return Button("contact" if key.get("request_contact") else "key", key["text"], key["text"])


def commands_in(text: str) -> dict[str, Any]:
    """The entity that Telegram puts over a command at the start of a text."""
    if not text.startswith("/"):
        return {}
    return {"entities": [{"offset": 0, "length": len(text.split(maxsplit=1)[0]), "type": "bot_command"}]}
