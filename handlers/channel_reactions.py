"""What follows when a channel is joined to an account, or parted from it. Each talk hears of it as news."""

from __future__ import annotations

from collections.abc import Sequence

from booking.channels import ChannelJoined, ChannelParted, DraftPassed, JoinMailed
from conversations.flows.channels import NAMES
from conversations.text import t
from handlers.effects import Effect, Notice, Tell, ToContact, ToMail
from handlers.world import World


async def channels_are_asked(event: ChannelJoined, world: World) -> Sequence[Effect]:
    """At once, and at night too: it may be somebody else who reads their appointments now."""
    data = {"contact": event.contact, "channel": event.channel, "kind": "channel"}
    asked: list[Effect] = [
        Tell(ToContact(other), "channel_joined", {**data, "urgent": True}, urgent=True) for other in event.others
    ]
    if event.person.email_confirmed:
        texts = (t("mail.channel", channel=NAMES[event.channel]), t("mail.channel_why"))
        asked.append(Notice(ToMail(event.person.id), "channel", texts, urgent=True))
    return asked


async def talk_goes_on(event: JoinMailed, world: World) -> Sequence[Effect]:
    return [Tell(ToContact(event.contact), "join_mailed", {"joins": event.proof}, urgent=True)]


async def it_is_parted(event: ChannelParted, world: World) -> Sequence[Effect]:
    return [Tell(ToContact(event.contact), "channel_parted", {"kind": "channel", "urgent": True}, urgent=True)]


async def draft_is_passed(event: DraftPassed, world: World) -> Sequence[Effect]:
    data = {"of": event.of, "channel": event.channel, **event.draft}
    return [Tell(ToContact(event.to), f"draft_{event.step}", data, urgent=True)]
