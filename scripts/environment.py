"""Makes .venv/ hold what the lock says, or does nothing when it already does. Needs no package.

    python3.11 scripts/environment.py requirements.lock       # to run
    python3.11 scripts/environment.py requirements-dev.lock   # to run and to test

What was installed is remembered by the lock's content, not its date: checking the same lock out again costs nothing.
"""

import hashlib
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
# The longer lock holds all of the shorter one in the same versions, so it serves for both.
SERVES = {
    "requirements.lock": ("requirements.lock",),
    "requirements-dev.lock": ("requirements.lock", "requirements-dev.lock"),
}
PROJECT = ("pyproject.toml", "hatch_build.py", "bot/__init__.py")


def digest(*names: str) -> str:
    """What these files say, in short."""
    content = b"".join((ROOT / name).read_bytes() for name in names)
    return hashlib.sha256(content).hexdigest()


def stamp(name: str) -> Path:
    """Where the digest of what was last installed is kept."""
    return VENV / f".installed-{name}"


def installed(name: str, *files: str) -> bool:
    """Whether these files were installed as they are now."""
    return stamp(name).is_file() and stamp(name).read_text() == digest(*files)


def pip(*arguments: str) -> None:
    """Runs the environment's own pip, so that no variable of the caller's shell changes what is installed."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    kept["PIP_ROOT_USER_ACTION"] = "ignore"
    options = ("--disable-pip-version-check", "--no-input", "-qq")
    subprocess.run([VENV / "bin" / "python", "-m", "pip", *options, *arguments], check=True, cwd=ROOT, env=kept)


def main(lock: str) -> int:
    """Creates the environment, installs the lock by its hashes, then the project itself."""
    if lock not in SERVES:
        sys.stderr.write(f"environment: unknown lock {lock!r}, one of: {', '.join(SERVES)}\n")
        return 2
    if VENV.is_symlink():
        # A second working tree that shares the first one's environment must not install itself into it.
        if (VENV / "bin" / "python").exists():
            return 0
        sys.stderr.write("environment: .venv is a link that leads nowhere: remove it\n")
        return 1
    started = time.monotonic()
    if not (VENV / "bin" / "python").exists():
        print("Creating .venv ...", flush=True)
        venv.create(VENV, clear=True, with_pip=True, symlinks=True)
    if not installed(lock, lock):
        print(f"Installing {lock} ...", flush=True)
        pip("install", "--require-hashes", "--no-deps", "-r", lock)
        for name in SERVES[lock]:
            stamp(name).write_text(digest(name))
    if not installed("project", *PROJECT):
        # No build isolation: the build's own tools are in the lock, and nothing else may be fetched.
        pip("install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", ".")
        stamp("project").write_text(digest(*PROJECT))
    if (seconds := time.monotonic() - started) > 1:
        print(f"Environment ready in {seconds:.0f} s.", flush=True)
    return 0


if __name__ == "__main__":
    try:
        raise SystemExit(main(*sys.argv[1:2] or ["requirements.lock"]))
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"environment: pip ended with status {error.returncode}; see above") from None
