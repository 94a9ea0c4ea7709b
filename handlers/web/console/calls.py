"""Somebody is on the phone: an hour for them, and an account where they have none (terms, article 4.1.2).

    GET, POST  /console/call                 by their number
    GET, POST  /console/people/{id}/book     somebody who has an account

One form, asked for as often as needed: what they want, then the free hours, then who they are. Nothing is accepted in
their name: they are asked for the terms when they first write. What was typed travels in bodies only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from booking.model import PersonId, Slot, SlotId, read_slot_id, slot_id
from booking.operating import Deed
from booking.ports import Booked, CodeRefused, Refused, TooManyTries
from conversations.flows.language import NAMES
from conversations.text import Text, t
from handlers.assisted import BookAnswer, FreeHours, Several
from handlers.console import booking, people
from handlers.console.booking import NotRead, Wanted
from handlers.web.console.appointments import REFUSALS
from handlers.web.console.frame import ID, Frame, Visit
from storage import directory
from storage.contacts import ContactRow

TAKEN: Final = t("page.move.gone")
KNOWN: Final[Mapping[str, Text]] = {"yes": t("console.call.known"), "doubt": t("console.call.doubt")}


@dataclass(frozen=True, kw_only=True)
class CallPages:
    frame: Frame

    def add(self) -> None:
        self.frame.get("/call", Deed.HELP_PEOPLE, self._ask)
        self.frame.post("/call", Deed.HELP_PEOPLE, self._call)
        self.frame.get(f"/people/{ID}/book", Deed.HELP_PEOPLE, self._ask_known)
        self.frame.post(f"/people/{ID}/book", Deed.HELP_PEOPLE, self._book_known)

    async def _ask(self, visit: Visit) -> web.Response:
        """`?slot=`: an hour that was chosen in a worker's calendar."""
        chosen = await self._chosen(visit.request.query.get("slot", ""))
        if chosen is None:
            return await self._form(visit, Wanted())
        worker = chosen.worker.id if chosen.worker else ""
        return await self._form(visit, Wanted(worker=worker, slot=chosen.id), slots=[chosen])

    async def _chosen(self, id: str) -> Slot | None:
        """The hour that a form holds, whether it is still free or not."""
        read = read_slot_id(SlotId(id))
        if read is None:
            return None
        start, worker = read
        known = next((one for one in await directory.workers(self.frame.parts.db) if one.id == worker), None)
        return Slot(slot_id(start, worker), start, known)

    async def _call(self, visit: Visit) -> web.Response:
        form = booking.wanted(visit.fields)
        who = await booking.caller(self.frame.parts, form.phone)
        if isinstance(who, NotRead):
            return await self._form(visit, form, why=who.why)
        if isinstance(who, Several):
            found = await people.named(self.frame.parts, who.persons, visit.actor)
            return visit.page("people", found=found)
        if who.person_id is not None:
            known = "doubt" if await booking.is_in_doubt(self.frame.parts, form.phone) else "yes"
            raise visit.back(f"/people/{who.person_id}/book?known={known}")
        return await self._go_on(visit, who, form)

    async def _ask_known(self, visit: Visit) -> web.Response:
        await self._known(visit)
        said = KNOWN.get(visit.request.query.get("known", ""))
        return await self._form(visit, Wanted(), said=said, person=await self._name(visit))

    async def _book_known(self, visit: Visit) -> web.Response:
        return await self._go_on(visit, await self._known(visit), booking.wanted(visit.fields), await self._name(visit))

    async def _known(self, visit: Visit) -> ContactRow:
        who = await booking.contact_of(self.frame.parts, PersonId(visit.place("id")))
        if who is None:
            raise web.HTTPNotFound
        return who

    async def _name(self, visit: Visit) -> str:
        [person] = await people.named(self.frame.parts, [visit.place("id")], visit.actor)
        return f"{person.first_name} {person.last_name}"

    async def _go_on(self, visit: Visit, who: ContactRow, form: Wanted, person: str = "") -> web.Response:
        parts, chosen = self.frame.parts, bool(form.slot)
        answer = await (booking.book if chosen else booking.hours)(parts, who, form, visit.actor)
        if isinstance(answer, Booked):
            raise visit.back(f"/appointments/{answer.appointment.id}?said=booked")
        free = answer if isinstance(answer, FreeHours) else await booking.hours(parts, who, form, visit.actor)
        if not isinstance(free, FreeHours):  # what they want is not known yet; the hour that was chosen is not lost
            kept = await self._chosen(form.slot)
            return await self._form(visit, form, why=_why(answer), slots=[kept] if kept else None, person=person)
        return await self._form(visit, form, why=_why(answer), slots=free.slots, zone=free.zone, person=person)

    async def _form(
        self,
        visit: Visit,
        form: Wanted,
        *,
        why: Text | None = None,
        said: Text | None = None,
        slots: Sequence[Slot] | None = None,
        zone: str | None = None,
        person: str = "",
    ) -> web.Response:
        """`slots` is None before they are asked for; `person`: who has an account."""
        values: Mapping[str, Any] = {
            "form": form,
            "slots": slots,
            "person": person,
            "workers": [one for one in await directory.workers(self.frame.parts.db) if not one.suspended],
            "languages": {lang: NAMES[lang] for lang in self.frame.parts.languages if lang in NAMES},
        }
        status = 422 if why else 200
        return visit.page("call", status, said=why or said, failed=why is not None, zone=zone, **values)


def _why(answer: BookAnswer | NotRead) -> Text | None:
    """Why nothing was booked, to be told to the person; None where nothing was to be."""
    match answer:
        case NotRead(why):
            return why
        case Refused(reason):
            return REFUSALS[reason]
        case CodeRefused():
            return t("console.call.code_wrong")
        case TooManyTries(until):
            return t("console.call.tries", until=until)
        case FreeHours(slots, _, taken):
            return TAKEN if taken else None if slots else t("page.move.none")
    return t("console.call.account_missing")
