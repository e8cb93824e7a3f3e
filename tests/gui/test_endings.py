"""No message outlives its cause: each is given what ends it, in a tab and in the status line."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import cnn_studio
from cnn_studio.camera.feed import FeedStatus
from cnn_studio.camera.spec import parse_spec
from cnn_studio.data.catalog import create_dataset
from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.endings import Endings, Until
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Kind, Notice

EACH = [until for until in Until if until]


@pytest.mark.parametrize("show", [Notice.show_message, Messages.say, Messages.report, Studio.say])
def test_no_message_is_shown_without_saying_what_ends_it(show: object) -> None:
    assert inspect.signature(show).parameters["until"].default is inspect.Parameter.empty  # type: ignore[arg-type]


def test_no_signal_is_shown_in_the_status_line_without_saying_what_ends_it() -> None:
    gui = Path(cnn_studio.__file__).parent / "gui"
    slots = (".connect(studio.say)", ".connect(self._studio.say)", ".connect(self.say)")
    found = [
        path.name
        for path in gui.rglob("*.py")
        if any(slot in path.read_text("utf-8") for slot in slots)
    ]
    assert found == []


@pytest.mark.parametrize("until", EACH)
def test_a_message_ends_with_what_it_was_given_and_with_nothing_else(
    qtbot: QtBot, studio: Studio, until: Until
) -> None:
    endings = Endings()
    notice = Notice(studio.theme, endings=endings)
    qtbot.addWidget(notice)
    notice.show_message("Something is so.", Kind.INFO, until=until)
    for other in EACH:
        if other is not until:
            endings.end(other)
    assert notice.isVisible()
    with qtbot.waitSignal(notice.closed):
        endings.end(until)
    assert not notice.isVisible()
    notice.show_message("Something else is so.", Kind.INFO, until=Until.REPLACED)
    endings.end(until)  # it was the other one's
    assert notice.isVisible()


def test_a_message_that_nobody_would_end_is_refused(qtbot: QtBot, studio: Studio) -> None:
    notice = Notice(studio.theme)
    qtbot.addWidget(notice)
    with pytest.raises(ValueError, match="ends with it or with the next"):
        notice.show_message("Something is so.", until=Until.DATASET)


def test_the_status_line_goes_with_its_cause(qtbot: QtBot, studio: Studio) -> None:
    said = [""]
    studio.status_changed.connect(said.append)
    for name in ("One", "Two"):
        create_dataset(studio.workspace, name)
    studio.load_datasets()
    studio.choose_dataset("one")
    studio.say("Undone: Delete 5,000 images", Until.CHANGE | Until.DATASET)
    studio.choose_dataset("two")
    assert said[-1] == ""
    studio.say("Delete 5,000 images …", Until.WORK)
    studio.choose_dataset("one")
    assert said[-1] == "Delete 5,000 images …"
    studio.endings.end(Until.WORK)
    assert said[-1] == ""


def test_what_is_said_of_a_camera_goes_when_another_is_chosen_and_not_before(
    qtbot: QtBot, studio: Studio
) -> None:
    said = [""]
    studio.status_changed.connect(said.append)
    studio.camera.open(parse_spec("demo:shoe"))
    studio.camera.announced.emit("The other camera is not connected.")
    qtbot.waitUntil(lambda: studio.camera.state.status is FeedStatus.RUNNING)
    studio.endings.end(Until.PAGE)
    assert said[-1] == "The other camera is not connected."
    studio.camera.open(parse_spec("demo:cap"))
    assert said[-1] == ""


def test_the_words_at_the_start_stay_until_a_camera_is_chosen(qtbot: QtBot, studio: Studio) -> None:
    said: list[str] = []
    studio.status_changed.connect(said.append)
    studio.settings.setValue("camera/last", "webcam:Gone")
    studio.camera.start(None)
    qtbot.waitUntil(lambda: studio.camera.state.status is FeedStatus.RUNNING)
    assert "Gone, used last, is not connected" in said[-1]


def test_another_tab_ends_what_was_said_of_the_one_before(qtbot: QtBot, studio: Studio) -> None:
    window = MainWindow(studio)
    qtbot.addWidget(window)
    studio.load_datasets()
    window.show_page("capture")
    with qtbot.waitSignal(studio.status_changed):
        window._pages["capture"]._edits.edited.emit("Done: Delete 3 images")
    assert window._status.text() == "Done: Delete 3 images"
    window.show_page("prediction")
    assert window._status.text() != "Done: Delete 3 images"
    window.close()
