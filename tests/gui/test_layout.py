"""Every text of the window has the room that it needs, and none is written over another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.endings import Until
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.prediction.prediction_tab import PredictionTab
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.theme import Mode
from cnn_studio.gui.training.training_control import TrainingControl
from cnn_studio.gui.widgets.lower_edge import LowerEdge
from cnn_studio.gui.widgets.notice import Kind, Notice
from tests.gui.layout import Findings
from tests.gui.layout_states import LONG, SENTENCE, STATES, choose, furnish
from tests.gui.numbers.conftest import in_millions as in_millions
from tests.gui.numbers.conftest import settle

IS_SHARP = os.environ.get("QT_SCALE_FACTOR") == "2"
# In points: 2x is what is left of 1920x1080 and of 2560x1600 pixels.
SIZES = (
    ((960, 540), (1280, 800)) if IS_SHARP else ((960, 640), (1280, 800), (1920, 1080), (2560, 1600))
)
LEAST_CHECKED = {"capture": 900, "training": 3000, "prediction": 400, "over": 900}


@pytest.fixture
def window(
    qtbot: QtBot, in_millions: None, studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """The window, in which there seem to be millions of everything and all names are long."""
    # Nothing is trained here, and to warm the engine takes seconds of a processor.
    monkeypatch.setattr(TrainingControl, "keep_warm", lambda _control, _warm, _network=None: None)
    furnish(studio.workspace)
    studio.load_datasets()
    window = MainWindow(studio)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()


@pytest.mark.parametrize("page", list(STATES))
def test_texts_have_their_room(qtbot: QtBot, window: MainWindow, studio: Studio, page: str) -> None:
    found = Findings()
    for number, state in enumerate(STATES[page](qtbot, window, studio)):
        # Both looks have the same letters; that colours of one make nothing wider is seen in turn.
        studio.theme.set_mode((Mode.LIGHT, Mode.DARK)[number % 2])
        for size in SIZES if not IS_SHARP else SIZES[number % 2 :][:1]:
            window.resize(*size)
            settle()
            found.look_at_all(window, f"{page}, {state}, {size[0]}x{size[1]}")
    print(f"{page}: {found.checked:,} widgets were checked.")
    assert not found.faults, "\n".join(found.faults)
    assert found.checked > LEAST_CHECKED[page] // (5 if IS_SHARP else 1)


@pytest.mark.skipif(IS_SHARP, reason="this is the process that it starts")
def test_texts_have_their_room_where_a_point_is_two_pixels_wide() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-n0", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, f"{Path(__file__)}::{test_texts_have_their_room.__name__}"],
        env={**os.environ, "QT_SCALE_FACTOR": "2"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("widgets were checked") == len(STATES), done.stdout


def _say_much(window: MainWindow) -> None:
    for notice in window.findChildren(Notice):
        notice.show_message(SENTENCE, Kind.WARN, "Do something", until=Until.REPLACED)
    for messages in window.findChildren(Messages):
        messages.say(SENTENCE, Kind.WARN, "Do something", until=Until.REPLACED)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("capture", ("recordButton", "shotButton", "frameView", "gallery", "classList")),
        ("training", ("curvesView", "runsTable", "resultsPanel", "startButton", "runStrip")),
        ("prediction", ("frameView", "runChooser", "filesPanel")),
    ],
)
def test_a_banner_moves_and_shrinks_nothing(
    qtbot: QtBot,
    window: MainWindow,
    studio: Studio,
    page: str,
    names: tuple[str, ...],
    size: tuple[int, int],
) -> None:
    choose(studio, LONG)
    window.show_page(page)
    window.resize(*size)
    if page == "prediction":
        tab = window.findChild(PredictionTab)
        qtbot.waitUntil(lambda: tab._pages.currentIndex() > 0)
        tab._pages.setCurrentWidget(tab._halves)
    qtbot.waitUntil(
        lambda: (
            {each.objectName() for each in window.findChildren(QWidget) if each.isVisible()}
            >= set(names)
        )
    )

    def places() -> dict[str, QRect]:
        settle()
        return {
            widget.objectName(): QRect(widget.mapTo(window, QPoint()), widget.size())
            for widget in window.findChildren(QWidget)
            if widget.objectName() in names and widget.isVisible()
        }

    before = places()
    _say_much(window)
    settle()
    assert any(edge.height() > 20 for edge in window.findChildren(LowerEdge))
    assert places() == before
    assert before


def test_what_lacks_room_is_found(qtbot: QtBot) -> None:
    host = QWidget(objectName="host")
    qtbot.addWidget(host)
    host.resize(400, 200)

    def label(text: str, *place: int) -> QLabel:
        made = QLabel(text, host, objectName=text.split()[0])
        made.setGeometry(*place)
        return made

    label("narrow by far", 0, 0, 30, 20)
    label("over another one", 0, 40, 200, 20)
    label("under another one", 10, 44, 200, 20)
    label("outside of it", 350, 150, 200, 20)
    label("whole", 0, 180, 200, 20)
    field = QLineEdit(host, objectName="field", placeholderText="What is looked for in here")
    field.setGeometry(0, 80, 60, 30)
    button = QPushButton("Much to be read", host, objectName="button")
    button.setGeometry(0, 120, 40, 30)
    host.show()
    found = Findings()
    found.look_at(host, "trial")
    told = "\n".join(found.faults)
    for name in ("narrow", "outside", "field", "button"):
        assert f"trial: {name}: " in told
    assert "over 'over another one' and under 'under another one' are written over" in told
    assert "whole" not in told
    assert found.checked == 7


@pytest.mark.parametrize("pixels", [(1920, 1080), (2560, 1600)])
def test_the_first_window_and_a_kept_one_are_no_larger_than_the_screen(
    tmp_path: Path, pixels: tuple[int, int]
) -> None:
    screen = {"name": "sharp", "x": 0, "y": 0, "width": pixels[0], "height": pixels[1]}
    settings = {"screens": [screen | {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}]}
    (tmp_path / "screen.json").write_text(json.dumps(settings), encoding="utf-8")
    platform = f"offscreen:configfile={tmp_path / 'screen.json'}"
    done = subprocess.run(
        [sys.executable, "-c", _OPENED, str(tmp_path)],
        env={**os.environ, "QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": platform},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    room = (pixels[0] // 2, pixels[1] // 2)
    for line in done.stdout.splitlines():
        width, height, least_width, least_height = map(int, line.split())
        assert width <= room[0]
        assert height <= room[1]
        assert (least_width, least_height) <= room
    assert len(done.stdout.splitlines()) == 2


_OPENED = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings
from cnn_studio.gui.application import create_application
from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.endings import Until
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace

folder = Path(sys.argv[1])
application = create_application(sys.argv[:1])
studio = Studio(Workspace(folder), QSettings(str(folder / "own.ini"), QSettings.Format.IniFormat))
first = MainWindow(studio)
first.show_page("capture")
first.show()
print(first.width(), first.height(), first.minimumWidth(), first.minimumHeight())
first.resize(1700, 1500)  # as it was on a larger screen
studio.settings.setValue("window/geometry", first.saveGeometry())
again = MainWindow(studio)
again.show()
print(again.width(), again.height(), again.minimumWidth(), again.minimumHeight())
again.close()
first.close()
studio.shutdown()
"""
