""" "The video does not work": the worker calls at the same hour instead. No question, but for a number that is missing.

Told from a day before to the end of the hour. Who offers no telephone is not made to: then another hour, or the desk.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from booking import policy
from booking.model import AppointmentId, Mode
from booking.ports import NotTurned, Turned
from conversations.flows import phone
from conversations.flows.names import call
from conversations.model import Ask, Context, Finish, Flow, Input, Link, Option, Outcome, Step, Switch, fill
from conversations.text import Text, t


async def ask_phone(c: Context) -> Ask:
    if c.contact.channel == "telegram":
        return Ask(t("video_fails.ask_button"), free=True, contact=True)
    keep = (Option("keep", t("video_fails.keep")),)
    return Ask(t("video_fails.ask_phone"), (), keep, free=True, example=t("phone.example"))


async def got_phone(c: Context, heard: Input) -> Outcome:
    if heard.choice == "keep":
        return Finish(t("video_fails.kept"), link=Link("appointment", c.answers["about"]))
    return await phone.got_phone(c, heard)


async def ask_instead(c: Context) -> Ask:
    """The worker offers no telephone. An hour that has begun cannot be moved any more."""
    human, again = Option("human", t("video_fails.human")), Option("again", t("video_fails.again"))
    other = (Option("move", t("video_fails.other_hour")),) if moveable(c) else ()
    return Ask(t("video_fails.not_offered", worker=c.answers["worker_name"]), (), (*other, human, again))


async def got_instead(c: Context, heard: Input) -> Outcome:
    match heard.choice:
        case "move":
            return Switch("move", {"which": c.answers["about"]}, replace=True)
        case "human":
            return Switch("human", replace=True)
    return Finish(t("video_fails.kept"), link=Link("appointment", c.answers["about"]))


def moveable(c: Context) -> bool:
    return any(a.id == c.answers["about"] for a in c.known.upcoming)


async def finish(c: Context) -> Outcome:
    if "about" not in c.answers:
        return Finish(t("video_fails.none"), more=(call(c),))
    number = c.contact.phone or c.answers.get("phone")
    done = await c.booking.change_mode(AppointmentId(c.answers["about"]), Mode.PHONE, "person", number)
    match done:
        case Turned(appointment, worker):
            asap = c.now >= appointment.start
            said = t("video_fails.calls_soon") if asap else t("video_fails.calls")
            return Finish(
                Text(said.msgid, {"worker": worker.first_name, "start": appointment.start, "where": where(c)})
            )
        case NotTurned("no_phone"):
            return fill(needs_phone=True)
        case NotTurned("not_offered", _, worker):
            return fill(worker_name=worker.first_name)
        case NotTurned("early", appointment):
            return Finish(t("video_fails.early", opens=appointment.start - policy.AWAITED))
    return Finish(t("cancel.over"))


def where(c: Context) -> Text:
    """Never the number: whoever reads along knows it or need not."""
    known = (c.known.person.phone if c.known.person else None) or c.answers.get("phone") or c.contact.phone or ""
    if known == c.contact.phone and c.contact.channel in {"sms", "whatsapp"}:
        return t("video_fails.this_phone")
    return t("video_fails.that_phone", ends=known[-2:])


def missing(c: Context) -> bool:
    return "needs_phone" in c.answers and not c.contact.phone and "phone" not in c.answers


PROOF: Final = next(step for step in phone.STEPS if step.name == "proof")

VIDEO_FAILS = Flow(
    "video_fails",
    version=1,
    finish=finish,
    steps=(
        Step("phone", ask_phone, got_phone, lambda c: missing(c) and "claimed" not in c.answers, lasting=True),
        replace(PROOF, wanted=lambda c: missing(c) and "claimed" in c.answers),
        Step("instead", ask_instead, got_instead, lambda c: "worker_name" in c.answers),
    ),
)
