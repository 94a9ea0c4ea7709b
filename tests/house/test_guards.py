"""The check of rules and their tests, on a small tree with planted faults."""

from pathlib import Path

import pytest

from scripts import guards
from tests.guards import guards as marker

DOOR = '"""The door."""\n\nLIMIT: int = 3\n\n\nclass Door:\n    def shut(self) -> None: ...\n'
TESTS = '''"""Tests."""

import pytest

from tests.guards import guards


@guards("T01", "G01")
async def test_shut() -> None: ...


@pytest.mark.slow
@guards("T02", partly=True)
def test_half() -> None: ...
'''
ROWS = """
[T01]
rule = "The door is shut."
by = ["handlers/door.py::Door.shut", "handlers/door.py::LIMIT"]
fails = "closed"

[T02]
rule = "The window is shut."

[G01]
rule = "Nobody looks in."
by = ["Makefile"]
deviation = "but through the keyhole"

[unproven]
T02 = "the window."
"""
PAGE = "# A page\n\n<!-- guards: {} -->\nold\n<!-- end -->\n\nIts end.\n"


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three rows, two tests, one mechanism; the pages made."""
    for name, text in {
        "handlers/door.py": DOOR,
        "tests/test_door.py": TESTS,
        "docs/guards.toml": ROWS,
        "docs/security.md": PAGE.format("T"),
        "docs/privacy.md": PAGE.format("G"),
        "Makefile": "",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(guards, "ROOT", tmp_path)
    monkeypatch.setattr(guards, "WANTED", {"T01", "T02", "G01"})
    assert guards.main("update") == 0
    return tmp_path


def test_the_tables_say_rule_mechanism_and_test(tree: Path) -> None:
    page = (tree / "docs/security.md").read_text()
    assert (
        "| T01 | The door is shut.<br>Fails closed | `handlers/door.py::Door.shut`<br>`handlers/door.py::LIMIT` |"
        in page
    )
    assert "| `tests/test_door.py`: `test_shut` |" in page
    assert (
        "| T02 | The window is shut.<br>**Not built yet**: the window. | - | `tests/test_door.py`: `test_half` |"
        in page
    )
    assert page.startswith("# A page\n")
    assert page.endswith("<!-- end -->\n\nIts end.\n")
    assert "old" not in page
    assert "but through the keyhole" in (tree / "docs/privacy.md").read_text()
    assert guards.main("check") == 0


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("tests/test_door.py", '"T01", "G01"', '"T01"', "no test shows G01"),
        ("tests/test_door.py", '"G01")', '"G01", partly=True)', "no test shows G01 wholly"),
        ("tests/test_door.py", '"G01"', '"G01", "T40"', "tests/test_door.py::test_shut names T40, which is no row"),
        ("tests/test_door.py", ", partly=True", "", "test_half shows T02, which is unproven: take it off the list"),
        ("tests/test_door.py", "mark.slow", "mark.many", "tests/test_door.py::test_half is only run with --many"),
        ("tests/test_door.py", "import pytest\n", "import pytest\npytestmark = [pytest.mark.many]\n", "with --many"),
        ("tests/test_door.py", "test_shut", "test_shut_tight", "docs/security.md is not up to date"),
        ("docs/guards.toml", 'T02 = "the window."', "", "no test shows T02 wholly"),
        ("docs/guards.toml", 'T02 = "', 'T03 = "it"\nT02 = "', "T03 is unproven, and no row"),
        ("docs/guards.toml", "[T01]", "[T03]", "T01 has no row"),
        ("docs/guards.toml", "Door.shut", "Door.open", "handlers/door.py::Door.open, which is not there"),
        ("docs/guards.toml", "door.py::LIMIT", "window.py::LIMIT", "handlers/window.py::LIMIT, which is not there"),
        ("docs/guards.toml", "door.py::LIMIT", "door.py", "T01 is held by handlers/door.py, which is not there"),
        ("docs/guards.toml", 'by = ["Makefile"]', "", "G01 names nothing that holds it"),
        ("docs/guards.toml", "Nobody looks in", "All look in", "docs/privacy.md is not up to date"),
        ("handlers/door.py", "LIMIT", "MOST", "handlers/door.py::LIMIT, which is not there"),
        ("docs/privacy.md", "G01", "G1", "docs/privacy.md is not up to date"),
    ],
)
def test_a_planted_fault_is_told(
    tree: Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, said: str
) -> None:
    path = tree / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    assert guards.main("check") == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("written", "test"),
    [
        ('@guards("T01")\nclass TestDoor: ...\n', "tests/test_more.py::TestDoor"),
        ('class TestDoor:\n    @guards("T01")\n    def test_it(self) -> None: ...\n', "tests/test_more.py::test_it"),
        ('TestDoors = guards("T01")(Doors.TestCase)\n', "tests/test_more.py::TestDoors"),
        ('pytestmark = [guards("T01"), pytest.mark.slow]\n', "tests/test_more.py"),
    ],
)
def test_where_a_marker_may_stand(tree: Path, written: str, test: str) -> None:
    (tree / "tests/test_more.py").write_text(written)
    assert guards.Mark("T01", test) in list(guards.marks(tree))


def test_a_wrong_word_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert guards.main("guess") == 2
    assert "scripts/guards.py check" in capsys.readouterr().err


@marker("T01")
def test_pytest_knows_the_marker(request: pytest.FixtureRequest) -> None:
    found = request.node.get_closest_marker("guards")
    assert found is not None
    assert found.args == ("T01",)
