"""Every word that a user sees, and the words that people type. One folder a language; `Voice` says, `Words` listens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent

# Babel's tag and the language's own name. `en` alone would print 2:30 PM, `pt` would be Brazilian.
TAGS: Mapping[str, str] = {"fr": "fr", "en": "en_GB", "pt": "pt_PT"}


def languages() -> tuple[str, ...]:
    """The languages that have a catalogue, in alphabetical order."""
    return tuple(sorted({path.parent.parent.name for path in HERE.glob("*/LC_MESSAGES/messages.*")}))


def spoken(offered: Iterable[str]) -> Mapping[str, str]:
    """Each language's name in itself: `{"fr": "français", "en": "English"}`."""
    from babel import Locale

    return {lang: Locale.parse(lang).get_language_name() or lang for lang in offered}


@cache
def catalogue(lang: str, domain: str = "messages") -> Mapping[str, str]:
    """msgid -> words of one language. Raises LookupError for a language that has no folder."""
    return read(HERE / lang / "LC_MESSAGES", domain)


def read(folder: Path, domain: str) -> Mapping[str, str]:
    """Wheels carry compiled catalogues; in a source tree the `.po` is read when it is newer, so no edit is missed."""
    source, compiled = folder / f"{domain}.po", folder / f"{domain}.mo"
    if not source.exists() and not compiled.exists():
        raise LookupError(f"no catalogue {domain} in {folder.parent.name!r}")
    if compiled.exists() and (not source.exists() or compiled.stat().st_mtime >= source.stat().st_mtime):
        return _compiled(compiled)
    return _source(source)


def _compiled(path: Path) -> Mapping[str, str]:
    from gettext import GNUTranslations

    with path.open("rb") as file:
        translations = GNUTranslations(file)
    # gettext has no public way to list what it holds
    pairs: Mapping[str, str] = translations._catalog  # type: ignore[attr-defined]  # noqa: SLF001
    return {msgid: words for msgid, words in pairs.items() if msgid}


def _source(path: Path) -> Mapping[str, str]:
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        messages = read_po(file, abort_invalid=True)
    return {str(m.id): str(m.string) for m in messages if m.id and m.string}
