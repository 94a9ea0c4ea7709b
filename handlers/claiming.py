"""What is said on the other channels where somebody claims to be whom an address belonged to."""

from __future__ import annotations

from collections.abc import Sequence

from booking.claims import ClaimAnswered, ClaimSettled, ClaimWaits, Former
from conversations.text import Text, t
from handlers.effects import Effect, Notice, Tell, ToContact, ToMail
from handlers.world import World


async def others_are_asked(event: ClaimWaits, world: World) -> Sequence[Effect]:
    """Wherever they read us; by mail it is the desk that hears their no. After the week it is believed."""
    by = event.contact
    asked = [
        Tell(ToContact(each), "claimed", {"by": by, "until": event.until.isoformat()}) for each in event.former.heard
    ]
    key = f"claim:{by}:{event.until:%Y%m%d}"
    over = Tell(ToContact(by), "claim_over", {}, urgent=True, at=event.until, key=key)
    return [*asked, *_mail(event.former, t("notice.claimed", call=_call(world))), over]


async def who_claims_hears_of_it(event: ClaimAnswered, world: World) -> Sequence[Effect]:  # noqa: ARG001
    return [Tell(ToContact(event.contact), "claim_over", {"mine": event.mine}, urgent=True)]


async def others_are_told(event: ClaimSettled, world: World) -> Sequence[Effect]:
    """Whoever did not do it objects at the desk."""
    text = t("notice.address_back", call=_call(world)) if event.proven else t("notice.address_gone", call=_call(world))
    chats = [way.contact for way in event.former.ways if way.contact is not None and way.channel != "email"]
    return [*(Notice(ToContact(each), "access", (text,)) for each in chats), *_mail(event.former, text)]


def _mail(former: Former, text: Text) -> list[Effect]:
    """A worker's mailbox is a contact, a person's is found by who they are."""
    mails = [way for way in former.ways if way.channel == "email"]
    theirs = [Notice(ToMail(former.person), "access", (text,)) for _ in mails[:1] if former.person is not None]
    return [*theirs, *(Notice(ToContact(way.contact), "access", (text,)) for way in mails if way.contact is not None)]


def _call(world: World) -> Text:
    return t("desk.call", phone=world.desk.phone) if world.desk.phone else t("desk.word")
