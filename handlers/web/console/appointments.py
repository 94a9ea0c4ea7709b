"""An appointment: as it is, what was said of it, and the desk's acts for somebody on the phone.

GET   /console/appointments/{id}           also under the id that it had before it was moved
POST  /console/appointments/{id}/cancel    {"by", "sure"}: who asked for it; late or not, both sides are told
GET   /console/appointments/{id}/move      free hours; `?after=`: later ones
POST  /console/appointments/{id}/move      {"slot"}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from booking import policy
from booking.events import By
from booking.model import SlotId
from booking.operating import Deed
from booking.ports import AlreadyOver, Cancelled, Moved, Refused
from conversations.text import Text, t
from handlers.console import changing, people
from handlers.console.people import AppointmentSeen
from handlers.web.console.frame import ID, Frame, Visit
from handlers.web.visitor import instant

SAID: Final[Mapping[str, Text]] = {
    "cancelled": t("console.appointment.cancelled"),
    "moved": t("console.appointment.moved"),
    "booked": t("console.appointment.booked"),
    "over": t("console.appointment.over"),
}
WHO: Final[Mapping[By, Text]] = {
    "person": t("console.appointment.by_person"),
    "worker": t("console.appointment.by_worker"),
    "desk": t("console.appointment.by_desk"),
}
REFUSALS: Final[Mapping[str, Text]] = {
    "overlap": t("console.refused.overlap"),
    "max_appointments": t("console.refused.max_appointments"),
    "suspended": t("console.refused.suspended"),
    "frozen": t("console.refused.frozen"),
    "consent": t("console.refused.consent"),
    "dispute": t("console.refused.dispute"),
    "worker": t("console.refused.worker"),
}


@dataclass(frozen=True, kw_only=True)
class AppointmentPages:
    frame: Frame

    def add(self) -> None:
        self.frame.get(f"/appointments/{ID}", Deed.SEE_PEOPLE, self._show)
        self.frame.post(f"/appointments/{ID}/cancel", Deed.HELP_PEOPLE, self._cancel)
        self.frame.get(f"/appointments/{ID}/move", Deed.HELP_PEOPLE, self._ask_move)
        self.frame.post(f"/appointments/{ID}/move", Deed.HELP_PEOPLE, self._move)

    async def _show(self, visit: Visit) -> web.Response:
        seen = await self._seen(visit)
        said = SAID.get(visit.request.query.get("said", ""))
        return visit.page("appointment", said=said, **self._values(visit, seen))

    async def _cancel(self, visit: Visit) -> web.Response:
        """What became late while the page was open is said before it counts (terms, article 5.1)."""
        seen = await self._seen(visit)
        late = policy.is_late(seen.appointment.start, visit.now)
        by = next((who for who in WHO if who == visit.fields.get("by")), None)
        unsaid = late and by == "person" and "late" not in visit.fields
        if by is None or "sure" not in visit.fields or unsaid:
            said = t("console.appointment.who_asked") if by is None else t("console.appointment.sure")
            return visit.page("appointment", 422, said=said, failed=True, **self._values(visit, seen), by=by)
        done = await changing.cancel(self.frame.parts, seen.appointment.id, visit.actor, by)
        raise visit.back(f"/appointments/{seen.appointment.id}?said={_name(done)}")

    async def _ask_move(self, visit: Visit) -> web.Response:
        return await self._hours(visit, None)

    async def _move(self, visit: Visit) -> web.Response:
        if "slot" not in visit.fields:
            return await self._hours(visit, t("page.move.choose_one"))
        id = visit.place("id")
        done = await changing.move(self.frame.parts, id, SlotId(visit.fields["slot"]), visit.actor)
        if isinstance(done, Moved):
            raise visit.back(f"/appointments/{done.appointment.id}?said=moved")
        if isinstance(done, AlreadyOver):
            raise visit.back(f"/appointments/{id}?said=over")
        return await self._hours(visit, REFUSALS[done.reason] if isinstance(done, Refused) else t("page.move.gone"))

    async def _hours(self, visit: Visit, why: Text | None) -> web.Response:
        seen = await self._seen(visit)
        if not _open(seen, visit):
            raise visit.back(f"/appointments/{seen.appointment.id}?said=over")
        after = instant(visit.request.query.get("after", ""))
        slots, others = await changing.hours(self.frame.parts, seen.appointment.id, visit.actor, after)
        more = slots[-1].start.strftime("%Y%m%dT%H%M") if len(slots) == changing.SHOWN else None
        local = seen.appointment.start.astimezone(self.frame.parts.zone)
        values = {**self._values(visit, seen), "on": local.date()}
        zone = seen.person.time_zone if seen.person else None  # it is read out to them
        return visit.page(
            "move",
            409 if why else 200,
            said=why,
            failed=why is not None,
            zone=zone,
            slots=slots,
            others=others,
            later=more,
            **values,
        )

    async def _seen(self, visit: Visit) -> AppointmentSeen:
        seen = await people.appointment(self.frame.parts, visit.place("id"), visit.actor)
        if seen is None:
            raise web.HTTPNotFound
        return seen

    def _values(self, visit: Visit, seen: AppointmentSeen) -> dict[str, Any]:
        late = policy.is_late(seen.appointment.start, visit.now)
        return {"seen": seen, "appointment": seen.appointment, "open": _open(seen, visit), "late": late, "who": WHO}


def _open(seen: AppointmentSeen, visit: Visit) -> bool:
    return seen.appointment.status == "booked" and seen.appointment.start > visit.now


def _name(done: Cancelled | AlreadyOver) -> str:
    return "cancelled" if isinstance(done, Cancelled) else "over"
