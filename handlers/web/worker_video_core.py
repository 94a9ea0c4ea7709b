"""A worker turns a video into a call, on the same core as a talk: the person is told at once."""

from __future__ import annotations

from booking.authority import WorkerActor
from booking.model import Mode
from booking.ports import TurnAnswer
from handlers import scene as scenes
from handlers.acting import Acting
from handlers.following import follow
from handlers.parts import Parts
from handlers.scene import Scene
from handlers.web.ports import Gone
from storage import contacts


class WorkerVideoCore:
    """Implements `handlers.web.ports.WorkersVideo`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def by_phone(self, token: str) -> TurnAnswer | Gone | None:
        """The talk's lock is taken first: who cancels at this moment is before or after, never in between."""
        parts, now = self._parts, self._parts.clock()
        async with parts.db.transaction() as tx:
            scene = await scenes.of_link(tx, parts, token, now)
            if not isinstance(scene, Scene):
                return scene
            id, actor = scene.appointment.id, WorkerActor(scene.worker.id)
            await contacts.lock(tx, scene.appointment.contact)
            core = Acting(tx, scene.store, parts.rules, now, parts.new_id, actor=actor)
            done = await core.change_mode(id, Mode.PHONE, "worker")
            cause = f"worker:{id}:{scene.appointment.version}:turned:{now:%d%H%M}"
            await follow(tx, parts, scene.store, core, cause, now)
            return done
