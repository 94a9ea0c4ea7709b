"""The tour's steps in their order, with the pictures that each takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from playwright.async_api import Error

from scripts.tour import arranging, inviting, meeting
from scripts.tour.stage import Stage


@dataclass(frozen=True, slots=True)
class Step:
    title: str  # as it stands in docs/tour.md
    play: Callable[[Stage], Awaitable[None]]
    pictures: tuple[str, ...]  # without `.png`


STEPS: Final = (
    Step("Load a client", inviting.load, ("tour-client",)),
    Step("Print the kit", inviting.kit, ("tour-poster", "tour-cards")),
    Step("Scan", inviting.scan, ("tour-scanned", "tour-answered")),
    Step("Book", arranging.book, ("tour-hours", "tour-booked", "tour-appointment")),
    Step("Write to each other", arranging.message, ("tour-message-worker", "tour-message")),
    Step("Send documents", arranging.document, ("tour-upload", "tour-documents")),
    Step("Be reminded", arranging.reminder, ("tour-reminder",)),
    Step("Meet by video", meeting.call, ("tour-waiting", "tour-worker", "tour-room", "tour-room-worker")),
    Step("Say how it was", meeting.feedback, ("tour-present", "tour-feedback")),
    Step("See what came of it", meeting.console, ("tour-today", "tour-person", "tour-figures")),
)


class TourBroken(Exception):
    """A step did not show what it should."""


async def play(stage: Stage) -> None:
    """All of them. Raises TourBroken, which says where and what."""
    for number, step in enumerate(STEPS, 1):
        before = len(stage.camera.taken)
        with plainly(f"step {number}, {step.title!r}"):
            await step.play(stage)
            taken = tuple(stage.camera.taken)[before:]
            assert taken == step.pictures, f"took {taken} instead of {step.pictures}"


@contextmanager
def plainly(where: str) -> Iterator[None]:
    try:
        yield
    except (AssertionError, Error) as error:
        said, _, _ = str(error).partition("\nCall log:")
        raise TourBroken(f"{where} does not show what it should: {said}") from error
