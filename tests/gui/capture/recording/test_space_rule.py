"""Space records and Enter shoots; where they do not, the button says so and Esc leads back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnn_studio.camera.spec import parse_spec
from cnn_studio.data.cards import read_card
from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.classes.class_view import ClassView
from cnn_studio.gui.capture.recording.record_control import RecordControl
from cnn_studio.gui.key_repeat import KeyRepeat
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.pictures.gallery_view import GalleryView
from cnn_studio.gui.pictures.large_view import LargeView
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.empty_state import EmptyState
from cnn_studio.paths import Workspace
from tests.gui.capture.conftest import names_in
from tests.gui.capture.test_capture_tab import message, part, shown_names

K = Qt.Key
USUAL = "Hold to record (Space)"
TO_RECORD = "Esc to record"


@pytest.fixture
def window(
    qtbot: QtBot, studio: Studio, things: Dataset, key_repeat: KeyRepeat
) -> Iterator[MainWindow]:
    """The whole window, so that the keys pass where they pass in a person's hands."""
    window = MainWindow(studio)
    qtbot.addWidget(window)
    studio.load_datasets()
    studio.choose_dataset("things")
    studio.camera.open(parse_spec("demo:shoe"))
    window.show_page("capture")
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    qtbot.waitUntil(lambda: studio.camera.latest() is not None)
    qtbot.waitUntil(lambda: len(shown_names(_tab(window))) == 3)
    yield window
    window.close()


@pytest.fixture
def tab(window: MainWindow) -> CaptureTab:
    return _tab(window)


def _tab(window: MainWindow) -> CaptureTab:
    tab = window.findChild(CaptureTab)
    assert tab is not None
    return tab


def _focus() -> QWidget:
    focused = QApplication.focusWidget()
    assert focused is not None
    return focused


