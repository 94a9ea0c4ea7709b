"""What Telegram keeps of our bot: where updates go, which commands it offers, how it presents itself, per language.

https://core.telegram.org/bots/api#setwebhook, #setmycommands, #setmydescription. Read back first, so that a second run
changes nothing; only the webhook's secret cannot be read, and is sent along whenever the webhook is set.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from telegram import BotCommand, WebhookInfo

from conversations.normal import fold
from conversations.text import Text, t
from handlers.channels.setting_up import ByHand, Seen, Setting
from handlers.channels.telegram_bot import TROUBLE, TelegramBot, failure

# Edits tell that an answered question was rewritten, my_chat_member that we were blocked.
UPDATES: Final = ("callback_query", "edited_message", "message", "my_chat_member")
PATH: Final = "/webhooks/telegram"
LATELY: Final = timedelta(minutes=10)  # Telegram tries again every minute or two, and keeps an old error for ever
# A command's word is the first of its list that Telegram takes: a-z, 0-9, _, at most 32.
COMMANDS: Final[Mapping[str, Text]] = {
    "book": t("menu.book"),
    "move": t("menu.move"),
    "cancel": t("menu.cancel"),
    "menu": t("about.menu"),
    "help": t("about.help"),
    "human": t("menu.human"),
    "private": t("menu.private"),
    "language": t("menu.language"),
    "stop": t("about.stop"),
}
LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


@dataclass(frozen=True, slots=True)
class Presentation:
    """What people of a language read before they write. `language` is empty for those whose language we do not have."""

    language: str
    commands: Sequence[tuple[str, str]]
    description: str  # over an empty chat
    short: str  # on the profile, and where the bot is shared


class TelegramSetup(TelegramBot):
    """The settings of our bot, read and written. Everything raises SendError."""

    async def settings(
        self, public_url: str, secret: str, presentations: Sequence[Presentation]
    ) -> Sequence[Setting | ByHand]:
        found: list[Setting | ByHand] = [self._webhook(await self._info(), public_url, secret)]
        for shown in presentations:
            found += await self._presented(shown)
        return [*found, *await self._groups()]

    async def look(self, public_url: str, secret: str, now: datetime) -> Seen:
        """The webhook, and what waits behind it."""
        info = await self._info()
        failed_at = info.last_error_date
        failing = failed_at is not None and now - failed_at < LATELY and info.pending_update_count > 0
        return Seen([self._webhook(info, public_url, secret)], info.pending_update_count, failing)

    async def _info(self) -> WebhookInfo:
        try:
            return await self._bot.get_webhook_info()
        except TROUBLE as error:
            raise failure(error) from None

    async def _groups(self) -> list[ByHand]:
        """What only the bot's owner can set, and only by talking to @BotFather."""
        try:
            me = await self._bot.get_me()
        except TROUBLE as error:
            raise failure(error) from None
        wrong = {
            "/setjoingroups, Disable": (me.can_join_groups, "in a group others read what it says; it answers none"),
            "/setprivacy, Enable": (me.can_read_all_group_messages, "else it is sent what others write in groups"),
        }
        return [
            ByHand(f"telegram {word.split(',')[0]}", f"tell @BotFather {word}", why=why, ill=True)
            for word, (stands, why) in wrong.items()
            if stands
        ]

    def _webhook(self, info: WebhookInfo, public_url: str, secret: str) -> Setting:
        url = public_url.rstrip("/") + PATH

        async def put() -> None:
            try:
                await self._bot.set_webhook(url, secret_token=secret, allowed_updates=UPDATES)
            except TROUBLE as error:
                raise failure(error) from None

        now, wanted = _webhook_words(info.url, info.allowed_updates or ()), _webhook_words(url, UPDATES)
        why = "its kinds of updates are not the ones that we read"
        if not info.url:
            why = "none is set, so what people write waits for 24 hours and is lost then"
        elif info.url != url:
            why = "it leads elsewhere"
        elif "403" in (info.last_error_message or ""):  # they call us with another secret
            why, now = "we refuse its calls: it has another secret, or did", f"{now}; refused by us"
        return Setting("telegram webhook", now, wanted, put, why=why, unset=not info.url)

    async def _presented(self, shown: Presentation) -> list[Setting]:
        lang = shown.language or None
        about = f"telegram {{}} ({lang or 'other languages'})"
        bot = self._bot
        try:
            commands = await bot.get_my_commands(language_code=lang)
            description = (await bot.get_my_description(language_code=lang)).description
            short = (await bot.get_my_short_description(language_code=lang)).short_description
        except TROUBLE as error:
            raise failure(error) from None
        menu = [BotCommand(word, words) for word, words in shown.commands]
        return [
            Setting(
                about.format("commands"),
                _menu((command.command, command.description) for command in commands),
                _menu(shown.commands),
                _putting(lambda: bot.set_my_commands(menu, language_code=lang)),
            ),
            Setting(
                about.format("description"),
                description,
                shown.description,
                _putting(lambda: bot.set_my_description(shown.description, language_code=lang)),
            ),
            Setting(
                about.format("short description"),
                short,
                shown.short,
                _putting(lambda: bot.set_my_short_description(shown.short, language_code=lang)),
            ),
        ]


def presentation(language: str, say: Callable[[Text], str], typed: Callable[[str], Sequence[str]]) -> Presentation:
    """In the words of a language; `typed` gives the words that a command is understood by."""
    words = {name: _word(typed(f"words.command.{name}")) for name in COMMANDS}
    commands = [(word, say(COMMANDS[name])) for name, word in words.items() if word]
    return Presentation(language, commands, say(t("about.us")), say(t("about.us_short")))


def _word(phrases: Sequence[str]) -> str:
    folded = (fold(phrase) for phrase in phrases)
    return next((word for word in folded if 0 < len(word) <= 32 and LETTERS.issuperset(word)), "")


def _webhook_words(url: str, updates: Sequence[str]) -> str:
    return f"{url or 'none'} for {', '.join(sorted(updates)) or 'every kind'}"


def _menu(commands: Any) -> str:
    return ", ".join(f"/{word} ({about})" for word, about in commands)


def _putting(call: Callable[[], Any]) -> Callable[[], Any]:
    async def put() -> None:
        try:
            await call()
        except TROUBLE as error:
            raise failure(error) from None

    return put
