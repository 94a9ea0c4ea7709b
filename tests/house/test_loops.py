"""Every loop in the background runs: what nobody calls is not missed by anybody, until a month is over."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest

from bot import serve, work, worker
from bot.app import App
from storage.bell import LocalBell
from tests.guards import guards

ROOT: Final = Path(__file__).resolve().parents[2]
# As `bot.work` calls them: in loops of their own, and one after the other by `watch`.
LOOPS: Final = (
    *("drain_all", "fire", "settle_unknown", "unheard.ask", "serve_waiting", "read_due", "end_documents", "fetch_due"),
    *("end_due", "closing.look", "erasing.look", "provider_copies.look", "forgetting.look", "deadlines.look"),
    "send_due",
)
WATCHED: Final = (
    *("name_the_bot", "tidy", "digest.plan", "warn", "holding.tell", "undelivered.look", "look_for_free_hours"),
    "watching.look",
)
CALLED_BY_OTHERS: Final = {"afterwards.look", "service.look"}  # by `erasing.look`; by a page of the console


@guards("G01", "G06", "G09", "G13", "G14", "G17", "G18", "G20", partly=True)
async def test_every_loop_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: set[str] = set()

    def notes(name: str) -> Callable[..., Any]:
        async def step(*_: object) -> int:
            ran.add(name)
            return 0

        return step

    for name in (*LOOPS, *WATCHED):
        monkeypatch.setattr(f"bot.work.{name}", notes(name))
    monkeypatch.setattr(work, "Lane", lambda _, __, channel, ___: SimpleNamespace(run=notes(channel)))
    parts: Any = SimpleNamespace(channels={"sms": None, "telegram": None}, bell=LocalBell())
    working = asyncio.create_task(work.work(parts, "w", [notes("outside"), notes("further")]))
    for _ in range(50):
        await asyncio.sleep(0)
    assert not working.done()
    await serve.cancelled(working)
    assert {*LOOPS, *WATCHED, "sms", "telegram", "outside", "further"} - ran == set()


def test_no_look_is_left_out() -> None:
    """By the name that they have."""
    found = {
        f"{path.stem}.look"
        for path in (ROOT / "handlers").rglob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "look"
        if [each.arg for each in node.args.args] == ["parts"]
    }
    assert found - CALLED_BY_OTHERS - {*LOOPS, *WATCHED} == set()


@pytest.mark.parametrize("module", [serve, worker])
def test_the_program_starts_them(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def step() -> int:
        return 0

    given: Any = {"settings": SimpleNamespace(log_level="info", host="", port=0), "twilio": None, "telegram": None}
    parts: Any = SimpleNamespace(new_id=lambda: "w")
    app, ran = App(**given, parts=parts, fetch=step, look=step), []  # type: ignore[arg-type]

    async def noted(*args: object) -> None:
        ran.append(args)

    async def stopped() -> None:
        await asyncio.sleep(0)

    @asynccontextmanager
    async def opened(*_: object, **__: object) -> AsyncIterator[App]:
        yield app

    for name, value in {
        "read_settings": lambda: app.settings,
        "build": opened,
        "told_to_stop": stopped,
        "work": noted,
    }.items():
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(serve, "listening", opened)
    monkeypatch.setattr(serve, "application", lambda _: None)
    monkeypatch.setattr(module.logs, "configure", lambda _: None)
    assert module.run() == 0
    assert ran == [(parts, "w", [step, step])]
