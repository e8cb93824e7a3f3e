"""A window whose counts have seven digits, in three languages and two sizes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TypeVar

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui import activity_bar, figures
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from tests.gui.drawn_text import words_in
from tests.gui.layout import Findings

MANY, ALL = 1_234_567, 7_654_321
LONG_NAME = "a cellphone of the nineties with antenna"
SIZES = (960, 640), (1280, 800)  # the least, and as it opens
_Part = TypeVar("_Part", bound=QWidget)
_PAGES = (
    "cnn_studio.gui.capture.capture_tab",
    "cnn_studio.gui.training.training_tab",
    "cnn_studio.gui.prediction.prediction_tab",
    "cnn_studio.gui.exporting.export_dialog",
)


@pytest.fixture(params=["en", "es", "de"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Numbers are written as in one language after the other."""
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield request.param
    QLocale.setDefault(before)


@pytest.fixture
def in_millions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is counted, there seem to be more than a million more, which no disk need hold."""
    for page in _PAGES:
        import_module(page)
    real = {"whole": figures.whole, "short": figures.short}
    larger = {name: _larger(say) for name, say in real.items()}
    for name, module in list(sys.modules.items()):
        if name.startswith("cnn_studio.gui"):
            for how, say in real.items():
                if getattr(module, how, None) is say:
                    monkeypatch.setattr(module, how, larger[how])


def _larger(say: Callable[[int], str]) -> Callable[[int], str]:
    return lambda number: say(number + MANY)


@pytest.fixture
def plain_window(
    qtbot: QtBot, language: str, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """The window, which shows what is under way at once."""
    monkeypatch.setattr(activity_bar, "SHOWN_AFTER_S", 0.0)
    studio.load_datasets()
    window = MainWindow(studio)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()


@pytest.fixture
def window(in_millions: None, plain_window: MainWindow) -> MainWindow:
    """The window in which there seem to be millions of everything."""
    return plain_window


def part(window: QWidget, kind: type[_Part], name: str = "") -> _Part:
    """What of this kind, and of this name, lies in a window."""
    found = window.findChild(kind, name) if name else window.findChild(kind)
    assert isinstance(found, kind)
    return found


def settle() -> None:
    """Let the layouts follow what was set, also those that wait for others."""
    for _ in range(4):
        QApplication.sendPostedEvents()
        QApplication.processEvents()


def assert_whole(window: QWidget, *texts: str) -> None:
    """In every size of the window no text is cut or over another, and these can be read.

    Args:
        window: The main window, whose size is changed; another stays as large as it opens.
        texts: Each stands in the window, or in a tooltip where only a short form has room.
    """
    for size in SIZES if isinstance(window, MainWindow) else [None]:
        if size is not None:
            window.resize(*size)
        settle()
        found = Findings()
        found.look_at(window, str(size))
        assert not found.faults, "\n".join(found.faults)
        if not texts:
            continue
        visible = (each for each in window.findChildren(QWidget) if each.isVisible())
        known = "\n".join((words_in(window), *(each.toolTip() for each in visible)))
        assert [text for text in texts if text not in known] == [], size
