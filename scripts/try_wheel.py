"""Builds the wheel, installs it into an empty environment and starts it there, away from this tree.

Finds what a working tree hides: a package or catalogue left out of the wheel, a dependency that is only in the
development lock. The locked packages are linked from .venv/ rather than downloaded once more.
"""

import os
import subprocess
import sys
import tempfile
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("bot", "handlers", "storage", "locales", "conversations", "booking")


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """Runs one program without this tree on its path; its output, or SystemExit with what it said."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "UV_"))}
    done = subprocess.run(command, cwd=cwd, env=kept, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"try_wheel: {' '.join(map(str, command))} ended with {done.returncode}\n{done.stderr}")
    return done.stdout


def missing(wheel: Path) -> list[str]:
    """What the tree has and the wheel lacks: modules, templates, and one compiled catalogue for each language."""
    kinds = (".py", ".html", ".css", ".js", ".svg", ".toml", ".txt", ".xml", ".typed", ".typ", ".ttf")
    tracked = run("git", "-c", "safe.directory=*", "ls-files", "--", *ROOMS).split()
    wanted = {name for name in tracked if name.endswith(kinds)}
    wanted |= {str(Path(name).with_suffix(".mo")) for name in tracked if name.endswith(".po")}
    return sorted(wanted - set(zipfile.ZipFile(wheel).namelist()))


def lend_packages(environment: Path) -> None:
    """Hard links what the runtime lock names, file by file, and nothing else."""
    (target,) = environment.glob("lib/python3*/site-packages")
    for line in (ROOT / "requirements.lock").read_text().splitlines():
        if "==" not in line:
            continue
        requirement = Requirement(line.rstrip("\\ "))
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        package = distribution(requirement.name)
        for file in package.files or ():
            if ".." not in file.parts:
                (target / file).parent.mkdir(parents=True, exist_ok=True)
                os.link(str(package.locate_file(file)), target / file)


def main() -> int:
    """Builds, looks inside, installs, starts."""
    with tempfile.TemporaryDirectory(prefix="try-wheel-", dir=ROOT / ".venv") as folder:
        away = Path(folder)
        build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
        wheel = away / run(sys.executable, "-c", build, away).split()[-1]
        if absent := missing(wheel):
            raise SystemExit(f"try_wheel: not in the wheel: {', '.join(absent)}")
        venv.create(away / "env", with_pip=False)
        python = away / "env" / "bin" / "python"
        lend_packages(away / "env")
        run(sys.executable, "-m", "pip", "--python", python, "install", "-qq", "--no-deps", "--no-index", wheel)
        socialdirect = away / "env" / "bin" / "socialdirect"
        for arguments in (["--help"], ["secrets"]):
            if not run(socialdirect, *arguments, cwd=away).strip():
                raise SystemExit(f"try_wheel: `socialdirect {' '.join(arguments)}` printed nothing")
        if "usage" not in run(python, "-m", "bot", "--help", cwd=away).lower():
            raise SystemExit("try_wheel: `python -m bot --help` printed no usage")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
