"""The talk's own rules: each flow has a talk, notices are discreet, no word that we offer unsubscribes."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import Final

import pytest

from conversations.flows import FLOWS
from locales import catalogue, languages
from tests.guards import guards

TALKS: Final = Path(__file__).parents[1] / "conversations" / "talks"
PERSONAL: Final = re.compile(
    r"notice\.yours.*|notice\.cancelled_(for_you|as_asked)|message\.notice|reminder\..*|replaced\..*|proposed\..*|one_more\..*"
    r"|decision\.(waits.*|over)"
)
# https://help.twilio.com/articles/223134027: Twilio answers these itself, and some of them silence us.
TWILIO: Final = re.compile(r"\b(CANCEL|END|QUIT|YES|START|HELP|INFO|UNSUBSCRIBE|STOPALL)\b")


def fields(words: str) -> set[str]:
    return {f"{field}:{form}" for _, field, form, _ in string.Formatter().parse(words) if field}


SAID_BY: Final = {  # flows that are not called as what they say, or say nothing themselves
    "join_mailed": "join.done",
    "channel_joined": "channel.kept",
    "channel_parted": "channel.parted",
    "draft_offered": "drafts.ask",
    "draft_wanted": "drafts.gone",
    "draft_given": "drafts.comes",
    "book": "confirmed.change",
    "frozen": "refused.frozen",
    "agenda_tomorrow": "agenda.tomorrow",
    "agenda_week": "agenda.week",
    "agenda_next": "agenda.next",
    "replaced_again": "replaced.again",
    "accept_again": "refuse.accepted",
    "open_hours": "open.done",
    "own_times": "times.ask",
    "calendar_forget": "calendar.forgotten",
    "claim_over": "still_me.refused",
    "discreet_off": "discreet.off",
    "due_near": "soon.worker",
    "due_attendance": "attend.asked_again",
    "due_silence": "attend.asked_again",
    "due_after": "feedback.ask",
    "due_unmet": "notice.nobody",
}


def test_every_flow_is_walked_through_in_a_talk() -> None:
    """Talks' names are free, so a flow is found by what only it says."""
    heard = "\n".join(path.read_text() for path in TALKS.glob("*.talk"))
    silent = []
    for flow in FLOWS.values():
        own = [msgid for msgid in catalogue("fr") if msgid.startswith(flow.name)]
        msgids = [SAID_BY[flow.name]] if flow.name in SAID_BY else own
        said = [re.split(r"[{]", catalogue("fr")[msgid])[0] for msgid in msgids]
        unheard = {
            "joined",
            "join_telegram",
            "join_whatsapp",
            "replaced_over",
            "proposed_over",
            "one_more_over",
        }  # or heard by others
        if flow.name not in unheard and not any(s and s in heard for s in said):
            silent.append(flow.name)
    assert silent == []


@guards("T06", partly=True)
@pytest.mark.parametrize("lang", languages())
def test_a_personal_notice_names_neither_the_matter_nor_the_client(lang: str) -> None:
    for msgid, words in catalogue(lang).items():
        if PERSONAL.fullmatch(msgid):
            assert not {field.split(":")[0] for field in fields(words)} & {
                "motive",
                "client",
                "code",
                "text",
                "ground",
                "words",
            }, msgid
            assert "social" not in words.casefold(), msgid


def test_nobody_is_told_to_answer_with_a_word_that_twilio_takes() -> None:
    assert [msgid for msgid, words in catalogue("en").items() if TWILIO.search(words)] == []


@guards("T15")
@pytest.mark.parametrize("lang", languages())
def test_every_language_fills_in_the_same_values(lang: str) -> None:
    """Same names, in the same form; the forms of the catalogue's own formats are free."""
    french = catalogue("fr")
    differ = [msgid for msgid, words in catalogue(lang).items() if fields(words) != fields(french[msgid])]
    assert differ == []


@pytest.mark.parametrize("word", ["annulation", "annulé", "annuler"])
def test_only_what_cancels_speaks_of_cancelling(word: str) -> None:
    """People believed that theirs was cancelled; ANNULER in capitals is a word to answer with."""
    about = re.compile(
        r"(worker_)?cancel\..*|absent\..*|refuse\.nobody|notice\.gone.*|page\.(cancel|gone|error|late|refused).*|menu\.cancel"
        r"|(notice|one_way)\.cancelled_as_asked"  # and what the person asked for by telephone
        r"|console\..*"  # what the desk reads
    )
    found = [m for m, words in catalogue("fr").items() if re.search(rf"\b{word}\b", words) and not about.match(m)]
    assert found == []
