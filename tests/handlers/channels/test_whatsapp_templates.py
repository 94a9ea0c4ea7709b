"""Every template for after WhatsApp's 24 hours: Meta's rules, ours, and every value that it may ever be given."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from bot.standins.twilio_content import Content, broken_rules, unfit
from conversations.flows.names import MODES
from conversations.model import Link, Option, Reply
from conversations.normal import fold
from conversations.text import Text, Value, t
from handlers.channels.base import Draw
from handlers.channels.whatsapp_content import BUTTON
from handlers.channels.whatsapp_templates import drawn, stored
from locales import catalogue, languages
from locales.voice import Voice
from locales.whatsapp import LINES, LINK, Template, templates
from locales.words import words
from tests.guards import guards

BOTH: Final = [(template, lang) for template in templates() for lang in template.wordings]
NAMES: Final = [f"{template.name}-{lang}" for template, lang in BOTH]
TWILIO: Final = frozenset({"CANCEL", "END", "QUIT", "YES", "START", "HELP", "INFO", "STOP"})
HOLES: Final = re.compile(r"\{(\w+)")

# Of notices that have none: they go another way.
ELSEWHERE: Final = {
    "notice.documents": "to workers, whose notices go by SMS or mail while their window is closed",
    "notice.neutral_on_whatsapp": "by SMS alone, for what WhatsApp did not take",
    "notice.gone_alone": "likewise, and rare: an hour of somebody who was erased",
    "notice.claimed": "by mail; on the other channels it is asked",
    "notice.number_changed": "by mail, and by SMS to the number that was theirs",
    "notice.stopped_chat": "said there only while the window is open",
    "notice.stopped_number": "likewise",
    "notice.refuse": "never the first sentence: the templates of what was ended late say it",
}
# The first sentences of all that may be written to somebody who did not write before.
LEADS: Final = {
    *(msgid for msgid in catalogue("fr") if msgid.startswith(("notice.", "soon.", "reminder.late_", "waiting_over."))),
    "reminder.early",
    "reminder.early_several",
    *(
        "replaced.sorry",
        "replaced.again",
        "proposed.ask",
        "one_more.ask",
        "freed.ask",
        "freed.ask_earlier",
        "missed_call.ask",
    ),
    *("desk_says.waits", "desk_hands_back.done", "desk_called.missed", "call_late.sorry"),
    "channel.joined",
    *("decision.waits", "decision.waits_gone", "decision.waits_coming", "decision.over"),
    *("claimed.ask", "missed.ask", "feedback.ask", "attend.ask", "trial.notice", "message.notice"),
}
# The morning's message is many notices in one: whole by SMS or mail, never a part of it.
WHOLE: Final = {"digest.today", "digest.nothing_today"}

LONGEST: Final[dict[str, Value]] = {
    "worker": "Marie-Emmanuelle",
    "name": "Jean-Baptiste-Alexandre",
    "number": "01 99 00 00 03",
    "minutes": 45,
    "text": "Je ne trouve pas mon avis d'imposition. Est-ce que je peux venir avec celui de l'an dernier ? " * 4,
    "address": "Maison des solidarités, 127 bis avenue du Général de Gaulle, bâtiment C, 97419 La Possession",
    "call": t("desk.call", phone="01 99 00 00 09"),
    "mode": max(MODES.values(), key=lambda mode: len(Voice("fr")(mode))),
    "motive": t("motive.other"),
    "sample": t("motive.other"),
    "home": "9 h",
    "channel": "Telegram",
}
MATTERS: Final = ("motive.finance", "motive.housing", "motive.disability", "motive.retirement", "motive.family")
TELL_TALE: Final = (
    "social",
    "travailleu",
    "assistant",
    "worker",
    "employeur",
    "employer",
    "mutuelle",
    "insur",
    "assur",
)
TO_WORKERS: Final = frozenset({"worker_message", "worker_message_former"})
ZONES: Final = ("Europe/Paris", "Indian/Reunion", "Pacific/Marquesas")
YEAR: Final = [datetime(2026, 1, 1, 14, 30, tzinfo=UTC) + timedelta(days=30 * n + n) for n in range(12)]


def reply(template: Template, lead: str, at: datetime) -> Reply:
    """A notice of this kind, as long as any."""
    names = {name for pattern in (catalogue("fr")[lead], catalogue("en")[lead]) for name in HOLES.findall(pattern)}
    texts = [Text(lead, {name: LONGEST.get(name, at) for name in names})]
    if any((LINES, "") in wording.holes for wording in template.wordings.values()):
        where = {"start": at, "worker": LONGEST["worker"], "address": LONGEST["address"]}
        texts += [Text("reminder.line_in_person", where), Text("reminder.line_video", where)]
    if lead.startswith("reminder.early"):
        texts.append(t("reminder.answer", until=at))
    asks = tuple(Option(msgid, Text(msgid)) for msgid in template.options)
    if lead.startswith("replaced."):
        asks = (Option("a", t("replaced.label", start=at, worker="Ali")), Option("none", t("replaced.none")))
    return Reply(
        tuple(texts), asks, Link("appointment", "a") if template.linked else None, "k3m7q2wz5a" if asks else ""
    )


def told(template: Template, lang: str) -> Iterator[tuple[Reply, Draw]]:
    for lead in template.leads:
        for at in YEAR:
            for zone in ZONES:
                say = Voice(lang, zone)
                yield reply(template, lead, at), Draw(say, lambda _: f"https://chat.example.org/a/{'x' * 22}", lang)


@pytest.mark.parametrize(("template", "lang"), BOTH, ids=NAMES)
def test_meta_can_approve_it(template: Template, lang: str) -> None:
    made = stored(template, lang)
    content = Content("HX" + "1" * 32, made.name, lang, made.types, made.variables)
    assert unfit(made.types, made.variables) == []
    assert broken_rules(content) == []
    assert re.fullmatch(r"[a-z0-9_]{1,512}", made.name)
    assert not content.unlike_text(made.variables)
    assert len(template.wordings[lang].buttons) == len({*template.wordings[lang].buttons})


@pytest.mark.parametrize(("template", "lang"), BOTH, ids=NAMES)
def test_every_notice_of_its_kind_is_said_by_it_on_every_day(template: Template, lang: str) -> None:
    made = stored(template, lang)
    content = Content("HX" + "1" * 32, made.name, lang, made.types, made.variables, "approved")
    for notice, draw in told(template, lang):
        shown = drawn(notice, draw)
        assert shown is not None
        assert shown.name == made.name
        values = json.loads(shown.filled("1234"))
        assert set(values) == set(made.variables)  # one that is not sent would show its sample
        assert not content.unlike_text(values)
        assert content.refused(values) is None
        assert content.text(values) == shown.shown
        assert "{" not in shown.shown


@pytest.mark.parametrize(("template", "lang"), BOTH, ids=NAMES)
def test_its_buttons_are_words_that_work_or_the_questions_choices(template: Template, lang: str) -> None:
    buttons, said = template.wordings[lang].buttons, words(lang)
    known = {
        word
        for key in catalogue(lang, "words")
        if key.startswith(("words.command.", "words.yes"))
        for word in said(key)
    }
    assert all(len(button) <= BUTTON for button in buttons)
    if template.options:
        assert len(buttons) == len(template.options)
    else:
        assert {fold(button) for button in buttons} <= known
    assert TWILIO.isdisjoint(re.findall(r"[A-Z]+", " ".join((*buttons, template.wordings[lang].body))))


@guards("T06", partly=True)
@pytest.mark.parametrize(("template", "lang"), BOTH, ids=NAMES)
def test_it_is_discreet(template: Template, lang: str) -> None:
    """Neither by what it is filled in with, nor by words of its own. A worker reads what they are written."""
    body = template.wordings[lang].body
    own_words = re.sub(r"\{[^}]*\}", "", " ".join((body, *template.wordings[lang].buttons))).casefold()
    private = {"motive", "client", "code", "sample", "ground", "words"}
    assert not (private if template.name in TO_WORKERS else {*private, "text"}) & set(HOLES.findall(body))
    matters = [word for matter in MATTERS for word in re.findall(r"\w{4,}", Voice(lang)(Text(matter)).casefold())]
    assert len(matters) >= len(MATTERS)
    assert [word for word in (*matters, *TELL_TALE) if word in own_words] == []
    if not {"gone", "gone_as_asked", "worker_gone", "worker_gone_late", "decision_gone"} & {template.name}:
        assert not re.search(r"annul[ée]|annulation|cancell", body)


@pytest.mark.parametrize("template", templates(), ids=lambda template: template.name)
def test_it_says_the_same_in_every_language(template: Template) -> None:
    assert set(template.wordings) == set(languages())
    assert len({frozenset(wording.holes) for wording in template.wordings.values()}) == 1
    assert len({len(wording.buttons) for wording in template.wordings.values()}) == 1
    assert ((LINK, "") in template.wordings["fr"].holes) is template.linked


def test_every_notice_has_a_template_or_a_reason() -> None:
    led = {lead for template in templates() for lead in template.leads}
    assert led | set(ELSEWHERE) == LEADS
    assert led <= set(catalogue("fr"))
    assert not led & WHOLE


def test_two_for_the_same_sentence_are_told_apart() -> None:
    apart = [(lead, template.options, template.linked) for template in templates() for lead in template.leads]
    assert len(apart) == len({*apart})


def test_names_are_all_different() -> None:
    made = [stored(template, lang).name for template, lang in BOTH]
    assert len({*made}) == len(made)


def draw(lang: str = "fr", zone: str = "Europe/Paris") -> Draw:
    return Draw(Voice(lang, zone), lambda _: "https://chat.example.org/a/x", lang)


EARLY: Final = (t("reminder.early", start=YEAR[2]), t("reminder.answer", until=YEAR[1]))


def test_a_reminder_in_the_clock_of_whoever_reads_it() -> None:
    shown = drawn(Reply(EARLY), draw(zone="Indian/Reunion"))
    assert shown is not None
    assert shown.shown == (
        "Rappel : votre rendez-vous est mercredi 4 mars à 18 h 30 chez vous (15 h 30 à Paris). Répondez OUI, ou bien "
        "DEPLACER ou ANNULER, librement jusqu'à dimanche 1er février à 18 h 30. Merci."
    )
    assert json.loads(shown.filled("77")) == {
        "1": "mercredi 4 mars à 18 h 30 chez vous (15 h 30 à Paris)",
        "2": "dimanche 1er février à 18 h 30",
        "3": "0000000077:1",
        "4": "0000000077:2",
        "5": "0000000077:3",
    }


@pytest.mark.parametrize(
    "notice",
    [
        Reply((t("digest.today"), *EARLY)),
        Reply((t("reminder.early"),)),  # a value is missing
        Reply((t("late.done", worker="Claire", end=YEAR[0]),)),
        Reply((t("proposed.ask", worker="", new=YEAR[0], old=YEAR[1]),)),  # its choices are missing
        Reply((t("reminder.late_video", start=YEAR[0], worker="Claire", address=""),)),  # its page is missing
        Reply((t("reminder.late_in_person", start=YEAR[0], worker="C", address=" "),), link=Link("appointment", "a")),
        Reply((t("reminder.late_in_person", start=YEAR[0], worker="C", address="x" * 950),), link=Link("terms")),
        Reply((t("email.ask", name="Camille"),), prompt="k3m7q2wz5a"),
        Reply(()),
    ],
)
def test_what_no_template_says_whole_has_none(notice: Reply) -> None:
    assert drawn(notice, draw()) is None


def test_a_language_without_words_has_none() -> None:
    assert drawn(Reply(EARLY), Draw(Voice("fr"), lambda _: "", "pt")) is None


@guards("T16")
def test_a_value_has_no_line_of_its_own() -> None:
    shown = drawn(Reply((t("notice.another_day", name="Camille\n\t  Anne"),)), draw())
    assert shown is not None
    assert shown.variables == {"1": "Camille Anne"}


@guards("T15")
def test_a_value_that_looks_like_a_hole_is_what_was_typed() -> None:
    """Each hole is filled once: what stands in for one is not looked through for the next."""
    notice = t("notice.message", name="{text}", start=YEAR[0], text="{name} {start:slot} {{1}}")
    shown = drawn(Reply((notice,)), draw())
    assert shown is not None
    assert (shown.variables["1"], shown.variables["3"]) == ("{text}", "{name} {start:slot} {{1}}")
    assert shown.shown.startswith("Message de {text}, pour")
    assert " : {name} {start:slot} {{1}} Pour" in shown.shown
