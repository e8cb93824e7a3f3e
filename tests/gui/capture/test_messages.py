"""What the capture tab says is over once it is no longer so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from cnn_studio.camera.spec import parse_spec
from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.classes.class_view import ClassView
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace
from tests.gui.capture.conftest import OpenTab, names_in
from tests.gui.capture.test_capture_tab import message, part, shown_names


@pytest.fixture
def tab(qtbot: QtBot, things: Dataset, workspace: Workspace, open_tab: OpenTab) -> CaptureTab:
    """The tab without a camera; there is another dataset, too."""
    create_dataset(workspace, "Others", ["pen", "cup"])
    opened = open_tab(camera="")
    qtbot.waitUntil(lambda: len(shown_names(opened)) == 3)
    return opened


def _ask_for_a_shot(tab: CaptureTab) -> None:
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_Return)


def _add_one_that_is_there(tab: CaptureTab) -> None:
    field = part(tab, QLineEdit, "newClassField")
    field.setText("PEN")
    QTest.keyClick(field, Qt.Key.Key_Return)


def _review_all(tab: CaptureTab) -> None:
    tab._arranging.nothing_to_review.emit()


SAID: dict[str, tuple[Callable[[CaptureTab], None], str]] = {
    "no picture": (_ask_for_a_shot, "the camera gives no picture"),
    "refused": (_add_one_that_is_there, "already: pen"),
    "reviewed": (_review_all, "has been reviewed"),
}


@pytest.mark.parametrize("which", list(SAID))
def test_a_message_goes_with_its_dataset(
    qtbot: QtBot, tab: CaptureTab, studio: Studio, which: str
) -> None:
    ask, text = SAID[which]
    ask(tab)
    qtbot.waitUntil(lambda: text in message(tab))
    studio.choose_dataset("others")
    assert message(tab) == ""


@pytest.mark.parametrize("which", list(SAID))
def test_a_message_goes_with_the_next_change(
    qtbot: QtBot, things: Dataset, tab: CaptureTab, which: str
) -> None:
    ask, text = SAID[which]
    ask(tab)
    qtbot.waitUntil(lambda: text in message(tab))
    tab._edits.colour_class("pen", "#112233")
    assert message(tab) == ""
    qtbot.waitUntil(tab._edits.stack.canUndo)


def test_the_camera_gives_no_picture_only_until_it_does(
    qtbot: QtBot, tab: CaptureTab, studio: Studio
) -> None:
    _ask_for_a_shot(tab)
    assert "the camera gives no picture" in message(tab)
    studio.camera.open(parse_spec("demo:shoe"))
    qtbot.waitUntil(lambda: studio.camera.latest() is not None)
    assert message(tab) == ""


def test_all_is_reviewed_only_of_the_class_on_show(tab: CaptureTab) -> None:
    _review_all(tab)
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_2)
    assert message(tab) == ""


def test_a_folder_that_can_be_read_again_is_no_problem_any_more(
    qtbot: QtBot, tab: CaptureTab
) -> None:
    tab._contents.failed.emit("The folder cannot be read.")
    assert message(tab) == "The folder cannot be read."
    tab._contents.reload()
    qtbot.waitUntil(lambda: message(tab) == "")


def test_what_is_being_done_is_not_shown_any_more_once_it_was_refused(
    qtbot: QtBot, tab: CaptureTab, studio: Studio
) -> None:
    _add_one_that_is_there(tab)
    assert [each.about.title for each in studio.jobs.activities.running] == ["Add class PEN"]
    qtbot.waitUntil(lambda: not studio.jobs.activities.running)


def test_what_was_done_is_said_until_the_next_change(
    qtbot: QtBot, tab: CaptureTab, studio: Studio
) -> None:
    said: list[str] = []
    studio.status_changed.connect(said.append)
    tab._edits.colour_class("pen", "#112233")
    qtbot.waitUntil(lambda: said[-1:] == ["Done: Colour pen"])
    tab._edits.undo()
    qtbot.waitUntil(lambda: said[-1] == "Undone: Colour pen")
    assert "" in said[said.index("Done: Colour pen") :]
    studio.choose_dataset("others")
    assert said[-1] == ""


def test_the_coach_sees_the_second_recording_as_soon_as_it_is_there(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, studio: Studio
) -> None:
    tab = open_tab()
    view, coach = part(tab, ClassView), part(tab, QLabel, "coach")
    for name in ("pen", "cup"):
        for path in (things.folder / name).iterdir():
            path.unlink()
    tab._edits.remove_class("key", 0)
    qtbot.waitUntil(lambda: "have no images yet" in coach.text())

    def record(key: Qt.Key, count: int) -> None:
        QTest.keyClick(view, key)
        folder = things.folder / ("pen" if key == Qt.Key.Key_1 else "cup")
        with qtbot.waitSignal(studio.dataset_edited):
            QTest.keyPress(view, Qt.Key.Key_Space)
            qtbot.waitUntil(lambda: len(names_in(folder)) >= count)
            QTest.keyRelease(view, Qt.Key.Key_Space)

    record(Qt.Key.Key_1, 22)
    record(Qt.Key.Key_2, 22)
    qtbot.waitUntil(lambda: "are each from one recording" in coach.text())
    record(Qt.Key.Key_2, 26)
    qtbot.waitUntil(lambda: "pen is all from one recording" in coach.text())
    record(Qt.Key.Key_1, 26)
    qtbot.waitUntil(lambda: "one recording" not in coach.text())
