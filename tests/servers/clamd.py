"""A private ClamAV daemon on a Unix socket: `clamd` of the PATH, with signatures of our own.

ClamAV's own come from the network by freshclam, weigh 300 MB and take half a minute to load; that it finds what it has
a signature of is all that is asked here, so two lines made by hand do.
"""

from __future__ import annotations

import hashlib
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.servers.process import NotHere, folder, running

SAMPLE: Final = b"socialdirect sample that a scanner finds"
# The file by which scanners are tried out (https://www.eicar.org/download-anti-malware-testfile/), in two parts:
# other scanners look into this one.
EICAR: Final = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def binary() -> Path:
    found = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if found is None:
        raise NotHere("no clamd: install Debian's `clamav-daemon`")
    return Path(found)


@contextmanager
def clamd() -> Iterator[str]:
    """Its address, as CLAMD_URL takes it. Raises NotHere."""
    program = binary()
    with folder("clamd") as where:
        door, known = where / "clamd.sock", where / "known"
        known.mkdir(mode=0o755)
        (known / "ours.ndb").write_text(f"Ours.Sample:0:*:{SAMPLE.hex()}\n")
        md5 = hashlib.md5(EICAR, usedforsecurity=False).hexdigest()
        (known / "ours.hdb").write_text(f"{md5}:{len(EICAR)}:Ours.Eicar\n")
        settings = where / "clamd.conf"
        settings.write_text(
            f"LocalSocket {door}\nDatabaseDirectory {known}\nTemporaryDirectory {where}\nForeground yes\nMaxThreads 2\n"
        )
        for file in (settings, *known.iterdir()):
            file.chmod(0o644)
        with running([program, "-c", settings], where, lambda: answers(door), signal.SIGTERM):
            yield f"unix://{door}"


def answers(door: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as caller:
        if caller.connect_ex(str(door)):
            return False
        caller.settimeout(5)
        caller.sendall(b"zPING\0")
        return caller.recv(16) == b"PONG\0"
