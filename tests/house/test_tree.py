"""What is true of every file in git: where it may point, how modules begin, that the locks hold what they should."""

import ast
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.guards import guards

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
# Put together here, so that this file may be searched too: a registry's addresses, and folders of one machine.
BANNED = re.compile("|".join(["pypi" + r"\.org", "python" + "hosted", r"(?<![\w.])/(?:" + r"root|home|work|Users)/\w"]))


@cache
def tracked() -> tuple[str, ...]:
    """Files in git, and new ones that are not ignored."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    # Whoever owns the checkout: it is only listed.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(name for name in listed.split("\0") if name and (ROOT / name).exists())


def python_files() -> list[str]:
    return [name for name in tracked() if name.endswith(".py")]


def test_no_registry_and_no_machine_is_named() -> None:
    found = []
    for name in tracked():
        try:
            text = (ROOT / name).read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {match[0]}" for match in BANNED.finditer(text)]
    assert found == []


def test_there_are_no_links() -> None:
    """A link that was added with everything else (an environment, say) points somewhere on one machine."""
    assert [name for name in tracked() if (ROOT / name).is_symlink()] == []


def test_every_module_says_its_job_first() -> None:
    silent = []
    for name in python_files():
        said = ast.get_docstring(ast.parse((ROOT / name).read_text()))
        if not said or not said.splitlines()[0].strip():
            silent.append(name)
    assert silent == []


SECRETS = {
    "booking/proving.py": ("check_proof",),
    "handlers/channels/telegram.py": ("verify",),
    "handlers/channels/twilio_signature.py": ("genuine", "_signed_fields"),
    "handlers/console/second_factor.py": ("_same",),
    "handlers/web/console/frame.py": ("_same",),
}


@guards("T19", partly=True)
@pytest.mark.parametrize("name", SECRETS)
def test_what_is_given_is_compared_with_a_secret_in_a_time_that_tells_nothing(name: str) -> None:
    """In the source, since no measured time would be sure: each of these by `compare_digest`."""
    functions = {
        each.name: each
        for each in ast.walk(ast.parse((ROOT / name).read_text()))
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    for function in SECRETS[name]:
        called = [each.func for each in ast.walk(functions[function]) if isinstance(each, ast.Call)]
        assert "compare_digest" in {getattr(each, "attr", getattr(each, "id", "")) for each in called}, function


def pinned(lock: str) -> dict[str, str]:
    """What a lock pins: name -> version and marker."""
    lines = (ROOT / lock).read_text().splitlines()
    found = [Requirement(line.rstrip("\\ ")) for line in lines if line and not line.startswith((" ", "#"))]
    return {canonicalize_name(entry.name): f"{entry.specifier} {entry.marker or ''}" for entry in found}


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_locked_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def test_the_longer_lock_holds_the_shorter_one() -> None:
    assert pinned("requirements.lock").items() <= pinned("requirements-dev.lock").items()


def test_the_locks_follow_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = project["project"]["dependencies"] + project["dependency-groups"]["build"]
    for lock, wanted in {LOCKS[0]: runtime, LOCKS[1]: runtime + project["dependency-groups"]["dev"]}.items():
        locked = pinned(lock)
        for requirement in map(Requirement, wanted):
            version = locked.get(canonicalize_name(requirement.name), "").split()
            assert version, f"{requirement.name} is not in {lock}: run `make lock`"
            assert requirement.specifier.contains(version[0].removeprefix("==")), f"{requirement} and {lock} differ"


def test_no_relic_of_a_merge() -> None:
    marks = tuple(mark * 7 for mark in "<>")
    texts = {name: (ROOT / name).read_text(errors="replace") for name in tracked() if name != "LICENSE"}
    assert [name for name, text in texts.items() if any(line.startswith(marks) for line in text.splitlines())] == []
