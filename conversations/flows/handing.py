"""What they sent by media is here: what could not be taken is said with its reason, and of the rest it is asked whether
it goes to their worker. It does not go before the yes, and a no deletes it.

Opened by news (`handlers/documents/fetching.py`), with "ids" of what waits for the answer and "refused", the reasons
of what does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Final

from booking.documents import Document
from booking.model import Appointment, AppointmentId
from conversations.documents import REASONS
from conversations.flows import account
from conversations.model import Again, Ask, Context, Finish, Flow, Input, Option, Outcome, Step, fill
from conversations.normal import fold
from conversations.text import Text, t
from conversations.understand import understand

FRESH: Final = timedelta(hours=1)  # what goes cannot be taken back: a bare digit long afterwards is asked about again
DROPPED: Final = "dropped"  # among the facts: when they had it deleted
SHOWN: Final = 6  # workers to choose from


async def waiting(c: Context) -> Sequence[Document]:
    """Those of which they are asked, as far as they are still there."""
    return [one for one in await _theirs(c) if one.status == "kept"]


async def _theirs(c: Context) -> Sequence[Document]:
    ids = c.answers.get("ids", ())
    return [one for one in await c.booking.documents_of(c.contact.id) if one.id in ids]


async def readers(c: Context) -> Sequence[Appointment]:
    """Nobody, while their account is suspended."""
    return await c.booking.document_readers(c.contact.id) if account.not_while_suspended(c) is None else ()


async def over(c: Context) -> Finish:
    """Nothing waits any more, or nobody is there to read it: then it is not kept. What they sent by the page meanwhile
    is not to be sent again.
    """
    if kept := await waiting(c):
        await c.booking.drop_documents(c.contact.id, [one.id for one in kept])
        return account.not_while_suspended(c) or held(c) or Finish(t("handing.nobody"))
    return Finish() if any(one.status == "sent" for one in await _theirs(c)) else Finish(t("handing.over"))


def held(c: Context) -> Finish | None:
    """A dispute is open: what is sent to nobody is not deleted either."""
    person = c.known.person
    return Finish(t("handing.held")) if person is not None and person.in_dispute else None


async def enter(c: Context) -> Finish | None:
    """With nothing to ask about, it ends with the reasons."""
    if await waiting(c):
        return None
    said = refused(c)
    return Finish(said[0], tuple(said[1:])) if said else await over(c)


def refused(c: Context) -> list[Text]:
    """Each reason once; how many it were, where there was more than this one."""
    reasons = [REASONS[reason] for reason in c.answers.get("refused", ())]
    many = len(reasons) + len(c.answers.get("ids", ())) > 1
    counted = [t("handing.refused", count=len(reasons))] if reasons and many else []
    return [*counted, *{reason.msgid: reason for reason in reasons}.values()]


async def ask_to(c: Context) -> Ask | Finish:
    kept = len(await waiting(c))
    found = [(one, await c.booking.worker(one.worker)) for one in (await readers(c))[:SHOWN]]
    named = [(one, worker.first_name) for one, worker in found if worker is not None]
    if not kept or not named:
        return await over(c)
    intro, no = tuple(refused(c)), Option("no", t("handing.no"), exact=True)
    if len(named) > 1:
        labels = (
            Option(_to(c, one), t("message.label", name=name, start=one.start), exact=True) for one, name in named
        )
        return Ask(t("handing.ask_whom", count=kept), intro, (*labels, no), free=True)
    [(appointment, name)] = named
    text = t("handing.ask_one", worker=name) if kept == 1 else t("handing.ask", count=kept, worker=name)
    return Ask(text, intro, (Option(_to(c, appointment), t("handing.yes"), exact=True), no), free=True)


def _to(c: Context, one: Appointment) -> str:
    """What goes is part of the answer: the button of the question before, which named less, is no longer valid."""
    return f"{one.id}/{sha256(' '.join(c.answers.get('ids', ())).encode()).hexdigest()[:8]}"


async def got_to(c: Context, heard: Input) -> Outcome:
    """By number or label; of several also by the name of one. What tells of the document, or names a reader besides,
    is neither a yes nor a wish for an hour: they choose.
    """
    if heard.choice:
        return fill(to=heard.choice.partition("/")[0])
    found = await readers(c)
    workers = [(one, await c.booking.worker(one.worker)) for one in found]
    named = [one for one, worker in workers if worker is not None and fold(worker.first_name) == fold(heard.text)]
    if len(found) > 1 and len(named) == 1:
        return fill(to=named[0].id)
    names: dict[str, str] = {worker.id: worker.first_name for _, worker in workers if worker is not None}
    said = understand(heard.text, c.words, now=c.now, zone=c.contact.zone, workers=names)
    tells = said.intent is None and said.code is None and (said.worker or said.motive)
    return Again(t("message.kept_back"), miss=False) if tells else Again()


async def finish(c: Context) -> Outcome:
    ids, to = list(c.answers["ids"]), c.answers["to"]
    if to == "no":
        await c.booking.drop_documents(c.contact.id, ids)
        return held(c) or Finish(t("handing.dropped"), keep={DROPPED: c.now.isoformat()})
    done = await c.booking.hand_over(c.contact.id, AppointmentId(to), ids)
    if done is not None:
        return Finish(t("handing.given", worker=done.worker.first_name))
    if await waiting(c) and await readers(c):
        return fill(to=None, refused=None)  # that appointment is over or was moved: for whom, they are asked anew
    return await over(c)


HANDING: Final = Flow(
    "handing",
    version=1,
    enter=enter,
    finish=finish,
    steps=(Step("to", ask_to, got_to, fresh=FRESH),),
)
