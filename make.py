"""Set up this checkout and run it or its checks: `python make.py run` or `python make.py test`.

`make run` and `make test` call this; on Windows it is called by itself. Nothing but Python is
needed beforehand, and the second time nothing is installed again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent
VENV = CHECKOUT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
FITTING = ((3, 11), (3, 12), (3, 13))
NO_PYTHON = (
    "CNN Studio needs Python 3.11, 3.12 or 3.13 and this is {version}: install one of them "
    "(Debian, Ubuntu: `apt install python3 python3-venv`; Fedora: `dnf install python3.13`; "
    "Windows, macOS: python.org)."
)
NO_VENV = (
    "This Python cannot make virtual environments: install its venv module "
    "(Debian, Ubuntu: `apt install python3-venv`)."
)
NO_INSTALL = "The libraries could not be installed; what pip says is above."
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
    ("pytest", "--numprocesses=auto", "--maxprocesses=4", "--dist=worksteal"),
)
TRACES = CHECKOUT / ".pytest_cache"
CRASH_LINES = 50
RUNNERS = ("/_pytest/", "/pluggy/")
WINDOW_CHECK = "import sys; from cnn_studio.system_check import window_obstacle as w; sys.exit(w())"


def main(arguments: list[str]) -> int:
    """Run one of the two jobs; what follows its name is handed on."""
    if not arguments or arguments[0] not in ("run", "test"):
        print("Say what to do: make.py run, or make.py test.", file=sys.stderr)
        return 2
    os.chdir(CHECKOUT)
    if sys.version_info[:2] not in FITTING:
        return _again_with_fitting_python(arguments)
    job, rest = arguments[0], arguments[1:]
    problem = _set_up(with_checks=job == "test")
    if problem:
        print(problem, file=sys.stderr)
        return 1
    return _test(rest) if job == "test" else _studio(rest)


def _again_with_fitting_python(arguments: list[str]) -> int:
    for major, minor in reversed(FITTING):
        python = shutil.which(f"python{major}.{minor}")
        if python:
            return subprocess.call([python, __file__, *arguments])
    version = ".".join(map(str, sys.version_info[:2]))
    print(NO_PYTHON.format(version=version), file=sys.stderr)
    return 1


def _set_up(with_checks: bool) -> str | None:
    """Make the virtual environment and fill it, unless that was done since pyproject changed.

    Returns:
        What stands in the way, in a sentence, or None.
    """
    stamps = [VENV / "installed-run", *([VENV / "installed-test"] if with_checks else [])]
    changed = (CHECKOUT / "pyproject.toml").stat().st_mtime
    if all(stamp.exists() and stamp.stat().st_mtime > changed for stamp in stamps):
        return None
    if not stamps[0].exists():  # never begun, or broken off half-way
        if not (find_spec("venv") and find_spec("ensurepip")):
            return NO_VENV
        print("Making a virtual environment in .venv ...", flush=True)
        if subprocess.call([sys.executable, "-m", "venv", str(VENV)]) != 0:
            return NO_VENV
    print("Installing what the studio needs; the first time takes some minutes ...", flush=True)
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    what = ".[dev]" if with_checks else "."
    if subprocess.call([str(PYTHON), "-m", "pip", "install", *quiet, "--editable", what]) != 0:
        return NO_INSTALL
    for stamp in stamps:
        stamp.touch()
    return None


def _studio(rest: list[str]) -> int:
    command = [str(PYTHON), "-m", "cnn_studio", "--workspace", str(CHECKOUT), *rest]
    if os.name != "nt":
        os.execv(command[0], command)  # so that Ctrl+C and signals reach the studio itself
    return subprocess.call(command)


def _test(rest: list[str]) -> int:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    if subprocess.call([str(PYTHON), "-c", WINDOW_CHECK], env=environment) != 0:
        return 1
    for name, *options in CHECKS:
        print("==", name, *options, flush=True)
        for trace in TRACES.glob("crash*.txt"):
            trace.unlink()
        tool = shutil.which(name, path=str(PYTHON.parent)) or name
        extra = rest if name == "pytest" else []
        code = subprocess.call([tool, *options, *extra], env=environment)
        if code != 0:
            print(_end_in_words(name, code), file=sys.stderr)
            return code
    return 0


def _end_in_words(name: str, code: int) -> str:
    """How a check ended, which tests crashed and where each thread stood; see tests/conftest.py."""
    told = [f"{name} ended with {code}."]
    for crash in sorted(TRACES.glob("crash*.txt")):
        threads = crash.read_text().partition("Extension modules")[0].strip()
        if threads:
            test = crash.with_name(crash.name.replace("crash", "test")).read_text()
            lines = threads.splitlines()
            own = [line for line in lines if not any(word in line for word in RUNNERS)]
            told += [f"A crash in {test}:", *own[:CRASH_LINES]]
    return "\n".join(told)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
