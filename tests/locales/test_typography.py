"""Where a line of a page may not break, and that nothing of it ever gets into an SMS."""

from __future__ import annotations

from datetime import date

import pytest

from conversations.text import t
from handlers.channels import gsm7
from locales import catalogue, languages
from locales.typography import NARROW, WIDE, PageVoice, tied
from locales.voice import Voice
from tests.plain import plain


@pytest.mark.parametrize(
    ("said", "set_"),
    [
        ("Un souci ? Oui ! Bon ; non", "Un souci_? Oui_! Bon_; non"),
        ("Client : « Le Quai »", "Client~: «~Le Quai~»"),
        ("à 14 h, puis à 9 h 30", "à 14~h, puis à 9~h~30"),
        ("9 h et 30 personnes", "9~h et 30 personnes"),
        ("3 heures, 2 hommes", "3 heures, 2 hommes"),
        ("02 97 00 00 00 et 10 000", "02~97~00~00~00 et 10~000"),
        ("50 % de 3", "50~% de 3"),
        ("at 14:00: who?", "at 14:00: who?"),
    ],
)
def test_what_holds_together(said: str, set_: str) -> None:
    wanted = set_.replace("_", NARROW).replace("~", WIDE)
    assert tied(said) == wanted
    assert tied(wanted) == wanted
    assert plain(wanted) == said


def test_a_day_stays_with_its_month_and_its_year() -> None:
    say = PageVoice("fr")
    assert say.on_paper(date(2027, 12, 31)) == f"31{WIDE}décembre{WIDE}2027"
    assert say.on_paper(date(2027, 5, 1)) == f"1er{WIDE}mai{WIDE}2027"
    assert PageVoice("en").on_paper(date(2027, 12, 31)) == f"31{WIDE}December{WIDE}2027"


@pytest.mark.parametrize("lang", languages())
def test_a_page_says_the_same_words(lang: str) -> None:
    """No word is lost, and none is said otherwise."""
    for msgid, words in catalogue(lang).items():
        if "{" not in words:
            assert plain(PageVoice(lang)(t(msgid))) == plain(Voice(lang)(t(msgid)))


@pytest.mark.parametrize("lang", languages())
def test_the_voice_of_messages_says_plain_blanks(lang: str) -> None:
    """A no-break space is in no GSM alphabet: it would cost an SMS more than half of its length."""
    assert gsm7.encoding(f"14{WIDE}h") == "UCS-2"
    assert gsm7.encoding(f"Oui{NARROW}?") == "UCS-2"
    for words in catalogue(lang).values():
        assert NARROW not in words
        assert WIDE not in words
