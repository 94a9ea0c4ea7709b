"""Talks as text files, which a social worker can read and correct.

    clock: 2026-03-02 10:00          headers: clock (Paris), channel, lang, zone, known, booked, mode, role,
                                     phone; stopped: another channel of theirs, on which they stopped us;
                                     claims: the number was somebody's who reads us elsewhere, too
    channel: sms

    > bonjour                        what the person writes; other lines are what the bot answers
    claire> demain                   what somebody else writes: a worker by their ref, another person by any name;
                                     telegram, sms, whatsapp: the same one, on that channel
    desk> Bonjour                    what the desk writes to the person; (takes), (hands back): what it does in the
                                     talk; (called): it called in vain; (announces) Bonjour: outside WhatsApp's hours
    > [2]                            presses the second button on the screen; [old 1]: of the question before
    > (voice)                        sends a file: voice, image, sticker; (mms): an image by SMS that can be fetched;
                                     (contact): shares their own number; (the code): the one-time code that they got
                                     by SMS, also among words
    > (image) voici                  sends a file with words under it
    > (quotes old) le 2              quotes the question before; (quotes) the one on the screen
    > (on the reminder) OUI          taps the button of the last reminder, or quotes it
    > (on the message) d'accord      quotes the last that their worker, or the person, wrote to them
    ! 20 minutes pass                a stage direction, see DIRECTIONS
    * Claire: …                      what somebody else is told, or asked (its further lines are indented)

`play` gives the whole file again, with the answers that the program gives today.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from booking.admitting import EVERYBODY
from booking.model import ContactId, Mode, Rules
from booking.proofs import Way
from conversations.model import Ask, Context, FileRef, Input, News, Option, Outcome, Press, Step, Stopped, fill
from conversations.text import t
from handlers.calling import news_of
from handlers.effects import Tell, ToContact
from handlers.human import calls_of
from tests.booking.made import run
from tests.conversations.stage import Stage

PARIS: Final = ZoneInfo("Europe/Paris")
ON_REMINDER: Final = "(on the reminder) "
ON_MESSAGE: Final = "(on the message) "
CUE: Final = re.compile(r"(\w*)> |! ")


def play(script: str) -> str:
    """The script as it would be written if every answer were right."""
    header, _, body = script.partition("\n\n")
    stage = raised(header)
    written = [header, ""]
    for line in cues(body):
        written += [line, *answer(stage, line), ""]
    return "\n".join(written)


def cues(body: str) -> list[str]:
    """The lines that make something happen."""
    return [line for line in body.splitlines() if CUE.match(line)]


def raised(header: str) -> Stage:
    """The stage as the header wants it."""
    said = dict(line.split(": ", 1) for line in header.splitlines() if not line.startswith("#"))
    stage = Stage(
        _moment(said["clock"]), said.get("channel", "sms"), said.get("lang", "fr"), said.get("role", "beneficiary")
    )
    stage.contact = replace(stage.contact, zone=said.get("zone", stage.contact.zone))
    if "phone" in said:
        stage.contact = replace(stage.contact, phone=said["phone"])
    if "stopped" in said:
        word = "START" if said["stopped"] == "sms" else ""
        stage.stopped = (Stopped(said["stopped"], _moment(said["clock"]), word),)
    if "claims" in said:
        stage.was_somebodys()
    if "also" in said:
        stage.with_nadia()
    if "known" in said:
        first, last = said["known"].split(" ", 1)
        starts = [_moment(at) for at in said.get("booked", "").split(", ") if at]
        stage.joins(first, last, starts, Mode(said.get("mode", "phone")))
        if not said.get("booked"):
            stage.joins_only(first, last)
        stage.saved = stage.saved.replace('"met": false', '"met": true')
    if "helped" in said:  # signed up by telephone: nothing was written yet, and nothing accepted
        first, last = said["helped"].split(" ", 1)
        stage.joins(first, last, [_moment(at) for at in said["booked"].split(", ")], helped=True)
    return stage


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def answer(stage: Stage, line: str) -> list[str]:
    """What is heard after one cue."""
    if line.startswith("! "):
        return direct(stage, line[2:]) + stage.company.serve(stage)
    name, _, said = line.partition("> ")
    if name == "desk":
        return of_desk(stage, said)
    speaker = stage.company.talk(ContactId(name)) if name else stage
    effects = speaker.says(heard(speaker, said))
    assert speaker.turn is not None
    spoken = speaker.reads(speaker.turn.reply) if speaker.turn.reply else []
    return spoken + stage.company.follow(effects, speaker) + stage.company.serve(stage)


def of_desk(stage: Stage, said: str) -> list[str]:
    """What the person hears of what an operator does, as `handlers/tickets.py` tells it to their talk."""
    doing = {"(takes)": "desk_takes", "(hands back)": "desk_hands_back", "(called)": "desk_called"}.get(
        said, "desk_says"
    )
    if doing == "desk_called":
        stage.company.due = [due for due in stage.company.due if due.effect.subject != calls_of(stage.contact.id)]
    announced = {"announced": True} if said.startswith("(announces) ") else {}
    words = {"words": said.removeprefix("(announces) "), **announced}
    effects = stage.says(News(doing, words if doing == "desk_says" else {}))
    assert stage.turn is not None
    spoken = stage.reads(stage.turn.reply) if stage.turn.reply else []
    return spoken + stage.company.follow(effects, stage)


def heard(stage: Stage, said: str) -> Input:
    """What a cue puts into the channel."""
    if found := re.fullmatch(r"\[(old )?(\d+)\]", said):
        prompt = stage.prompts[-2 if found[1] else -1]
        return Input(press=Press(prompt, int(found[2])))
    stage.on_reminder = said.startswith(ON_REMINDER)
    said = said.removeprefix(ON_REMINDER)
    if found := re.fullmatch(r"\(quotes( old)?\) (.+)", said):
        return Input(text=found[2], quotes=stage.prompts[-2 if found[1] else -1])
    if said.startswith(ON_MESSAGE):
        return Input(text=said.removeprefix(ON_MESSAGE), to=stage.company.exchanges[stage.contact.id])
    if said == "(contact)":
        return Input(phone="+33639980011")
    if found := re.fullmatch(r"\((\w+)\)(?: (.+))?", said):
        return Input(text=found[2] or "", files=(_file(stage, found[1]),))
    return Input(text=said.replace("(the code)", stage.code or "").replace("\\n", "\n"))


def _file(stage: Stage, kind: str) -> FileRef:
    """Chats tell by which id a file can be fetched; texts have none, as a rule."""
    id = stage.file() if kind == "mms" or stage.contact.channel != "sms" else ""
    return FileRef("image" if kind == "mms" else kind, id)  # type: ignore[arg-type]


# ---------------------------------------------------------------- stage directions


def passes(stage: Stage, number: str, unit: str) -> list[str]:
    time = timedelta(**{unit if unit.endswith("s") else unit + "s": int(number)})
    return stage.company.passes(time, stage)


def it_is(stage: Stage, when: str) -> list[str]:
    return stage.company.passes(_moment(when) - stage.now, stage)


def codes_are_tried(stage: Stage) -> list[str]:
    """By others, as many as are looked at within an hour."""
    stage.store.rows.tries[EVERYBODY] = (stage.now,) * Rules().tries_overall
    return []


def so_many_cancellations(stage: Stage, count: str) -> list[str]:
    """In thirty days, before the desk books with them (`MAX_CANCELLATIONS`)."""
    stage.rules = replace(stage.rules, max_cancellations=int(count))
    return []


def is_taken(stage: Stage, when: str) -> list[str]:
    stage.somebody_takes(_moment(when))
    return []


def all_is_taken(stage: Stage) -> list[str]:
    stage.every_hour_is_taken()
    return []


def becomes_free(stage: Stage, when: str) -> list[str]:
    stage.becomes_free(_moment(when))
    return []


def nobody_works(stage: Stage) -> list[str]:
    stage.nobody_works()
    return []


def nobody_telephones(stage: Stage) -> list[str]:
    stage.nobody_telephones()
    return []


def cancelled_elsewhere(stage: Stage) -> list[str]:
    stage.cancelled_elsewhere()
    return []


def somebody_books(stage: Stage, first: str, last: str, when: str) -> list[str]:
    stage.company.talk(ContactId(first.lower())).joins(first, last, [_moment(when)])
    return []


def arrives(stage: Stage) -> list[str]:
    """What they sent was fetched, and can be read."""
    return stage.fetched(())


def is_refused(stage: Stage, reason: str) -> list[str]:
    """The last of it; the others can be read."""
    return stage.fetched((reason,))


def misses_a_call(stage: Stage) -> list[str]:
    """The worker's call has ended without anybody answering."""
    person = run(stage.store.person_of(stage.contact.id))
    assert person is not None
    [appointment] = run(stage.store.upcoming(person.id, stage.now))
    stage.company.missed += 1
    return stage.company.follow([news_of(appointment, f"call{stage.company.missed}")], stage)


