"""What a person does on their page around the hour, on the same core as a talk: both sides are told alike."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from booking.model import Mode
from booking.ports import AlreadyOver, Heard, NotTurned, TurnAnswer, Turned
from conversations.text import t
from handlers.effects import Effect, Notice, Tell, ToPerson
from handlers.following import follow
from handlers.parts import Parts
from handlers.web.pages_core import PagesCore, Scene
from handlers.web.ports import Gone

ASKED_AGAIN: Final = 10  # minutes: so often their talk asks for the number, however often the button is pressed


class HourCore:
    """Implements `handlers.web.ports.AtTheHour`."""

    def __init__(self, parts: Parts, pages: PagesCore) -> None:
        self._parts = parts
        self._pages = pages

    async def say_late(self, token: str, minutes: int | None) -> Heard | AlreadyOver | Gone | None:
        async with self._pages.scene(token, acts=True) as scene:
            if not isinstance(scene, Scene):
                return scene
            done = await scene.core.say_late(scene.appointment.id, minutes)
            await self._commit(scene, f"late-{minutes}")
            return done

    async def say_here(self, token: str) -> Heard | AlreadyOver | Gone | None:
        async with self._pages.scene(token, acts=True) as scene:
            if not isinstance(scene, Scene):
                return scene
            done = await scene.core.say_here(scene.appointment.id)
            await self._commit(scene, "here")
            return done

    async def by_phone(self, token: str) -> TurnAnswer | Gone | None:
        """A number is asked and proven in their talk, which begins by itself: a page proves none."""
        async with self._pages.scene(token, acts=True) as scene:
            if not isinstance(scene, Scene):
                return scene
            done = await scene.core.change_mode(scene.appointment.id, Mode.PHONE, "person")
            match done:
                case Turned(before=Mode.VIDEO):
                    await self._commit(scene, "turned", _receipt(done))
                case NotTurned("no_phone"):
                    await self._commit(scene, "asked", _question(scene, scene.now))
            return done

    async def _commit(self, scene: Scene, what: str, *more: Effect) -> None:
        """Within a minute the same thing is said once: people press twice."""
        cause = f"page:{scene.appointment.id}:{scene.appointment.version}:{what}:{scene.now:%d%H%M}"
        await follow(scene.tx, self._parts, scene.store, scene.core, cause, scene.now, more)


def _receipt(done: Turned) -> Notice:
    """A word to the person where they usually read: the page may have been left at once."""
    a = done.appointment
    text = t("notice.turned_for_you", start=a.start, worker=done.worker.first_name)
    return Notice(ToPerson(a.person), "turned", (text,), a.id, expires_at=a.end, urgent=True)


def _question(scene: Scene, now: datetime) -> Tell:
    a = scene.appointment
    data = {"about": a.id, "urgent": True, "until": a.end.isoformat()}
    key = f"video_fails:{a.id}:{a.version}:{now:%d%H}{now.minute // ASKED_AGAIN}"
    return Tell(ToPerson(a.person), "video_fails", data, urgent=True, subject=a.id, useful_until=a.end, key=key)
