"""What is said on a person's other channels when one is joined to their account, and the way against it (threat T5)."""

from __future__ import annotations

from typing import Final

from booking.model import ContactId
from booking.ports import Known
from conversations.flows.names import call
from conversations.model import Ask, Context, Finish, Flow, Input, Option, Outcome, Step, Switch, fill
from conversations.text import t

NAMES: Final = {"sms": "SMS", "whatsapp": "WhatsApp", "telegram": "Telegram"}  # what nobody translates


async def joined(c: Context) -> None:
    """A booking that waits here is offered where they are now."""
    if c.draft is not None:
        other = ContactId(c.answers["contact"])
        await c.booking.pass_draft(c.contact.id, other, "offered", {"flow": c.draft.flow})


async def ask_you(c: Context) -> Ask:
    options = (Option("yes", t("channel.yes")), Option("no", t("channel.no"), exact=True))
    return Ask(t("channel.joined", channel=NAMES[c.answers["channel"]]), (), options)


async def got_you(c: Context, heard: Input) -> Outcome:
    return fill(you=heard.choice)


async def decided(c: Context) -> Outcome:
    if c.answers["you"] == "yes":
        return Finish(t("channel.kept"))
    if not await c.booking.part_channel(c.contact.id, ContactId(c.answers["contact"])):
        return Finish(t("channel.too_late", call=call(c)))
    return Finish(t("channel.taken_off", channel=NAMES[c.answers["channel"]], call=call(c)))


CHANNEL_JOINED: Final = Flow(
    "channel_joined",
    version=1,
    enter=joined,
    finish=decided,
    steps=(Step("you", ask_you, got_you),),
)


async def parted(c: Context) -> Switch | None:
    """Whatever was open here was about somebody's account."""
    return None if c.alone else Switch("channel_parted", over=True)


async def is_parted(c: Context) -> Outcome:
    await c.booking.release(c.contact.id)
    return Finish(t("channel.parted"), flags=frozenset({"parted"}), forget=True, known=Known())


CHANNEL_PARTED: Final = Flow("channel_parted", version=1, enter=parted, finish=is_parted, steps=())
