"""The catalogues' script, on a small tree of its own: msgids are collected, kept words stay, holes are found."""

from pathlib import Path

import pytest

from scripts import catalogues

SOURCE = '"""A flow."""\n\nfrom conversations.text import t\n\nASKED = t("slot.ask", day=1)\nGONE = t("slot.gone")\n'


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Rooms with one file, and French with one message."""
    for room in catalogues.ROOMS:
        (tmp_path / room).mkdir()
    (tmp_path / "conversations" / "book.py").write_text(SOURCE)
    french = tmp_path / "locales" / "fr" / "LC_MESSAGES"
    french.mkdir(parents=True)
    (french / "messages.po").write_text('msgid "slot.gone"\nmsgstr "Cette heure vient d\'être prise."\n')
    (french / "words.po").write_text('msgid "words.yes"\nmsgstr "oui|ok"\n')
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    monkeypatch.setattr(catalogues, "LOCALES", tmp_path / "locales")
    monkeypatch.setattr(catalogues, "TEMPLATE", tmp_path / "locales" / "messages.pot")
    monkeypatch.setattr(catalogues, "FRENCH_WORDS", french / "words.po")
    return tmp_path


def messages(tree: Path, language: str = "fr") -> Path:
    return tree / "locales" / language / "LC_MESSAGES" / "messages.po"


def fill(path: Path) -> None:
    path.write_text(
        path.read_text().replace('msgid "slot.ask"\nmsgstr ""', 'msgid "slot.ask"\nmsgstr "Quelle heure ?"')
    )


def test_update_collects_keeps_and_compiles(tree: Path) -> None:
    assert catalogues.main("update") == 0
    words = {str(entry.id): entry.string for entry in catalogues.read(messages(tree), "fr") if entry.id}
    assert words == {"slot.ask": "", "slot.gone": "Cette heure vient d'être prise."}
    assert messages(tree).with_suffix(".mo").exists()
    assert messages(tree).with_name("words.mo").exists()


def test_update_twice_changes_nothing(tree: Path) -> None:
    catalogues.main("update")
    before = {path: path.read_bytes() for path in (tree / "locales").rglob("*.po*")}
    catalogues.main("update")
    assert {path: path.read_bytes() for path in (tree / "locales").rglob("*.po*")} == before


def test_a_message_that_nobody_says_any_more_is_named(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "conversations" / "book.py").write_text('"""A flow."""\n')
    catalogues.main("update")
    assert catalogues.main("check") == 1
    assert "messages.po has slot.gone, which nobody says" in capsys.readouterr().err


def test_check_names_what_is_stale_and_what_is_a_hole(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogues.main("check") == 1
    assert "not up to date" in capsys.readouterr().err
    catalogues.main("update")
    assert catalogues.main("check") == 1
    assert capsys.readouterr().err == "catalogues: locales/fr/LC_MESSAGES/messages.po has no words for slot.ask\n"
    fill(messages(tree))
    assert catalogues.main("check") == 0


def test_a_new_language_has_every_msgid(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogues.main("init", "pt") == 0
    assert {str(entry.id) for entry in catalogues.read(messages(tree, "pt"), "pt") if entry.id} == {
        "slot.ask",
        "slot.gone",
    }
    assert "# fr: oui|ok" in messages(tree, "pt").with_name("words.po").read_text()
    assert catalogues.main("init", "pt") == 2
    assert "there already" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [("init", "klingon!"), ("init", ""), ("init",), ("nonsense",), ()])
def test_wrong_use(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogues.main(*arguments) == 2
    assert capsys.readouterr().err