def terms_change(stage: Stage) -> list[str]:
    stage.rules = replace(stage.rules, terms_version="2027-01-01")
    return []


def step_inserted(stage: Stage) -> list[str]:
    """A new program is deployed, whose booking asks one thing more, after the subject."""

    async def ask(c: Context) -> Ask:
        return Ask(t("menu.ask"), (), (Option("yes", t("danger.yes")), Option("no", t("danger.no"))))

    async def got(c: Context, heard: Input) -> Outcome:
        return fill(inserted=heard.choice)

    book = stage.flows["book"]
    at = next(n for n, step in enumerate(book.steps) if step.name == "motive") + 1
    steps = (*book.steps[:at], Step("inserted", ask, got), *book.steps[at:])
    stage.flows = {**stage.flows, "book": replace(book, steps=steps)}
    return []


def suspends(stage: Stage, last_day: str, cancels: str, words: str) -> list[str]:
    return stage.is_suspended(date.fromisoformat(last_day), words, cancels=bool(cancels))


def closes(stage: Stage, words: str) -> list[str]:
    return stage.is_suspended(None, words, cancels=False)


def dispute_opens(stage: Stage) -> list[str]:
    stage.is_in_dispute()
    return []


def client_suspended(stage: Stage) -> list[str]:
    stage.client_is_suspended()
    return []


