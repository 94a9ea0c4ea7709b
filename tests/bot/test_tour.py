"""The tour of docs/tour.md is played to its end; its commands print what stands there."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser

from bot import demo_settings
from scripts.tour.camera import Camera
from scripts.tour.inviting import PRINTED
from scripts.tour.stage import ROOT, stage
from scripts.tour.steps import STEPS, Step, TourBroken, play
from tests.servers.ports import unused_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder and a port of its own, and nothing of the operator's environment."""
    monkeypatch.chdir(tmp_path)
    for name in (*demo_settings.CREDENTIALS, "HOST", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORT", "0")  # put back afterwards: the stage sets its own


@pytest.mark.many  # half a minute; whoever takes its pictures anew plays it, too
async def test_every_step_shows_what_it_should(browser: Browser) -> None:
    camera = Camera()
    async with stage(browser, camera, unused_port()) as opened:
        await play(opened)
    assert list(camera.taken) == [name for step in STEPS for name in step.pictures]
    page = (ROOT / "docs" / "tour.md").read_text()
    load, invite = opened.said
    assert load in page, "what the command says is not what the page says"
    assert invite.splitlines()[0] in page
    assert PRINTED in invite


@pytest.mark.many  # plays the tour a second time
async def test_a_step_that_does_not_is_named(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    import scripts.tour.steps as told

    async def nothing(_: object) -> None:
        """Takes no picture."""

    monkeypatch.setattr(told, "STEPS", (Step("Load a client", nothing, ("tour-client",)),))
    async with stage(browser, Camera(), unused_port()) as opened:
        with pytest.raises(TourBroken, match="step 1, 'Load a client' does not show what it should"):
            await play(opened)
