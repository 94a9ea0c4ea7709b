"""A human: the talk goes to the desk, if it is there; its number and hours. The desk learns that somebody asked for it,
and has a ticket with the place at which the talk stood.
"""

from __future__ import annotations

from booking import phones
from conversations.model import Again, Ask, Context, Finish, Flow, Input, Outcome, Step, fill
from conversations.text import Text, t


async def finish(c: Context) -> Outcome:
    await c.booking.ask_desk(c.contact.id, c.answers.get("reason", "human"))
    by = c.desk.by(c.now)
    if by is None:
        return Finish(_later(c))
    phone = c.desk.phone
    said = t("human.open", until=by, phone=phone) if phone else t("human.open_no_phone", until=by)
    return Finish(said, flags=frozenset({"human"}))


def _later(c: Context) -> Text:
    """Nobody answers in writing before they open again: the bot goes on meanwhile."""
    if c.desk.open_now and c.desk.phone is not None:
        return t("human.closing", phone=c.desk.phone, opens=c.desk.opens)
    return t("human.closed", opens=c.desk.opens)


HUMAN = Flow("human", version=1, finish=finish, steps=())

# ---------------------------------------------------------------- to be called


def number_of(c: Context) -> str | None:
    """Where they are called: as the channel shows it, as they gave it to us, or as they type it now."""
    person = c.known.person
    return c.answers.get("phone") or c.contact.phone or (person.phone if person else None)


async def ask_phone(c: Context) -> Ask:
    return Ask(t("call_back.ask"), free=True, example=t("phone.example"), contact=c.contact.channel == "telegram")


async def got_phone(c: Context, heard: Input) -> Outcome:
    if heard.phone is not None:
        return fill(phone=heard.phone)
    mobile = phones.read(heard.text)
    if mobile is None:
        return Again(t("phone.not_served") if c.misses == 0 else None)
    return fill(phone=mobile.e164)


async def asked_for(c: Context) -> Outcome:
    number = number_of(c)
    assert number is not None
    await c.booking.ask_desk(c.contact.id, "call_back", number)
    by = c.desk.by(c.now)
    if by is None:
        return Finish(t("call_back.later", ends=number[-2:], opens=c.desk.opens))
    return Finish(t("call_back.soon", ends=number[-2:], until=by))


CALL_BACK = Flow(
    "call_back",
    version=1,
    finish=asked_for,
    steps=(Step("phone", ask_phone, got_phone, wanted=lambda c: number_of(c) is None),),
)
