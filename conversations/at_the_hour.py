"""Which appointment somebody means who is late, is there, or has no video; and whether any is near enough to be meant.

A listener of `conversations/hear.py`: after what stands on the screen, before the words that work everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from booking import policy
from booking.model import Appointment, Mode
from conversations.flows.messages import LATE_TOLD, whom
from conversations.flows.names import MODES
from conversations.flows.terms import unagreed
from conversations.meant_for_us import may_be_for_us
from conversations.message_commands import begun_before
from conversations.model import Context, Input
from conversations.nearby import Said, said_nearby, says_more
from conversations.talk import Talk
from conversations.text import t
from conversations.understand import understand

WELL_UNDER_WAY: Final = timedelta(minutes=30)  # of two hours in a row, who is late now means the next one


async def at_the_hour(talk: Talk, came: Input) -> bool:
    person = talk.c.known.person
    if person is None or talk.c.contact.role == "worker" or not came.text:
        return False
    said = said_nearby(came.text, talk.c.words)
    if said is None or talk.facts.pop(LATE_TOLD, False):
        return False
    coming = await talk.c.booking.upcoming(person.id)  # also one that has begun, which `known` leaves out
    meant = _meant(said, coming, talk.c)
    if meant is None:
        if said.what == "here" or not said.sure or not _idle(talk, came):
            return said.what == "video_fails" and await _rather_by_phone(talk)
        later = said.what == "video_fails"
        meant = _first([a for a in coming if a.mode is Mode.VIDEO], talk.c) if later else None
    about: dict[str, Any] = {"about": meant.id} if meant is not None else {}
    if said.what == "late" and says_more(came.text, talk.c.words) and not unagreed(talk.c):
        about |= await _besides(talk, came.text, meant)
    if said.what == "late" and unagreed(talk.c) and says_more(came.text, talk.c.words):
        talk.says.append(t("terms.only_late"))
    await talk.push(said.what, about if said.minutes is None else {**about, "minutes": said.minutes})
    return True


async def _besides(talk: Talk, text: str, meant: Appointment | None) -> dict[str, Any]:
    """ "Je serai en retard, et je n'ai pas mon bail": the worker should have all of it. Sent with the lateness; asked
    about first where it may be for us, or answer a question that is open, or their hour is another day.
    """
    if meant is not None and talk.open_step is None and not may_be_for_us(text, talk.c):
        return {"text": text.strip()}
    if entries := await whom(talk.c):
        among = [meant.id] if meant is not None else [entry.appointment.id for entry in entries]
        found = {"about": among[0], "sure": "ask"} if len(among) == 1 else {}
        await talk.push("message", begun_before(talk, {**found, "text": text.strip(), LATE_TOLD: True}))
    return {}


def _meant(said: Said, coming: Sequence[Appointment], c: Context) -> Appointment | None:
    """The one that is near enough; of videos also one that became a call already, so that they hear it again."""
    near = [a for a in coming if policy.is_near(a, c.now)]
    if said.what != "video_fails":
        return _first(near, c)
    soon = [a for a in coming if policy.may_turn(a, c.now)] if said.sure else near
    video, call = ([a for a in soon if a.mode is mode] for mode in (Mode.VIDEO, Mode.PHONE))
    return _first(video, c) or _first(call, c)


def _first(found: Sequence[Appointment], c: Context) -> Appointment | None:
    """The soonest; but of two in a row the next, once the first is well under way."""
    if len(found) > 1 and c.now - found[0].start > WELL_UNDER_WAY:
        return found[1]
    return found[0] if found else None


def _idle(talk: Talk, came: Input) -> bool:
    """Nothing is under way that it could belong to, and it is about no matter of theirs: then it is answered kindly."""
    heard = understand(came.text, talk.c.words, now=talk.c.now, zone=talk.c.contact.zone)
    under_way = any(talk.flows[frame.flow].draft for frame in talk.frames)
    return not under_way and heard.motive is None and not heard.days


async def _rather_by_phone(talk: Talk) -> bool:
    """Said while an hour is looked for: no video, then."""
    flow = talk.flow
    if flow is None or not flow.draft or "mode" not in flow.hears:
        return False
    talk.says.append(t("noted.mode", mode=MODES[Mode.PHONE]))
    talk.fill({"mode": Mode.PHONE.value, "choose": None})
    return True
