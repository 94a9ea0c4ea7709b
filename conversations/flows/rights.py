"""What people do with their data by themselves: let them rest, object, say what shall become of them after a death,
have a copy. Each from MES DONNEES, or in words of their own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, get_args

from booking.model import InstructionWish
from booking.ports import Refused
from booking.requests import LONGEST_TRUSTED
from conversations.flows import proof
from conversations.flows.my_data import noted
from conversations.flows.names import call
from conversations.model import Again, Ask, Context, Finish, Flow, Input, Link, Option, Outcome, Step, fill
from conversations.text import Text, t


async def enter(c: Context) -> Finish | None:
    """Without an account there is nothing to freeze, to copy or to leave."""
    return Finish(t("rights.nobody", call=call(c))) if c.known.person is None else None


async def got_sure(c: Context, heard: Input) -> Outcome:
    return fill(sure=True) if heard.choice == "yes" else Finish(t("rights.kept"))


# ---------------------------------------------------------------- freezing (article 18)


async def ask_freeze(c: Context) -> Ask:
    assert c.known.person is not None
    if c.known.person.frozen is not None:
        options = (Option("yes", t("freeze.yes_free")), Option("keep", t("rights.no")))
        return Ask(t("freeze.free", day=c.known.person.frozen), (), options)
    options = (Option("yes", t("freeze.yes")), Option("keep", t("rights.no")))
    return Ask(t("freeze.ask"), (t("freeze.what"),), options)


async def freeze(c: Context) -> Outcome:
    person = c.known.person
    assert person is not None
    if person.frozen is not None:
        await c.booking.unfreeze(person.id, c.contact.id)
        return Finish(t("freeze.freed"))
    await c.booking.freeze(person.id, [c.contact.id])
    known = replace(c.known, person=replace(person, frozen=c.now), refused=Refused("frozen"))
    return Finish(t("freeze.done"), known=known)


async def is_frozen(c: Context) -> Outcome:
    """Whatever else they ask for: it is said, and how it ends."""
    return Finish(t("refused.frozen"))


# ---------------------------------------------------------------- objecting (article 21)


async def ask_object(c: Context) -> Ask:
    assert c.known.person is not None
    if c.known.person.no_feedback:
        return Ask(t("object.accept"), (), (Option("yes", t("object.yes_accept")), Option("keep", t("rights.no"))))
    return Ask(t("object.ask"), (t("object.what"),), (Option("yes", t("object.yes")), Option("keep", t("rights.no"))))


async def object_(c: Context) -> Outcome:
    person = c.known.person
    assert person is not None
    await c.booking.object(person.id, c.contact.id, objects=not person.no_feedback)
    return Finish(t("object.accepted") if person.no_feedback else t("object.done"))


# ---------------------------------------------------------------- after a death (law of 6 January 1978, article 85)


async def ask_wish(c: Context) -> Ask:
    assert c.known.person is not None
    stands = await c.booking.instruction(c.known.person.id)
    options = [Option("erase", t("death.erase")), Option("hand_over", t("death.hand_over"))]
    if stands is not None:
        options.append(Option("revoke", t("death.revoke")))
    options.append(Option("keep", t("death.nothing")))
    intro: tuple[Text, ...] = ()
    if stands is not None:
        intro = (t("death.stands_erase") if stands.wish == "erase" else t("death.stands", trusted=stands.trusted),)
    return Ask(t("death.ask"), intro, tuple(options))


async def got_wish(c: Context, heard: Input) -> Outcome:
    if heard.choice in {*get_args(InstructionWish), "revoke"}:
        return fill(wish=heard.choice)
    return Finish(t("rights.kept"))


async def ask_trusted(c: Context) -> Ask:
    return Ask(t("death.trusted"), free=True)


async def got_trusted(c: Context, heard: Input) -> Outcome:
    said = heard.text.strip()
    if not said or len(said) > LONGEST_TRUSTED:
        return Again(t("death.too_long", most=LONGEST_TRUSTED), miss=False)
    return fill(trusted=said)


async def instruct(c: Context) -> Outcome:
    person, wish = c.known.person, c.answers["wish"]
    assert person is not None
    if wish == "revoke":
        await c.booking.revoke_instruction(person.id, c.contact.id)
        return Finish(t("death.revoked"))
    made = await c.booking.instruct(person.id, c.contact.id, wish, c.answers.get("trusted", ""))
    return Finish(t("death.noted") if made is not None else t("rights.kept"))


# ---------------------------------------------------------------- a copy (articles 15 and 20)

_send, _code = proof.steps("export", lambda c: c.known.person is not None)


async def got_send(c: Context, heard: Input) -> Outcome:
    """Who has no other way to prove who they are is asked by a human."""
    outcome = await _send.got(c, heard)
    if isinstance(outcome, Finish) and outcome.say is not None and outcome.say.msgid == proof.NO_OTHER_WAY.msgid:
        await c.booking.ask(c.contact.id, "copy")
        return noted(c, t("copy.by_desk"))
    return outcome


async def copy(c: Context) -> Outcome:
    assert c.known.person is not None
    id = await c.booking.make_copy(c.known.person.id, c.contact.id)
    if id is None:
        return Finish(t("rights.kept"))
    return Finish(t("copy.ready"), link=Link("export", id))


FREEZE: Final = Flow(
    "freeze", version=1, enter=enter, finish=freeze, fleeting=True, steps=(Step("sure", ask_freeze, got_sure),)
)
FROZEN: Final = Flow("frozen", version=1, finish=is_frozen, steps=())
OBJECT: Final = Flow(
    "object", version=1, enter=enter, finish=object_, fleeting=True, steps=(Step("sure", ask_object, got_sure),)
)
DEATH: Final = Flow(
    "death",
    version=1,
    enter=enter,
    finish=instruct,
    fleeting=True,
    steps=(
        Step("wish", ask_wish, got_wish),
        Step(
            "trusted",
            ask_trusted,
            got_trusted,
            wanted=lambda c: c.answers.get("wish") == "hand_over" and "trusted" not in c.answers,
            verbatim=True,
        ),
    ),
)
COPY: Final = Flow(
    "copy", version=1, enter=enter, finish=copy, fleeting=True, steps=(replace(_send, got=got_send), _code)
)
