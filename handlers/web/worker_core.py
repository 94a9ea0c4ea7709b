"""What a worker's page of an appointment shows and does, on the real rows."""

from __future__ import annotations

from handlers import calling
from handlers import scene as scenes
from handlers.parts import Parts
from handlers.scene import Scene
from handlers.web.pages_core import turnable
from handlers.web.ports import Gone, WorkerView
from storage import calls
from storage.audit import LOOK


class WorkerCore:
    """Implements `handlers.web.ports.WorkersPages`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def view(self, token: str) -> WorkerView | Gone | None:
        """That it was looked at is noted, and apart from it that a number was shown."""
        parts, now = self._parts, self._parts.clock()
        async with parts.db.transaction() as tx:
            scene = await scenes.of_link(tx, parts, token, now)
            if not isinstance(scene, Scene):
                return scene
            await scene.note("see", within=LOOK)
            phone = scene.person.phone if scene.person else None
            shown = calling.dials(parts, scene)
            if shown:
                await scene.note("see phone", within=LOOK)
            rows = await calls.of(tx, scene.appointment.id)
            return WorkerView(
                appointment=scene.appointment,
                name=scene.first_name,
                reader=scene.reader,
                now=now,
                worker=scene.worker.first_name,
                turnable=turnable(scene.appointment, scene.worker, now),
                masked=parts.voice is not None,
                callable=calling.callable_now(scene),
                phone=phone if shown else None,
                reachable=phone is not None,
                call=rows[0] if rows else None,
                calls=len(rows),
                live=calling.under_way(rows[0] if rows else None, now),
                told=await calls.missed(tx, scene.appointment.id) <= calling.MOST_TEXTS,
            )

    async def call(self, token: str, seen: int) -> Gone | None:
        return await calling.ask(self._parts, token, seen)

    async def voicemail(self, token: str, attempt: int) -> Gone | None:
        return await calling.missed(self._parts, token, attempt)

    async def unanswered(self, token: str, seen: int) -> Gone | None:
        return await calling.unanswered(self._parts, token, seen)
