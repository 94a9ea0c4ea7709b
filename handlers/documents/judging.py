"""Has a file looked at in a process of its own (`examine.py`), one at a time, for a while and no longer."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Final

from handlers.documents.verdict import MIB, MOST_BYTES, MOST_CLEAN, Verdict

ROOT: Final = Path(__file__).resolve().parents[2]
# -I: no setting of the environment and no folder of ours changes what it runs.
START: Final = "import sys; sys.path.insert(0, sys.argv[1]); from handlers.documents.examine import main; main()"
PATIENCE: Final = 90.0  # seconds on the wall; the processor's limit comes first unless the machine is crowded
HEAD: Final = 1024  # bytes of the line before the clean file, at most
UNDERSTOOD_NOTHING: Final = 1  # `examine`: the library raised


class Judge:
    """Judges one file at a time: each may take as much memory as `examine.MEMORY` says."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._turn = asyncio.Semaphore(1)

    async def __call__(self, data: bytes) -> Verdict:
        if len(data) > MOST_BYTES:
            return Verdict("refused", reason="too_big")
        async with self._turn:
            return await self._examined(data)

    async def _examined(self, data: bytes) -> Verdict:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-c",
            START,
            str(ROOT),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # an exception's text may hold what the file says
            env={},
        )
        try:
            async with asyncio.timeout(self._patience):
                said = await _said(process, data)
                await process.wait()
        except TimeoutError:
            return Verdict("refused", reason="too_heavy")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return _verdict(process.returncode, said)


async def _said(process: asyncio.subprocess.Process, data: bytes) -> bytes:
    """Hands the file over and reads what comes back, but no more than a verdict may hold."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(data)
    process.stdin.write_eof()
    parts, length = [], 0
    while length <= MOST_CLEAN + HEAD and (part := await process.stdout.read(MIB)):
        parts.append(part)
        length += len(part)
    if length > MOST_CLEAN + HEAD:
        process.kill()
    return b"".join(parts)


def _verdict(status: int | None, said: bytes) -> Verdict:
    if status == UNDERSTOOD_NOTHING:
        return Verdict("refused", reason="broken")
    if status != 0:  # a limit's signal, no memory
        return Verdict("refused", reason="too_heavy")
    head, _, data = said.partition(b"\n")
    found = json.loads(head)
    return Verdict(found["outcome"], found["kind"], found["reason"], found["pages"], data)
