"""Links and what QR codes hold: as each kind of phone reads them; and the bot understands every code of ours."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import parse_qs, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking import codes
from booking.model import Code, CodeId
from conversations.flows.told import told_code
from conversations.text import t
from handlers.channels import gsm7
from handlers.channels.telegram_updates import PAYLOAD
from handlers.kits import qr
from handlers.kits.doors import Senders, doors, payload, sms_link
from handlers.kits.leaflet import printed
from handlers.kits.refusals import CannotCarry
from locales import languages
from locales.voice import Voice
from locales.words import guess, words
from tests.handlers.kits.leaflets import CLIENT, LETTERS, SENDERS, made

LONGEST = "WWWWWWWWWWWW-MMMM-WWW9"


def sentence(lang: str, code: str = LETTERS) -> str:
    return Voice(lang)(t("invite.sentence", code=code))


def test_one_sms_link_for_both_kinds_of_phone() -> None:
    """Android splits at the question mark, iOS at `&`; either finds `body`, and nothing else that means anything."""
    link = sms_link("+33199000001", sentence("fr"))
    number, _, query = link.removeprefix("sms:").partition("?")
    android = parse_qs(query)
    assert (number, android) == ("+33199000001", {"body": [sentence("fr")]})
    before, _, body = link.partition("&body=")
    assert (before, unquote(body)) == ("sms:+33199000001?", sentence("fr"))


def test_nothing_of_a_sentence_ends_a_link_early() -> None:
    link = sms_link("+33199000001", "a & b = c? # 100 % + é")
    assert link.endswith("body=a%20%26%20b%20%3D%20c%3F%20%23%20100%20%25%20%2B%20%C3%A9")


def test_a_code_has_the_white_border_that_cameras_need() -> None:
    """Four modules (ISO 18004): our reader does without, telephones may not, and a page's ground may be dark."""
    drawn = qr.svg("SMSTO:+33199000001:Bonjour")  # of 25 modules a side
    assert 'viewBox="0 0 33 33"' in drawn
    assert 'fill="#fff" d="M0 0h33v33h-33z"' in drawn
    assert 'stroke="#000" d="M4 4.5h7' in drawn  # the upper left corner's square


def test_whatsapp_takes_digits_alone_and_telegram_a_name() -> None:
    _, whatsapp, telegram = doors(SENDERS, sentence("fr"), LETTERS, words("fr"))
    assert re.match(r"https://wa\.me/33199000002\?text=Bonjour%2C%20mon", whatsapp.link)
    assert telegram.link == "https://t.me/social_direct_bot?start=PORTS-7KQM-4XTD"


def test_only_what_is_set_up_is_a_door() -> None:
    assert [door.channel for door in doors(Senders(telegram="a_bot"), sentence("fr"), LETTERS, words("fr"))] == [
        "telegram"
    ]


@pytest.mark.parametrize("lang", languages())
@given(name=st.text(max_size=30), chance=st.binary(min_size=codes.RANDOM_BYTES, max_size=codes.RANDOM_BYTES))
def test_every_code_that_load_makes_is_carried(lang: str, name: str, chance: bytes) -> None:
    """Or refused, for the few in a million that read as a time or a word; never carried as another code."""
    code = codes.make(name, chance)
    try:
        ways = doors(SENDERS, sentence(lang, code), code, words(lang))
    except CannotCarry:
        assert codes.find(code) is None
        return
    assert len(ways) == 3
    assert PAYLOAD.fullmatch(payload(code, words(lang)))
    assert codes.normal(told_code(payload(code, words(lang)), words(lang)) or "") == codes.normal(code)


@pytest.mark.parametrize("lang", languages())
def test_the_sentence_is_of_its_language_and_one_sms(lang: str) -> None:
    said = sentence(lang, LONGEST)
    assert guess(said, languages(), "xx") == lang
    assert gsm7.size(said).segments == 1
    assert told_code(said, words(lang)) == LONGEST


def test_a_code_too_long_for_telegram_is_refused_there_only() -> None:
    code = "a2" * 11 + "3"
    assert len(doors(Senders(sms="+33199000001"), sentence("fr", code), code, words("fr"))) == 1
    with pytest.raises(CannotCarry):
        payload("a2" * 14, words("fr"))


@pytest.mark.parametrize("code", ["SOLIDAIRE", "7000", "é", ""])
def test_what_the_bot_would_not_find_is_refused(code: str) -> None:
    with pytest.raises(CannotCarry):
        doors(SENDERS, sentence("fr", code), code, words("fr"))


@pytest.mark.parametrize(
    ("said", "set_"),
    [
        ("Un souci ? L'heure", "Un souci\u00a0? L’heure"),
        ("au 01 99 00 00 01, de 9 h", "au 01\u00a099\u00a000\u00a000\u00a001, de 9\u00a0h"),
        ("du 1er mars 2027 au 31 août 2028.", "du 1er\u00a0mars\u00a02027 au 31\u00a0août\u00a02028."),
        ("What now? 18 or over", "What now? 18 or over"),
    ],
)
def test_on_paper_no_line_begins_with_a_mark(said: str, set_: str) -> None:
    assert printed(said) == set_


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (None, None, ""),
        (date(2026, 3, 2), None, ""),  # has come
        (date(2026, 3, 3), None, "Code valable à partir du 3\u00a0mars\u00a02026."),
        (date(2026, 3, 2), date(2027, 12, 31), "Code valable jusqu’au 31\u00a0décembre\u00a02027."),
        (
            date(2026, 9, 1),
            date(2027, 8, 31),
            "Code valable du 1er\u00a0septembre\u00a02026 au 31\u00a0août\u00a02027.",
        ),
    ],
)
def test_the_days_of_a_code_are_told_where_they_matter(first: date | None, last: date | None, said: str) -> None:
    assert made("fr", code=Code(CodeId("c1"), CLIENT.id, first, last)).valid == said
