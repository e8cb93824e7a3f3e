"""The size of a webcam's picture, chosen beside the preview."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from cnn_studio.camera.spec import parse_spec
from cnn_studio.data.catalog import Dataset
from cnn_studio.gui.capture.recording.preview_panel import PreviewPanel
from cnn_studio.gui.capture.recording.size_chooser import SizeChooser
from cnn_studio.gui.studio import Studio
from tests.camera.fake_webcams import FakeWebcams
from tests.gui.capture.conftest import OpenTab


@pytest.fixture
def chooser(webcams: FakeWebcams, things: Dataset, open_tab: OpenTab) -> SizeChooser:
    """The tab's chooser, in front of a webcam that is called Front."""
    webcams.plug_in("Front")
    chooser = open_tab(camera="Front").findChild(SizeChooser)
    assert chooser is not None
    return chooser


def _texts(chooser: SizeChooser) -> list[str]:
    times = "\N{MULTIPLICATION SIGN}"
    return [chooser.itemText(row).replace(f" {times} ", "x") for row in range(chooser.count())]


def test_it_shows_what_the_webcam_gives_and_is_there_for_webcams_only(
    qtbot: QtBot, studio: Studio, chooser: SizeChooser
) -> None:
    qtbot.waitUntil(chooser.isVisible)
    assert _texts(chooser)[chooser.currentIndex()] == "640x480"
    studio.camera.open(parse_spec("demo"))
    assert not chooser.isVisible()
    studio.camera.open(parse_spec("Front"))
    qtbot.waitUntil(chooser.isVisible)


def test_a_choice_changes_the_picture(qtbot: QtBot, studio: Studio, chooser: SizeChooser) -> None:
    qtbot.waitUntil(chooser.isVisible)
    chooser.activated.emit(_texts(chooser).index("1280x720"))

    def is_large() -> bool:
        frame = studio.camera.latest()
        return frame is not None and frame.image_rgb.shape == (720, 1280, 3)

    qtbot.waitUntil(is_large)
    qtbot.waitUntil(lambda: _texts(chooser)[chooser.currentIndex()] == "1280x720")


def test_a_size_that_is_not_given_is_gone(
    qtbot: QtBot, studio: Studio, webcams: FakeWebcams, chooser: SizeChooser
) -> None:
    qtbot.waitUntil(chooser.isVisible)
    with qtbot.waitSignal(studio.status_changed) as said:
        chooser.activated.emit(_texts(chooser).index("1920x1080"))
    assert said.args == ["Front does not give 1920x1080 pixels. It gives 640x480."]
    assert "1920x1080" not in _texts(chooser)
    assert _texts(chooser)[chooser.currentIndex()] == "640x480"


def test_the_size_stays_while_frames_are_recorded(qtbot: QtBot, chooser: SizeChooser) -> None:
    qtbot.waitUntil(chooser.isEnabled)
    panel = chooser.window().findChild(PreviewPanel)
    assert panel is not None
    panel.set_recording("pen")
    assert not chooser.isEnabled()
    panel.set_recording("")
    assert chooser.isEnabled()
