"""Leaflets to lay out in tests: the sample client's, and one with everything as long as it may be."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from booking.model import Client, ClientId, ClientKind, Code, CodeId
from bot import forms
from conversations.text import t
from handlers.desk import desk
from handlers.kits.doors import Senders, doors
from handlers.kits.leaflet import Leaflet, leaflet
from locales.voice import Voice
from locales.words import words

CLIENT = Client(ClientId("ports"), "ports", "Mutuelle des Ports", ClientKind.INSURER)
CODE = Code(CodeId("c1"), CLIENT.id)
LETTERS = "PORTS-7KQM-4XTD"
SENDERS = Senders("+33199000001", "+33199000002", "social_direct_bot")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DESK = desk("+33199000000", forms.weekly_hours("mon-fri 09:00-18:00"), NOW, ZoneInfo("Europe/Paris"))


def made(
    lang: str,
    *,
    client: Client = CLIENT,
    letters: str = LETTERS,
    code: Code = CODE,
    senders: Senders = SENDERS,
    phone: bool = True,
) -> Leaflet:
    voice = Voice(lang)
    ways = doors(senders, voice(t("invite.sentence", code=letters)), letters, words(lang))
    about = DESK if phone else desk(None, forms.weekly_hours("mon-fri 09:00-18:00"), NOW, ZoneInfo("Europe/Paris"))
    return leaflet(client, letters, code, ways, about, voice, NOW.date())


def longest(lang: str) -> Leaflet:
    """A long name, the longest code and bot's name (32 signs) there may be, a code that begins and ends."""
    name = "Institution de prévoyance des entreprises de transport maritime, fluvial et portuaire"
    client = Client(ClientId("long"), "long", name, ClientKind.BRANCH)
    code = Code(CodeId("c2"), client.id, date(2026, 9, 1), date(2027, 12, 31))
    senders = Senders("+33199000001", "+33199000002", "a_name_as_long_as_a_bot_may_have_1"[:32])
    return made(lang, client=client, letters="WWWWWWWWWWWW-MMMM-WWW9", code=code, senders=senders)
