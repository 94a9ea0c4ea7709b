"""What makes .venv/: it installs once for each lock, notices another lock, and leaves a shared environment alone."""

from pathlib import Path

import pytest

from scripts import environment


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A tree with both locks and an environment that is there; what pip is asked for is written down."""
    asked: list[str] = []
    for name in (*environment.SERVES, *environment.PROJECT):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "pip", lambda *arguments: asked.append(arguments[-1]))
    return asked


def test_a_lock_is_installed_once(calls: list[str]) -> None:
    for _ in range(2):
        assert environment.main("requirements.lock") == 0
        assert calls == ["requirements.lock", "."]


def test_the_longer_lock_serves_for_both(calls: list[str]) -> None:
    assert environment.main("requirements-dev.lock") == 0
    assert environment.main("requirements.lock") == 0
    assert calls == ["requirements-dev.lock", "."]


def test_another_lock_is_installed(calls: list[str], tmp_path: Path) -> None:
    environment.main("requirements.lock")
    (tmp_path / "requirements.lock").write_text("something newer")
    environment.main("requirements.lock")
    assert calls == ["requirements.lock", ".", "requirements.lock"]


def test_what_failed_is_tried_again(calls: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*arguments: str) -> None:
        raise OSError("no network")

    with monkeypatch.context() as broken:
        broken.setattr(environment, "pip", offline)
        with pytest.raises(OSError, match="no network"):
            environment.main("requirements.lock")
    environment.main("requirements.lock")
    assert calls == ["requirements.lock", "."]


def test_a_linked_environment_belongs_to_another_tree(calls: list[str], tmp_path: Path) -> None:
    (tmp_path / ".venv").rename(tmp_path / "theirs")
    (tmp_path / ".venv").symlink_to(tmp_path / "theirs")
    assert environment.main("requirements.lock") == 0
    (tmp_path / "theirs").rename(tmp_path / "gone")
    assert environment.main("requirements.lock") == 1
    assert calls == []


def test_an_unknown_lock_is_wrong_use(calls: list[str]) -> None:
    assert environment.main("poetry.lock") == 2
