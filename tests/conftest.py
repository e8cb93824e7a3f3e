"""What every test stands on: no screen, settings of its own, and nothing left behind."""

from __future__ import annotations

import faulthandler
import gc
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.screen import Screen, missing_programs, with_large_screen

# Both are read once, when Qt and matplotlib are loaded. matplotlib's font list takes seconds to
# make, so it stays where it is while each test gets a home of its own.
os.environ["QT_QPA_PLATFORM"] = with_large_screen(os.environ.get("QT_QPA_PLATFORM", ""))
os.environ.setdefault("MPLCONFIGDIR", str(Path.home() / ".cache" / "matplotlib"))

from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.paths import Workspace
from tests.clock import Clock
from tests.data.pictures import write_part
from tests.leaks import LeakCheck

# make.py prints these where a process of the tests crashed: what it had to say is lost with it.
TRACES = Path(__file__).parents[1] / ".pytest_cache"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
CRASH_FILE, TEST_FILE = TRACES / f"crash{WORKER}.txt", TRACES / f"test{WORKER}.txt"
_TESTS_PER_FULL_SEARCH = 25
_QT_PATIENCE_MS = 30_000
_tests = itertools.count(1)


for wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitActive):
    wait.__kwdefaults__["timeout"] = _QT_PATIENCE_MS  # a busy machine is no failure


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Contents of files do not name a test: a time in them would differ between two workers."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder for one test, so that no setting or file of a person is read or written."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    for variable in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(home / variable.lower()))
    monkeypatch.delenv("CNN_STUDIO_WORKSPACE", raising=False)
    # A studio that a test starts as a program of its own is not at its first start.
    settings = home / "xdg_config_home" / "CNN Studio" / "cnn-studio.ini"
    settings.parent.mkdir(parents=True)
    settings.write_text("[help]\ntour_seen=true\n")
    for form in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(form, QSettings.Scope.UserScope, str(home / "settings"))
    return home


@pytest.fixture(scope="session", autouse=True)
def a_crash_leaves_its_trace() -> Iterator[None]:
    """Where each thread was goes into a file instead of pytest's own place, the error stream."""
    TRACES.mkdir(exist_ok=True)
    with CRASH_FILE.open("w") as file:
        faulthandler.enable(file)
        yield
        faulthandler.enable(sys.__stderr__)


def pytest_runtest_logstart(nodeid: str) -> None:
    """Remember which test is at work."""
    TRACES.mkdir(exist_ok=True)
    TEST_FILE.write_text(nodeid)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace."""
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def idx_dataset(workspace: Workspace) -> Dataset:
    """Stored as Fashion-MNIST is: forty images to learn from and ten to test on, 28x28 grey."""
    dataset = find_dataset(workspace, "fashion-mnist")
    random = np.random.default_rng(0)
    for prefix, count in (("train", 40), ("t10k", 10)):
        labels = [index % 10 for index in range(count)]
        images = random.integers(0, 40, (count, 28, 28), np.uint8)
        for image, label in zip(images, labels, strict=True):
            image[2 * label : 2 * label + 6, 8:20] += 180
        write_part(dataset.folder, prefix, images, labels)
    return dataset


@pytest.fixture(scope="session", autouse=True)
def cycles_are_searched_on_the_main_thread() -> Iterator[None]:
    """As in the window itself, see CycleCollector; here after each test instead of by a timer."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def nothing_left_behind(own_home: Path) -> Iterator[None]:
    """A thread, process or window that a test leaves behind fails that test."""
    check = LeakCheck()
    yield
    gc.collect(2 if next(_tests) % _TESTS_PER_FULL_SEARCH == 0 else 1)
    leaks = check.leaks()
    if leaks:
        pytest.fail("The test leaves behind: " + "; ".join(leaks), pytrace=False)


@pytest.fixture
def clock() -> Clock:
    """A clock that a test puts forward by hand."""
    return Clock()


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of runs whose answers are known, built by a process of its own with TensorFlow."""
    folder = tmp_path_factory.mktemp("models")
    command = [sys.executable, "-m", "tests.known_models", str(folder)]
    subprocess.run(command, cwd=Path(__file__).parents[1], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def screen() -> Iterator[Screen]:
    """An X screen of 1400x1000 with a window manager, for the tests marked `display`."""
    missing = missing_programs()
    if missing:
        pytest.skip(f"These programs are not installed: {', '.join(missing)}")
    with Screen() as screen:
        yield screen
