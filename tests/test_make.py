"""make.py: what a fresh machine lacks is one sentence, and the second run installs nothing."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[1] / "make.py"


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, at work in an empty folder with nothing but a pyproject.toml."""
    spec = importlib.util.spec_from_file_location("make", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "CHECKOUT", tmp_path)
    monkeypatch.setattr(module, "TRACES", tmp_path / ".pytest_cache")
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "nothing"\nversion = "1"\n')
    return module


def test_an_unknown_job_is_refused() -> None:
    for words in ([], ["dance"]):
        done = subprocess.run([sys.executable, SCRIPT, *words], capture_output=True, text=True)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1


def test_a_python_that_does_not_fit_is_told(
    make: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make, "FITTING", ((3, 1),))  # a version that nobody has
    assert make.main(["run"]) == 1
    sentence = capsys.readouterr().err
    assert len(sentence.splitlines()) == 1
    assert "python3-venv" in sentence


def test_a_python_without_venv_is_told(
    make: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make, "find_spec", lambda name: None if name == "ensurepip" else object())
    assert make.main(["run"]) == 1
    sentence = capsys.readouterr().err
    assert len(sentence.splitlines()) == 1
    assert "apt install python3-venv" in sentence


def test_a_failed_installation_is_told_and_tried_again(
    make: ModuleType, capfd: pytest.CaptureFixture[str]
) -> None:
    make.CHECKOUT.joinpath("pyproject.toml").write_text("not toml")
    assert make.main(["run"]) == 1
    assert "could not be installed" in capfd.readouterr().err
    assert not list(make.VENV.glob("installed-*"))


def test_nothing_is_installed_again_until_pyproject_changes(
    make: ModuleType, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[list[str]] = []

    def call(command: list[str]) -> int:
        calls.append(command[-1:])
        return 0

    monkeypatch.setattr(make.subprocess, "call", call)
    make.VENV.mkdir()
    past = make.CHECKOUT / "pyproject.toml"
    os.utime(past, (1, 1))
    assert make._set_up(with_checks=False) is None
    assert calls == [[str(make.VENV)], ["."]]
    assert make._set_up(with_checks=False) is None
    assert len(calls) == 2
    assert make._set_up(with_checks=True) is None
    assert calls[2:] == [[".[dev]"]]
    os.utime(past, (2**33, 2**33))
    assert make._set_up(with_checks=False) is None
    assert calls[3:] == [["."]]


def test_a_crash_of_the_tests_is_told_with_its_place(make: ModuleType, tmp_path: Path) -> None:
    traces = tmp_path / ".pytest_cache"
    traces.mkdir()
    (traces / "testgw0.txt").write_text("tests/test_x.py::test_y")
    (traces / "crashgw0.txt").write_text(
        "Fatal Python error: Aborted\n"
        '  File "cnn_studio/window.py", line 3 in close\n'
        '  File "lib/_pytest/runner.py", line 150 in run\n'
        "\nExtension modules: many\n"
    )
    (traces / "crashgw1.txt").write_text("")
    assert make._end_in_words("pytest", 1).splitlines() == [
        "pytest ended with 1.",
        "A crash in tests/test_x.py::test_y:",
        "Fatal Python error: Aborted",
        '  File "cnn_studio/window.py", line 3 in close',
    ]
