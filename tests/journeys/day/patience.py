"""Our own time-out, for real: half a second instead of ten for the calls that are not going to be answered, and for no
others, so that none is given up because this machine was busy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs

import aiohttp
import pytest

from handlers.channels import telegram_bot, transport, twilio_client
from tests.journeys.day.weather import hangs

SHORT: Final = 0.5  # seconds


@contextmanager
def impatient(clock: Callable[[], datetime], began: datetime) -> Iterator[None]:
    async def call(
        session: aiohttp.ClientSession,
        method: str,
        url: str,
        *,
        timeout: float,  # noqa: ASYNC109 - as the real one has it
        **more: Any,
    ) -> transport.Answer:
        limit = SHORT if hangs(_sent_to(more), clock() - began) else timeout
        return await transport.call(session, method, url, timeout=limit, **more)

    with pytest.MonkeyPatch.context() as patch:
        for module in (twilio_client, telegram_bot):
            patch.setattr(module, "call", call)
        yield


def _sent_to(more: dict[str, Any]) -> str:
    """Whom a call writes to; nobody, where it only asks or takes buttons away."""
    form, fields = parse_qs((more.get("data") or b"").decode()), more.get("json") or {}
    return form.get("To", [""])[0] or (str(fields.get("chat_id", "")) if "text" in fields else "")
