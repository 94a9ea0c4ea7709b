"""The catalogues' four verbs: compile, update, check and init. Words live in locales/, nowhere else.

    python scripts/catalogues.py compile     # .po to .mo where the .po is newer
    python scripts/catalogues.py update      # collect msgids from the code, add new ones to every language, compile
    python scripts/catalogues.py check       # exit status 1 if a language has holes or relics
    python scripts/catalogues.py init pt     # a new language, with every msgid and no words yet

Two domains a language. messages.po, what we say: the msgids are literals such as "slot.gone" given to t(), and are
collected here. words.po, what people type: written by hand, in an order that means something, and only compiled.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "locales"
TEMPLATE = LOCALES / "messages.pot"
FRENCH_WORDS = LOCALES / "fr" / "LC_MESSAGES" / "words.po"
ROOMS = ("bot", "handlers", "storage", "locales", "conversations", "booking")
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.xml", "jinja2"), ("**.txt", "jinja2")]
KEYWORDS = {"t": None}


def catalogues() -> Iterator[Path]:
    """Every language's catalogue, in a steady order."""
    yield from sorted(LOCALES.glob("*/LC_MESSAGES/messages.po"))


def language(path: Path) -> str:
    """Whose words are in this catalogue: locales/fr/LC_MESSAGES/messages.po -> fr."""
    return path.parent.parent.name


def collect() -> Catalog:
    """All msgids of the code."""
    template = Catalog(project="socialdirect-bot", charset="utf-8", fuzzy=False)
    for room in ROOMS:
        found = extract_from_dir(ROOT / room, METHODS, keywords=KEYWORDS, comment_tags=["Translators:"])
        for _file, _line, message, comments, context in found:
            template.add(message, auto_comments=comments, context=context)
    return template


def read(path: Path, locale: str | None = None) -> Catalog:
    """A catalogue from its file."""
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def written(catalogue: Catalog) -> bytes:
    """A catalogue as it stands in git: sorted, without places or dates, so that diffs stay small."""
    out = io.BytesIO()
    write_po(out, catalogue, width=120, sort_output=True, include_lineno=False, omit_header=True)
    return out.getvalue()


def header(catalogue: Catalog) -> bytes:
    """The few header lines that mean something to gettext."""
    lines = ["Content-Type: text/plain; charset=utf-8"]
    if catalogue.locale is not None:
        lines = [f"Language: {catalogue.locale_identifier}", f"Plural-Forms: {catalogue.plural_forms}", *lines]
    return ('msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines) + "\n").encode()


def ids(catalogue: Catalog) -> set[str]:
    """Its msgids, without the header's empty one."""
    return {str(entry.id) for entry in catalogue if entry.id}


def compile_all() -> int:
    """Writes each .mo whose .po is newer."""
    for source in sorted(LOCALES.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with target.open("wb") as file:
            write_mo(file, read(source, language(source)))
    return 0


def update() -> int:
    """Writes the template, puts what is new at the end of each language's catalogue, compiles.

    The rest of a catalogue stays as the translator wrote and ordered it.
    """
    template = collect()
    TEMPLATE.write_bytes(header(template) + written(template))
    for path in catalogues():
        new = sorted(ids(template) - ids(read(path, language(path))))
        if new:
            with path.open("a") as file:
                file.write("".join(f'\nmsgid "{name}"\nmsgstr ""\n' for name in new))
            print(f"catalogues: {path.relative_to(ROOT)} has {len(new)} new: {', '.join(new)}")
    return compile_all()


def check() -> int:
    """Names each msgid that a language has no words for, and each that nobody says any more."""
    template = collect()
    complaints = []
    if not TEMPLATE.is_file() or TEMPLATE.read_bytes() != header(template) + written(template):
        complaints.append(f"{TEMPLATE.relative_to(ROOT)} is not up to date: run `make catalogues`")
    for path in catalogues():
        catalogue = read(path, language(path))
        filled = {str(entry.id) for entry in catalogue if entry.id and entry.string}
        where = path.relative_to(ROOT)
        complaints += [f"{where} has no words for {name}" for name in sorted(ids(template) - filled)]
        complaints += [f"{where} has {name}, which nobody says" for name in sorted(ids(catalogue) - ids(template))]
    for complaint in complaints:
        sys.stderr.write(f"catalogues: {complaint}\n")
    return 1 if complaints else 0


def init(code: str) -> int:
    """Begins a language; what is left to do is filling in the words."""
    try:
        locale = Locale.parse(code)
    except (ValueError, UnknownLocaleError):
        sys.stderr.write(f"catalogues: L={code!r} is no language; for example: make language L=pt\n")
        return 2
    path = LOCALES / str(locale) / "LC_MESSAGES" / "messages.po"
    if path.exists():
        sys.stderr.write(f"catalogues: {path.relative_to(ROOT)} is there already\n")
        return 2
    path.parent.mkdir(parents=True)
    path.write_bytes(header(Catalog(locale=locale)))
    words = Catalog(locale=locale)
    for entry in read(FRENCH_WORDS, "fr"):
        words.add(entry.id, user_comments=[f"fr: {entry.string}"] if entry.id else [])
    path.with_name("words.po").write_bytes(header(words) + written(words))
    update()
    print(f"catalogues: now fill in the two files of {path.parent.relative_to(ROOT)}, then add {locale} to LOCALES")
    return 0


def main(verb: str = "", *arguments: str) -> int:
    """Runs one verb."""
    match verb, arguments:
        case "compile", ():
            return compile_all()
        case "update", ():
            return update()
        case "check", ():
            return check()
        case "init", (code,):
            return init(code)
    sys.stderr.write(__doc__ or "")
    return 2


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