def warns(stage: Stage, words: str) -> list[str]:
    return stage.is_warned(words)


def ends(stage: Stage, words: str) -> list[str]:
    return stage.is_open_again(words)


def reviews(stage: Stage, verdict: str, words: str) -> list[str]:
    return stage.is_reviewed(words, upheld=verdict == "upholds it")


def is_claimed(stage: Stage) -> list[str]:
    """On a channel that they had once."""
    return stage.company.follow([Tell(ToContact(stage.contact.id), "claimed", {"by": "claimant"})], stage)


def also_on_telegram(stage: Stage) -> list[str]:
    """Another way of theirs, that hangs on no number."""
    person = run(stage.core().known(stage.contact.id)).person
    assert person is not None
    elsewhere = ContactId("elsewhere")
    stage.store.rows.addresses[elsewhere] = Way("telegram", person.id, elsewhere)
    stage.store.rows.contacts[elsewhere] = person.id
    return []


def extends(stage: Stage, until: str, words: str) -> list[str]:
    """A request of theirs about their data takes longer."""
    last = datetime.fromisoformat(f"{until}T12:00").replace(tzinfo=PARIS)
    return told(stage, News("request_extended", {"until": last.isoformat(), "words": words}))


def refuses(stage: Stage, words: str) -> list[str]:
    return told(stage, News("request_refused", {"words": words}))


def told(stage: Stage, news: News) -> list[str]:
    effects = stage.says(news)
    assert stage.turn is not None
    spoken = stage.reads(stage.turn.reply) if stage.turn.reply else []
    return spoken + stage.company.follow(effects, stage)


DIRECTIONS: Final[dict[str, Callable[..., list[str]]]] = {
    r"(\d+) (minutes?|hours?|days?) pass": passes,
    r"it is (\d{4}-\d\d-\d\d \d\d:\d\d)": it_is,
    r"(\w+) (\w+) has an appointment at (.+)": somebody_books,
    r"(\d+) cancellations? may be": so_many_cancellations,
    r"somebody takes (.+)": is_taken,
    r"every hour is taken": all_is_taken,
    r"(\d{4}-\d\d-\d\d \d\d:\d\d) becomes free": becomes_free,
    r"nobody works any more": nobody_works,
    r"nobody telephones any more": nobody_telephones,
    r"the appointment is cancelled on its page": cancelled_elsewhere,
    r"the worker calls and nobody answers": misses_a_call,
    r"what was sent arrives": arrives,
    r"what was sent arrives, the last refused: (\w+)": is_refused,
    r"codes are tried at large": codes_are_tried,
    r"the terms change": terms_change,
    r"the desk suspends them until (\S+)( and cancels)?: (.+)": suspends,
    r"the desk suspends them without an end: (.+)": closes,
    r"their client is suspended": client_suspended,
    r"a dispute about them is open": dispute_opens,
    r"they also write by Telegram": also_on_telegram,
    r"the desk extends their request until (\S+): (.+)": extends,
    r"the desk refuses their request: (.+)": refuses,
    r"the desk warns them: (.+)": warns,
    r"the desk ends their suspension: (.+)": ends,
    r"another one of the desk (upholds it|takes it back): (.+)": reviews,
    r"somebody claims to be them": is_claimed,
    r"a deploy inserts a step after the subject": step_inserted,
}


def direct(stage: Stage, direction: str) -> list[str]:
    for pattern, act in DIRECTIONS.items():
        if found := re.fullmatch(pattern, direction):
            return act(stage, *found.groups())
    raise ValueError(f"no such stage direction: {direction}")
