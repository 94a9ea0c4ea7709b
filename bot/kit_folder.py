"""A kit's folder: all of its files at once, or none; for its owner's eyes, since each holds the code.

out/fr/poster.pdf   out/fr/cards.pdf   out/fr/intranet.html   out/fr/links.txt   out/fr/qr-sms.svg   …
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, TypeAlias

Files: TypeAlias = Mapping[str, bytes]  # by path inside the kit: "fr/poster.pdf"
Put: TypeAlias = Literal["written", "identical"]

OURS: Final = re.compile(
    r"[a-z]{2,3}(_[A-Za-z]+)?/(poster\.pdf|cards\.pdf|intranet\.html|links\.txt|qr-[a-z]+\.(svg|png))"
)


class Occupied(Exception):
    """The folder holds something already: `kit` says whether it is a kit, which `force` would replace."""

    def __init__(self, *, kit: bool) -> None:
        super().__init__("a kit" if kit else "something else")
        self.kit = kit


def put(folder: Path, files: Files, *, force: bool = False) -> Put:
    """Writes beside the folder, then renames: a reader sees all of a kit or nothing. Raises Occupied, OSError.

    Only what looks like a kit is ever replaced, whatever is asked: a home folder is never.
    """
    there = _what_is(folder)
    if there == files:
        return "identical"
    if there is None or (there and not force):
        raise Occupied(kit=there is not None)
    with tempfile.TemporaryDirectory(prefix=".invitation-", dir=folder.absolute().parent) as beside:
        new, old = Path(beside) / "new", Path(beside) / "old"
        _write(new, files)
        if folder.exists():
            folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
    return "written"


def _what_is(folder: Path) -> Files | None:
    """The files of a kit, none where there is nothing, None where there is anything else."""
    if not folder.exists() and not folder.is_symlink():
        return {}
    if folder.is_symlink() or not folder.is_dir():
        return None
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() and not path.is_symlink() and "/" not in name:
            continue
        if path.is_symlink() or not path.is_file() or OURS.fullmatch(name) is None:
            return None
        found[name] = path.read_bytes()
    return found


def _write(folder: Path, files: Files) -> None:
    folder.mkdir(mode=0o700)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
