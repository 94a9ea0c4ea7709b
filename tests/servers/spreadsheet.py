"""A real spreadsheet program: LibreOffice, without a window, as somebody in France has it set up."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias

from tests.servers.process import NotHere

Kind: TypeAlias = Literal["xlsx", "csv"]

# https://help.libreoffice.org/latest/en-US/text/shared/guide/csv_params.html: separator and quote by their numbers,
# UTF-8, from the first line. The rest is as the program has it: numbers are guessed at, formulas are calculated.
CSV: Final = "{separator},34,76,1"
FILTERS: Final[dict[Kind, str]] = {"xlsx": "xlsx", "csv": "csv:Text - txt - csv (StarCalc):"}
FRENCH: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">
<value>fr-FR</value></prop></item>
</oor:items>
"""


def program() -> str:
    """$SOFFICE, else what a system calls it."""
    for name in filter(None, (os.environ.get("SOFFICE"), "soffice", "libreoffice")):
        if found := shutil.which(name):
            return found
    raise NotHere("no LibreOffice: set SOFFICE, or install Debian's `libreoffice-calc`")


def saved(files: Sequence[Path], kind: Kind, into: Path, separator: str = ",") -> list[Path]:
    """Each opened, calculated, and saved as another kind in a folder; `separator`: of a CSV file, on both sides. A
    workbook's CSV is of its first sheet. Takes some seconds. Raises NotHere.
    """
    options = CSV.format(separator=ord(separator))
    to = FILTERS[kind] + (options if kind == "csv" else "")
    with tempfile.TemporaryDirectory(prefix="office-") as profile:
        settings = Path(profile) / "user" / "registrymodifications.xcu"
        settings.parent.mkdir()
        settings.write_text(FRENCH)
        command = [program(), f"-env:UserInstallation=file://{profile}", "--headless", "--norestore"]
        if all(file.suffix == ".csv" for file in files):
            command.append(f"--infilter=CSV:{options}")
        command += ["--convert-to", to, "--outdir", str(into), *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    made = [into / f"{file.stem}.{kind}" for file in files]
    missing = [path.name for path in made if not path.exists()]
    assert missing == [], done.stderr
    return made
