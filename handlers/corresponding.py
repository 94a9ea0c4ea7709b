"""Messages in the name of one actor: a part of `handlers.acting.Acting`. To others there is nothing to read, nobody to
write to; and what was read, written or reported is noted by ids (threat T23).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from booking.authority import Action, Actor, DeskActor, PersonActor, WorkerActor
from booking.core import Booking
from booking.messages import Correspondent, Message, NotWritten, Report, Side, ToAnswer, Written
from booking.model import AppointmentId, PersonId, WorkerId


class Corresponding(Booking):
    """Whoever acts is asked for by `Acting`."""

    async def _actor(self) -> Actor | None:
        raise NotImplementedError

    async def _allowed(self, action: Action, id: AppointmentId) -> bool:
        raise NotImplementedError

    async def _note(self, actor: Actor | None, action: str, id: AppointmentId) -> None:
        raise NotImplementedError

    async def correspondents(self, side: Side, id: str) -> Sequence[Correspondent]:
        return await super().correspondents(side, id) if await self._stands_for(side, id) else ()

    async def write(self, about: AppointmentId, author: Side, text: str) -> Written | NotWritten:
        if not await self._allowed(Action.WRITE, about) or not await self._is_of(about, author):
            return NotWritten("nobody")
        done = await super().write(about, author, text)
        if isinstance(done, Written):
            await self._note(await self._actor(), Action.WRITE, about)
        return done

    async def unread(self, reader: Side, id: str) -> Sequence[Message]:
        return await super().unread(reader, id) if await self._stands_for(reader, id) else ()

    async def read(self, about: AppointmentId, reader: Side, messages: Sequence[Message]) -> None:
        if messages and await self._allowed(Action.READ, about) and await self._is_of(about, reader):
            await super().read(about, reader, messages)
            await self._note(await self._actor(), Action.READ, about)

    async def exchanged(self, about: AppointmentId, reader: Side, limit: int) -> Sequence[Message]:
        if not await self._allowed(Action.READ, about) or not await self._is_of(about, reader):
            return ()
        return await super().exchanged(about, reader, limit)

    async def to_answer(self, worker: WorkerId, since: datetime) -> Sequence[ToAnswer]:
        return await super().to_answer(worker, since) if await self._stands_for("worker", worker) else ()

    async def report(self, about: AppointmentId) -> Report | NotWritten:
        if not await self._allowed(Action.REPORT, about):
            return NotWritten("nobody")
        done = await super().report(about)
        if isinstance(done, Report):
            await self._note(await self._actor(), Action.REPORT, about)
        return done

    async def _stands_for(self, side: Side, id: str) -> bool:
        actor = await self._actor()
        return isinstance(actor, DeskActor) or actor == _actor(side, id)

    async def _is_of(self, about: AppointmentId, side: Side) -> bool:
        """Nobody but the desk writes, or reads, as the other one."""
        appointment = await self.appointment(about)
        if appointment is None:
            return False
        return await self._stands_for(side, appointment.person if side == "person" else appointment.worker)


def _actor(side: Side, id: str) -> Actor:
    return PersonActor(PersonId(id)) if side == "person" else WorkerActor(WorkerId(id))
