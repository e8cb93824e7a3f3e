"""Pictures that stand in several classes, in the checkup's window: asked about one by one."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.checkup.answer_keys import number_keys
from cnn_studio.gui.capture.checkup.checkup_dialog import CheckupDialog
from cnn_studio.gui.widgets.empty_state import EmptyState
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg
from tests.data.test_checkup import scene
from tests.gui.capture.conftest import OpenTab


@pytest.fixture
def twins(workspace: Workspace) -> Dataset:
    """Three pictures in several classes: two in two of them, and one in three."""
    dataset = create_dataset(workspace, "Twins", ["pen", "cup", "key", "box"])
    for name, seed in (
        ("pen/a1", 1),
        ("pen/a2", 1),
        ("cup/a3", 1),
        ("pen/b1", 2),
        ("key/b2", 2),
        ("cup/c1", 3),
        ("key/c2", 3),
        ("pen/c3", 3),
        ("key/d", 4),
        ("cup/e", 5),
    ):
        path = dataset.folder / f"{name}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(encode_jpeg(scene(seed)))
    return dataset


@pytest.fixture
def tab(qtbot: QtBot, twins: Dataset, open_tab: OpenTab) -> CaptureTab:
    tab = open_tab("twins", camera="")
    qtbot.waitUntil(lambda: tab._contents.is_known)
    return tab


@pytest.fixture
def dialog(qtbot: QtBot, tab: CaptureTab) -> CheckupDialog:
    tab._checkup.open()
    dialog = tab.findChild(CheckupDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: bool(dialog.tree.titles), timeout=20_000)
    return dialog


def files(dataset: Dataset) -> set[str]:
    """Every image, those in the trash as well."""
    return {p.relative_to(dataset.folder).as_posix() for p in dataset.folder.rglob("*.jpg")}


def in_question(dialog: CheckupDialog) -> dict[str, set[str]]:
    """The files in question by class."""
    columns = dialog.sets.columns if dialog.sets.isVisible() else ()
    return {c.class_name: {sample.path.stem for sample in c.samples} for c in columns}


def place(dialog: CheckupDialog) -> str:
    label = dialog.sets.findChild(QLabel, "setPlace")
    assert label is not None
    return label.text()


def notes(dialog: CheckupDialog) -> list[str]:
    """What stands on the first file of each class."""
    return [column._picture._note for column in dialog.sets.columns]


def visible(dialog: CheckupDialog, name: str) -> QPushButton:
    (button,) = [b for b in dialog.findChildren(QPushButton, name) if b.isVisible()]
    return button


def test_the_files_stand_side_by_side_with_a_button_and_a_key_for_each_class(
    dialog: CheckupDialog,
) -> None:
    assert dialog.tree.titles[0] == "Same image across classes"
    assert in_question(dialog) == {"cup": {"a3"}, "pen": {"a1", "a2"}}
    assert place(dialog) == "Picture 1 of 3"
    texts = {column.class_name: column.button.text() for column in dialog.sets.columns}
    assert texts == {"pen": "1   pen", "cup": "2   cup"}
    others = dialog.sets.findChildren(QPushButton)
    assert not [b for b in others if b.isVisible() and "trash" in b.text()]


def test_a_tile_says_what_becomes_of_it_before_the_button_is_pressed(
    dialog: CheckupDialog,
) -> None:
    assert notes(dialog) == ["stays if pen", "stays if cup"]
    pen, cup = dialog.sets.columns
    model = pen._model
    assert model.note(model.index(1, 0)) == "to the trash"  # it is there twice
    for column, expected in ((pen, ["stays", "to the trash"]), (cup, ["to the trash", "stays"])):
        spot = QPointF(1, 1)
        QApplication.sendEvent(column.button, QEnterEvent(spot, spot, spot))
        assert notes(dialog) == expected
        assert column.button.toolTip() == "1 stays, 2 go to the trash"
    QApplication.sendEvent(cup.button, QEvent(QEvent.Type.Leave))
    assert notes(dialog) == ["stays if pen", "stays if cup"]
    pen.button.setFocus()
    assert notes(dialog) == ["stays", "to the trash"]


def test_number_keys_answer_and_undo_leads_back(
    qtbot: QtBot, twins: Dataset, dialog: CheckupDialog
) -> None:
    before = files(twins)
    QTest.keyClick(dialog.tree, Qt.Key.Key_3)  # key is not in question
    QTest.keyClick(dialog.tree, Qt.Key.Key_9)
    assert place(dialog) == "Picture 1 of 3"
    QTest.keyClick(dialog.tree, Qt.Key.Key_2)
    assert in_question(dialog).keys() == {"key", "pen"}  # at once
    assert place(dialog) == "Picture 2 of 3"
    gone = {".trash/pen/a1.jpg", ".trash/pen/a2.jpg"}
    qtbot.waitUntil(lambda: files(twins) == before - {"pen/a1.jpg", "pen/a2.jpg"} | gone)
    undo = visible(dialog, "checkupUndoButton")
    qtbot.waitUntil(undo.isEnabled)
    QTest.keyClick(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: files(twins) == before, timeout=20_000)
    qtbot.waitUntil(lambda: in_question(dialog).keys() == {"cup", "pen"}, timeout=20_000)
    assert place(dialog) == "Picture 1 of 3"


def test_an_undo_after_the_checkup_has_caught_up_leads_back_as_well(
    qtbot: QtBot, tab: CaptureTab, dialog: CheckupDialog
) -> None:
    qtbot.waitUntil(lambda: dialog.is_finished, timeout=20_000)
    with qtbot.waitSignal(tab._checkup.checked, timeout=30_000):
        QTest.mouseClick(dialog.sets.columns[0].button, Qt.MouseButton.LeftButton)
    assert in_question(dialog).keys() == {"key", "pen"}
    QTest.mouseClick(visible(dialog, "checkupUndoButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: in_question(dialog).keys() == {"cup", "pen"}, timeout=20_000)


def test_skipping_keeps_all_files_and_the_end_says_so(
    qtbot: QtBot, twins: Dataset, dialog: CheckupDialog
) -> None:
    before = files(twins)
    QTest.keyClick(dialog, Qt.Key.Key_S)
    QTest.mouseClick(visible(dialog, "skipSetButton"), Qt.MouseButton.LeftButton)
    assert in_question(dialog).keys() == {"cup", "key", "pen"}
    QTest.keyClick(dialog, Qt.Key.Key_Backspace)
    assert in_question(dialog).keys() == {"key", "pen"}
    QTest.keyClick(dialog, Qt.Key.Key_S)
    QTest.keyClick(dialog, Qt.Key.Key_1)
    end = dialog.sets.findChild(EmptyState)
    assert end is not None
    assert end.isVisible()
    assert (end.title, end.text) == (
        "That was the last one",
        "2 pictures were skipped and stay in their classes.",
    )
    gone = {".trash/cup/c1.jpg", ".trash/key/c2.jpg"}
    qtbot.waitUntil(lambda: files(twins) == before - {"cup/c1.jpg", "key/c2.jpg"} | gone)
    QTest.mouseClick(visible(dialog, "emptyStateAction"), Qt.MouseButton.LeftButton)
    assert in_question(dialog).keys() == {"cup", "pen"}


def test_it_can_be_of_another_class(qtbot: QtBot, twins: Dataset, dialog: CheckupDialog) -> None:
    other = visible(dialog, "otherClassButton")
    assert [action.text() for action in other.menu().actions()] == ["key", "box"]
    other.menu().actions()[1].trigger()
    qtbot.waitUntil(lambda: ClassFolders(twins).counts()["box"] == 1, timeout=20_000)
    gone = {".trash/pen/a2.jpg", ".trash/cup/a3.jpg"}
    qtbot.waitUntil(lambda: {n for n in files(twins) if n.startswith(".trash")} == gone)


def test_an_answer_that_changes_many_files_is_asked_about(
    qtbot: QtBot, twins: Dataset, open_tab: OpenTab
) -> None:
    for number in range(21):
        path: Path = twins.folder / "cup" / f"many-{number}.jpg"
        path.write_bytes(encode_jpeg(scene(1)))
    tab = open_tab("twins", camera="")
    qtbot.waitUntil(lambda: tab._contents.is_known)
    tab._checkup.open()
    dialog = tab.findChild(CheckupDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: bool(dialog.tree.titles), timeout=20_000)
    before = files(twins)
    QTest.keyClick(dialog, Qt.Key.Key_1)
    assert dialog.row.question == "Move 23 images to the trash? 1 stays in pen."
    QTest.keyClick(dialog, Qt.Key.Key_1)  # not an answer to this question
    QTest.keyClick(dialog, Qt.Key.Key_S)
    assert dialog.row.is_asking
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert place(dialog) == "Picture 1 of 3"
    assert files(twins) == before
    QTest.keyClick(dialog, Qt.Key.Key_1)
    yes = visible(dialog, "checkupYesButton")
    assert yes.text() == "Move 23 to the trash"
    yes.setFocus()
    QTest.keyClick(yes, Qt.Key.Key_Return)
    assert place(dialog) == "Picture 2 of 3"
    qtbot.waitUntil(lambda: ClassFolders(twins).counts()["cup"] == 2, timeout=20_000)


def test_a_row_of_the_list_asks_about_its_picture(qtbot: QtBot, dialog: CheckupDialog) -> None:
    tree = dialog.tree
    tree.expand(tree.model().index(0, 0))
    QTest.keyClick(tree, Qt.Key.Key_Down)
    QTest.keyClick(tree, Qt.Key.Key_Down)
    assert in_question(dialog).keys() == {"key", "pen"}
    QTest.keyClick(tree, Qt.Key.Key_1)
    assert place(dialog) == "Picture 3 of 3"
    qtbot.waitUntil(lambda: tree.model().rowCount(tree.model().index(0, 0)) == 2, timeout=20_000)
    assert in_question(dialog).keys() == {"cup", "key", "pen"}


def test_every_class_in_question_has_a_key() -> None:
    classes = [f"class {number}" for number in range(1, 13)]
    assert number_keys(classes, ["class 3", "class 1"]) == {"class 3": 3, "class 1": 1}
    assert number_keys(classes, ["class 12", "class 1", "class 11"]) == {
        "class 1": 1,
        "class 12": 2,
        "class 11": 3,
    }
    assert len(number_keys(classes, classes)) == 9
