"""docs/tour.md shows what `python -m scripts.tour` takes: all of it, in its order, nothing empty and nothing heavy."""

import re
from pathlib import Path

import pytest
from PIL import Image

from scripts.tour.camera import Camera, Unfit, fault
from scripts.tour.inviting import FILE
from scripts.tour.steps import STEPS

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "tour.md").read_text()
SHOWN = re.findall(r"!\[([^\]]*)\]\(pictures/([\w-]+)\.png\)", PAGE)
TAKEN = [name for step in STEPS for name in step.pictures]
MOST = 1536 * 1024  # bytes: who reads the page fetches all of it


def test_it_shows_what_the_script_takes() -> None:
    assert [name for _, name in SHOWN] == TAKEN
    assert {path.stem for path in (DOCS / "pictures").glob("tour-*.png")} == set(TAKEN)


def test_each_picture_is_told_to_who_does_not_see_it() -> None:
    assert [name for alt, name in SHOWN if len(alt.split()) < 5] == []


def test_its_steps_are_the_scripts() -> None:
    assert re.findall(r"^## \d+\. (.+)$", PAGE, re.MULTILINE) == [step.title for step in STEPS]


@pytest.mark.parametrize("name", TAKEN)
def test_a_picture_is_worth_its_bytes(name: str) -> None:
    assert fault((DOCS / "pictures" / f"{name}.png").read_bytes()) == ""


def test_all_of_them_are_fetched_soon() -> None:
    assert sum((DOCS / "pictures" / f"{name}.png").stat().st_size for name in TAKEN) <= MOST


def test_the_client_is_the_files() -> None:
    said = "".join(re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL))
    assert said.strip() == re.sub(r"^#.*\n", "", FILE.read_text(), flags=re.MULTILINE).strip()


def test_it_is_found_from_the_first_page() -> None:
    assert "(docs/tour.md)" in (DOCS.parent / "README.md").read_text()


def test_an_empty_picture_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (400, 300), "beige").save(tmp_path / "blank.png")
    with pytest.raises(Unfit, match=r"blank\.png shows next to nothing"):
        Camera().keep("blank", (tmp_path / "blank.png").read_bytes())


def test_a_picture_that_is_too_wide_is_refused(tmp_path: Path) -> None:
    wide = Image.new("RGB", (4000, 30), "beige")
    wide.paste((0, 0, 90), (0, 0, 2000, 30))
    wide.save(tmp_path / "wide.png")
    with pytest.raises(Unfit, match="4000 pixels wide"):
        Camera().keep("wide", (tmp_path / "wide.png").read_bytes())
