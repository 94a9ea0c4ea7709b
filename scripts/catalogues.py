"""The catalogues' four verbs: compile, update, check and init. Words live in locales/, nowhere else.

    python scripts/catalogues.py compile     # .po to .mo where the .po is newer
    python scripts/catalogues.py update      # collect msgids from the code, merge them into every language, compile
    python scripts/catalogues.py check       # exit status 1 if `update` would change a file
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
    """All msgids of the code, with the files that say them."""
    template = Catalog(project="socialdirect-bot", charset="utf-8", fuzzy=False)
    for room in ROOMS:
        found = extract_from_dir(ROOT / room, METHODS, keywords=KEYWORDS, comment_tags=["Translators:"])
        for file, _line, message, comments, context in found:
            template.add(message, locations=[(f"{room}/{file}", 0)], auto_comments=comments, context=context)
    return template


def read(path: Path, locale: str | None = None) -> Catalog:
    """A catalogue from its file."""
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def written(catalogue: Catalog) -> bytes:
    """A catalogue as it stands in git: sorted, without line numbers or dates, so that diffs stay small."""
    out = io.BytesIO()
    write_po(out, catalogue, width=120, sort_output=True, include_lineno=False, omit_header=True)
    return out.getvalue()


def header(catalogue: Catalog) -> bytes:
    """The few header lines that mean something to gettext."""
    lines = ["Content-Type: text/plain; charset=utf-8"]
    if catalogue.locale is not None:
        lines = [f"Language: {catalogue.locale_identifier}", f"Plural-Forms: {catalogue.plural_forms}", *lines]
    return ('msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines) + "\n").encode()


def wanted() -> dict[Path, bytes]:
    """What every catalogue's file should hold, given the code as it is now."""
    template = collect()
    files = {TEMPLATE: header(template) + written(template)}
    for path in catalogues():
        catalogue = read(path, language(path))
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        files[path] = header(catalogue) + written(catalogue)
    return files


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
    """Writes what changed, then compiles."""
    for path, content in wanted().items():
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)
            print(f"catalogues: {path.relative_to(ROOT)} updated")
    return compile_all()


def check() -> int:
    """Names each catalogue that does not follow the code, and each msgid that a language has no words for."""
    complaints = [
        f"{path.relative_to(ROOT)} is not up to date: run `make catalogues`"
        for path, content in wanted().items()
        if not path.is_file() or path.read_bytes() != content
    ]
    for path in catalogues():
        holes = [str(entry.id) for entry in read(path, language(path)) if entry.id and not entry.string]
        complaints += [f"{path.relative_to(ROOT)} has no words for {hole}" for hole in holes]
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