def _press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key wherever the keyboard is, as a person does."""
    QTest.keyClick(_focus(), key, modifiers)


def _write(text: str) -> None:
    QTest.keyClicks(_focus(), text)


def _button(tab: CaptureTab) -> str:
    return part(tab, QPushButton, "recordButton").text().replace("\n", " · ")


def _classes(dataset: Dataset) -> tuple[str, ...]:
    return read_card(dataset.folder).classes


def _counts(dataset: Dataset) -> dict[str, int]:
    return {name: len(names_in(dataset.folder / name)) for name in _classes(dataset)}


def _select_thumbnail(tab: CaptureTab, row: int = 0) -> None:
    view = part(tab, GalleryView)
    where = view.visualRect(view.model().index(row, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)


def _records(qtbot: QtBot, tab: CaptureTab, dataset: Dataset, name: str) -> None:
    """Hold Space wherever the keyboard is; the frames go into that class, and nowhere else."""
    control = tab.findChild(RecordControl)
    assert control is not None
    before = _counts(dataset)
    text = getattr(_focus(), "text", lambda: "")()
    QTest.keyPress(_focus(), K.Key_Space)
    qtbot.waitUntil(lambda: len(names_in(dataset.folder / name)) >= before.get(name, 0) + 3)
    QTest.keyRelease(_focus(), K.Key_Space)
    qtbot.waitUntil(lambda: not control.is_active and not control.is_writing)
    after = _counts(dataset)
    assert {n: c for n, c in after.items() if n != name} == {
        n: c for n, c in before.items() if n != name
    }
    assert getattr(_focus(), "text", lambda: "")() == text or isinstance(_focus(), QAbstractButton)


def test_names_typed_in_a_row_and_space_held_in_the_empty_field(
    qtbot: QtBot, window: MainWindow, studio: Studio, workspace: Workspace
) -> None:
    tab = _tab(window)
    empty = create_dataset(workspace, "Desk")
    studio.load_datasets()
    studio.choose_dataset("desk")
    field = part(tab, QLineEdit, "newClassField")
    qtbot.waitUntil(field.hasFocus)  # a name is what is missing
    for name in ("mug", "pen"):
        _write(name)
        assert _button(tab) == f"Space types a blank · {TO_RECORD}"
        _press(K.Key_Return)
    assert field.text() == ""
    qtbot.waitUntil(lambda: part(tab, EmptyState).title == "Hold Space: pen")
    assert part(tab, QLabel, "galleryTitle").text() == "pen"
    assert _button(tab) == USUAL
    assert field.hasFocus()
    _records(qtbot, tab, empty, "pen")
    assert field.text() == ""
    _press(K.Key_Return)
    assert _counts(empty)["mug"] == 0
    assert message(tab) == ""


def test_space_pressed_before_the_class_is_there_records_into_it(
    qtbot: QtBot, window: MainWindow, studio: Studio, workspace: Workspace
) -> None:
    tab = _tab(window)
    empty = create_dataset(workspace, "Desk")
    studio.load_datasets()
    studio.choose_dataset("desk")
    qtbot.waitUntil(part(tab, QLineEdit, "newClassField").hasFocus)
    _write("mug")
    _press(K.Key_Return)
    _records(qtbot, tab, empty, "mug")  # no wait in between
    assert message(tab) == ""


def test_a_new_dataset_with_classes_has_the_keys_at_once(
    qtbot: QtBot, window: MainWindow, studio: Studio, workspace: Workspace
) -> None:
    """It was made by keyboard from the header, whose chooser Space would open again."""
    tab = _tab(window)
    desk = create_dataset(workspace, "Desk", ["mug", "pen"])
    studio.load_datasets()
    (chooser,) = window.findChildren(QWidget, "datasetChooser")
    chooser.setFocus(Qt.FocusReason.TabFocusReason)
    studio.choose_dataset("desk")
    qtbot.waitUntil(lambda: part(tab, EmptyState).title == "Hold Space: mug")
    qtbot.waitUntil(part(tab, ClassView).hasFocus)
    _records(qtbot, tab, desk, "mug")


def test_esc_leaves_a_name_half_typed(qtbot: QtBot, tab: CaptureTab, things: Dataset) -> None:
    field = part(tab, QLineEdit, "newClassField")
    field.setFocus()
    _write("tea pot")
    _press(K.Key_Escape)
    assert field.text() == ""
    assert part(tab, ClassView).hasFocus()
    assert _button(tab) == USUAL
    _records(qtbot, tab, things, "pen")


def test_with_a_selection_space_and_enter_show_it_and_esc_records_again(
    qtbot: QtBot, tab: CaptureTab, things: Dataset
) -> None:
    shot = part(tab, QPushButton, "shotButton")
    assert shot.text() == "Shot (Enter)"
    _select_thumbnail(tab, 1)
    assert _button(tab) == f"Space shows the image · {TO_RECORD}"
    assert shot.text() == "Shot"
    for key in (K.Key_Space, K.Key_Return):
        part(tab, ClassView).setFocus()  # the rule holds wherever the keyboard is
        _press(key)
        assert part(tab, LargeView, "largeView").isVisible()
        _press(K.Key_Escape)
        assert not part(tab, LargeView, "largeView").isVisible()
    assert _counts(things) == {"pen": 3, "cup": 1, "key": 0}
    _press(K.Key_Escape)
    assert not part(tab, GalleryView).selectionModel().hasSelection()
    assert part(tab, ClassView).hasFocus()
    assert (_button(tab), shot.text()) == (USUAL, "Shot (Enter)")
    _records(qtbot, tab, things, "pen")


def test_a_click_on_a_class_ends_the_selection(tab: CaptureTab) -> None:
    _select_thumbnail(tab)
    view = part(tab, ClassView)
    where = view.visualRect(view.model().index(0, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert not part(tab, GalleryView).selectionModel().hasSelection()
    assert _button(tab) == USUAL


def test_a_control_reached_by_tab_keeps_space_and_the_button_says_so(
    qtbot: QtBot, window: MainWindow, things: Dataset
) -> None:
    """Every stop of Tab in the window, header and all: what is said is what Space would do."""
    tab = _tab(window)
    seen: list[str] = []
    first = _focus()
    for _ in range(80):
        _press(K.Key_Tab)
        focused = _focus()
        if focused is first:
            break
        seen.append(focused.objectName())
        if isinstance(focused, QComboBox):
            assert _button(tab) == f"Space opens the list · {TO_RECORD}", seen[-1]
        elif isinstance(focused, QAbstractButton) and focused.objectName() != "recordButton":
            assert _button(tab) == f"Space presses the button · {TO_RECORD}", seen[-1]
        else:
            assert _button(tab) == USUAL, seen[-1]
        QTest.keyClick(focused, K.Key_Escape)
        assert part(tab, ClassView).hasFocus(), seen[-1]
        assert _button(tab) == USUAL
        focused.setFocus(Qt.FocusReason.TabFocusReason)
    assert {"newClassField", "recordButton", "shotButton", "rateChooser", "gallery"} <= set(seen)
    assert {"capturePage", "trashButton", "historyButton", "mirrorButton"} <= set(seen)
    assert _counts(things) == {"pen": 3, "cup": 1, "key": 0}


def test_where_the_list_that_has_the_keys_goes_the_classes_get_them(
    qtbot: QtBot, tab: CaptureTab, things: Dataset
) -> None:
    """Qt would hand them to a button of the header, and Enter would press it: the trash opened."""
    part(tab, GalleryView).selectAll()
    part(tab, GalleryView).setFocus()
    _press(K.Key_Delete)
    qtbot.waitUntil(lambda: part(tab, EmptyState).title == "Hold Space: pen")
    qtbot.waitUntil(part(tab, ClassView).hasFocus)
    assert _button(tab) == USUAL
    _press(K.Key_Return)
    qtbot.waitUntil(lambda: _counts(things)["pen"] == 1)
    assert tab.window().findChild(QWidget, "trashDialog") is None


def test_closed_dialogs_menus_and_popovers_give_the_keys_back(
    qtbot: QtBot, tab: CaptureTab, things: Dataset
) -> None:
    view = part(tab, ClassView)
    view.setFocus()
    for name in ("trashButton", "historyButton", "recordOptionsButton"):
        button = part(tab, QToolButton, name)
        button.click()
        opened = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        assert opened is not None
        handle, own = opened.windowHandle(), tab.window().windowHandle()
        qtbot.waitUntil(lambda handle=handle: QGuiApplication.focusWindow() is handle)
        opened.close()
        tab.window().activateWindow()
        qtbot.waitUntil(lambda own=own: QGuiApplication.focusWindow() is own and view.hasFocus())
        assert _button(tab) == USUAL
    QTest.keyClick(view, K.Key_F2)
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    assert _button(tab) == f"Space types a blank · {TO_RECORD}"
    _press(K.Key_Escape)
    qtbot.waitUntil(view.hasFocus)
    _records(qtbot, tab, things, "pen")


def test_letters_in_the_lists_choose_nothing(tab: CaptureTab, things: Dataset) -> None:
    part(tab, ClassView).setFocus()
    _write("ck")
    assert part(tab, QLabel, "galleryTitle").text() == "pen"
    part(tab, GalleryView).setFocus()
    _write("p")
    assert not part(tab, GalleryView).selectionModel().hasSelection()


def test_ctrl_and_a_click_leave_the_chosen_class_marked(tab: CaptureTab) -> None:
    view = part(tab, ClassView)
    where = view.visualRect(view.model().index(0, 0)).center()
    control = Qt.KeyboardModifier.ControlModifier
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, control, where)
    assert view.selectionModel().isSelected(view.model().index(0, 0))


def test_digits_choose_the_class_or_move_the_selection_and_the_list_says_which(
    qtbot: QtBot, tab: CaptureTab, things: Dataset
) -> None:
    line = part(tab, QLabel, "digitLine")
    assert line.text() == "1–3 choose the class"  # noqa: RUF001
    part(tab, GalleryView).selectAll()
    assert line.text() == "1–3 move the 3 selected"  # noqa: RUF001
    _select_thumbnail(tab, 1)
    assert line.text() == "1–3 move the one selected"  # noqa: RUF001
    part(tab, ClassView).setFocus()
    _press(K.Key_3)
    qtbot.waitUntil(lambda: _counts(things) == {"cup": 1, "key": 1, "pen": 2})
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 2)
    part(tab, QLineEdit, "newClassField").setFocus()
    assert line.text() == ""
    _press(K.Key_Escape)
    assert line.text() == "1–3 choose the class"  # noqa: RUF001
    _press(K.Key_2)
    qtbot.waitUntil(lambda: part(tab, QLabel, "galleryTitle").text() == "cup")


@pytest.mark.parametrize("name", ["cameraChooser", "datasetChooser", "moreButton"])
def test_digits_are_not_promised_while_the_header_has_the_keys(
    window: MainWindow, tab: CaptureTab, name: str
) -> None:
    line = part(tab, QLabel, "digitLine")
    (control,) = window.findChildren(QWidget, name)
    control.setFocus(Qt.FocusReason.TabFocusReason)
    assert _focus() is control
    assert line.text() == ""
    chosen = part(tab, QLabel, "galleryTitle").text()
    _press(K.Key_2)
    assert part(tab, QLabel, "galleryTitle").text() == chosen
    _press(K.Key_Escape)
    assert line.text() == "1–3 choose the class"  # noqa: RUF001
    part(tab, QPushButton, "recordButton").setFocus(Qt.FocusReason.TabFocusReason)
    assert line.text() == "1–3 choose the class"  # noqa: RUF001


def test_a_page_button_that_is_clicked_again_takes_no_keys(
    qtbot: QtBot, window: MainWindow
) -> None:
    (page,) = window.findChildren(QPushButton, "capturePage")
    QTest.mouseClick(page, Qt.MouseButton.LeftButton)
    assert part(_tab(window), ClassView).hasFocus()


def test_the_keys_are_listed(tab: CaptureTab) -> None:
    hints = dict(tab.key_hints())
    assert {"Space", "Enter", "Esc"} <= set(hints)
