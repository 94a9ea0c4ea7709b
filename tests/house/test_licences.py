"""What we depend on may be used, changed and passed on together with this program; read from the packages themselves.

A new licence is added here by somebody who has read it. Packages with files that only tests use are told apart.
"""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]

PERMISSIVE = re.compile(
    r"\b(MIT|MIT-0|Apache(-2\.0| License| Software License|.2\.0)?|BSD|[023]-Clause|ISC|PSF|Python Software Foundation"
    r"|Unlicense|PostgreSQL|CNRI-Python|CC0)\b",
    flags=re.IGNORECASE,
)
# Copyleft that stops at the file or the library: fine for a program that uses the package unchanged.
WEAK = re.compile(r"\b(MPL|Mozilla Public License|LGPL|LGPLv3|Lesser General Public)\b", flags=re.IGNORECASE)
WEAK_ARE: dict[str, str] = {
    "certifi": "MPL-2.0: a list of certificates, used as it is",
    "hypothesis": "MPL-2.0: tests only",
    "pi-heif": "LGPL-3.0 (libheif, libde265, in its wheel): imported as a library, replaceable, unchanged",
    "pikepdf": "MPL-2.0: imported as a library, unchanged",
    "pathspec": "MPL-2.0: the build only",
    "python-telegram-bot": "LGPL-3.0: imported as a library, replaceable, unchanged",
    "recurring-ical-events": "LGPL-3.0: imported as a library, replaceable, unchanged",
    "x-wr-timezone": "LGPL-3.0: imported by recurring-ical-events, unchanged",
}


def packages(lock: str) -> list[str]:
    """The names in a lock that are installed on this platform."""
    lines = (ROOT / lock).read_text().splitlines()
    entries = [Requirement(line.rstrip("\\ ")) for line in lines if line and not line.startswith((" ", "#"))]
    return [entry.name for entry in entries if entry.marker is None or entry.marker.evaluate()]


def licence(name: str) -> str:
    """What a package says of itself: the expression, else the classifiers, else the first words of the text."""
    about = distribution(name).metadata
    if "License-Expression" in about:
        return about["License-Expression"]
    classifiers = [
        line.rpartition("::")[2].strip() for line in about.get_all("Classifier") or [] if "License ::" in line
    ]
    if classifiers and classifiers != ["OSI Approved"]:
        return "; ".join(classifiers)
    if "License" in about:
        return about["License"][:200]
    for file in distribution(name).files or ():
        if re.search(r"licen[cs]e|copying", file.name, flags=re.IGNORECASE):
            return file.read_text()[:200]
    return ""


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_may_be_used(lock: str) -> None:
    wrong = {}
    for name in packages(lock):
        try:
            said = licence(name)
        except PackageNotFoundError:
            wrong[name] = "not installed"
            continue
        if name not in WEAK_ARE and (WEAK.search(said) or not PERMISSIVE.search(said)):
            wrong[name] = said
    assert wrong == {}


def test_the_exceptions_are_still_needed() -> None:
    locked = set(packages("requirements-dev.lock"))
    assert set(WEAK_ARE) <= locked
    assert [name for name in WEAK_ARE if not WEAK.search(licence(name))] == []
