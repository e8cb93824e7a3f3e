"""The tab as a person uses it: recording, editing, importing, and files that others change."""

from __future__ import annotations

import gzip
import shutil
import struct
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnn_studio.camera.spec import parse_spec
from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.gui.capture import contents as contents_module
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.classes.class_view import ClassView
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.listing import Listing, list_folders
from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.capture.transfer.import_dialog import ImportDialog
from cnn_studio.gui.endings import Until
from cnn_studio.gui.pictures.gallery_view import GalleryView
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.empty_state import EmptyState
from cnn_studio.gui.widgets.undo_bar import UndoBar
from cnn_studio.paths import Workspace
from tests.gui.capture.conftest import OpenTab, names_in, write_pictures

Part = TypeVar("Part", bound=QWidget)
CTRL = Qt.KeyboardModifier.ControlModifier


def part(tab: CaptureTab, kind: type[Part], name: str = "") -> Part:
    """One of the widgets of the tab."""
    found = tab.findChild(kind, name) if name else tab.findChild(kind)
    assert found is not None, name
    return found


def shown_names(tab: CaptureTab) -> list[str]:
    """The files in the gallery."""
    model = part(tab, GalleryView).model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def message(tab: CaptureTab) -> str:
    return part(tab.lower_edge, Messages).text


def offer(tab: CaptureTab) -> str:
    """What is offered to be undone."""
    return part(tab, UndoBar).text


def answer(tab: CaptureTab, button: str) -> None:
    """Press a button of the question that is open."""
    part(tab, QPushButton, button).click()


def drop(widget: QWidget, where: QPoint, mime: QMimeData) -> bool:
    """Drop as a file manager does; whether it was taken."""
    event = QDropEvent(
        QPointF(where),
        Qt.DropAction.CopyAction | Qt.DropAction.MoveAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    widget.dropEvent(event)
    return event.isAccepted()


def files(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def row_of(tab: CaptureTab, row: int) -> QPoint:
    view = part(tab, ClassView)
    return view.visualRect(view.model().index(row, 0)).center()


def test_the_first_class_is_chosen_and_shown(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab
) -> None:
    tab = open_tab(camera="")
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    assert part(tab, QLabel, "galleryCount").text().strip() == "· 3 images"
    assert part(tab, QLabel, "coach").text() == "key has no images yet."


def test_space_held_records_one_session_into_the_chosen_class(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, studio: Studio
) -> None:
    tab = open_tab()
    view = part(tab, ClassView)
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    QTest.keyClick(view, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: part(tab, EmptyState).title == "Hold Space: key")
    with qtbot.waitSignal(studio.dataset_edited):
        QTest.keyPress(view, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: len(shown_names(tab)) >= 4)
        assert "Recording key: " in part(tab, QPushButton, "recordButton").text()
        QTest.keyRelease(view, Qt.Key.Key_Space)
    written = names_in(things.folder / "key")
    qtbot.waitUntil(lambda: set(shown_names(tab)) == written)
    assert shown_names(tab) == sorted(written, reverse=True)
    assert len({name[:21] for name in written}) == 1
    assert part(tab, QLabel, "frameCounter").text() == f"{len(written)} kept · 0 lost"
    assert part(tab, QPushButton, "recordButton").text() == "Hold to record (Space)"


def test_the_button_records_until_the_mouse_is_released_anywhere(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, studio: Studio
) -> None:
    tab = open_tab()
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    button = part(tab, QPushButton, "recordButton")
    with qtbot.waitSignal(studio.dataset_edited):
        QTest.mousePress(button, Qt.MouseButton.LeftButton)
        QTest.mouseMove(button, QPoint(-50, -50))
        qtbot.waitUntil(lambda: len(shown_names(tab)) >= 6)
        QTest.mouseRelease(
            button, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(-50, -50)
        )
    qtbot.waitUntil(lambda: button.text() == "Hold to record (Space)")
    assert names_in(things.folder / "pen") == set(shown_names(tab))


def test_enter_keeps_one_frame_and_undo_takes_it_back(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab
) -> None:
    tab = open_tab()
    view = part(tab, ClassView)
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    QTest.keyClick(view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 4)
    undo = part(tab, QToolButton, "undoButton")
    qtbot.waitUntil(undo.isEnabled)
    assert "Record 1 image of pen" in undo.toolTip()
    QTest.keyClick(view, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: len(names_in(things.folder / "pen")) == 3)
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    QTest.keyClick(view, Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 4)


def test_losing_the_focus_or_leaving_the_tab_ends_the_recording(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab
) -> None:
    tab = open_tab()
    view, button = part(tab, ClassView), part(tab, QPushButton, "recordButton")
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    other = QWidget()
    qtbot.addWidget(other)
    for leave in (
        tab.deactivate,
        lambda: part(tab, QLineEdit, "newClassField").setFocus(),
        lambda: (other.show(), other.activateWindow()),
    ):
        tab.activateWindow()
        view.setFocus()
        qtbot.waitUntil(view.hasFocus)
        QTest.keyPress(view, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: "Recording" in button.text())
        leave()
        qtbot.waitUntil(lambda: "Recording" not in button.text())


def test_space_in_a_text_field_is_a_space(qtbot: QtBot, things: Dataset, open_tab: OpenTab) -> None:
    tab = open_tab()
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    field = part(tab, QLineEdit, "newClassField")
    field.setFocus()
    QTest.keyClicks(field, "tea 2")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: part(tab, QLabel, "galleryTitle").text() == "tea 2")
    assert (things.folder / "tea 2").is_dir()
    assert field.text() == ""
    assert names_in(things.folder / "pen") == {f"photo-00{n}.jpg" for n in range(3)}


def test_a_name_that_is_taken_is_refused_in_a_sentence(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab
) -> None:
    tab = open_tab(camera="")
    field = part(tab, QLineEdit, "newClassField")
    field.setFocus()
    QTest.keyClicks(field, "PEN")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "already" in message(tab))
    assert field.text() == "PEN"


def test_recording_without_a_class_or_a_picture_is_answered_with_a_hint(
    qtbot: QtBot, things: Dataset, workspace: Workspace, open_tab: OpenTab, studio: Studio
) -> None:
    tab = open_tab(camera="")
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_Return)
    assert message(tab) == "There is nothing to record: the camera gives no picture."
    create_dataset(workspace, "Empty")
    studio.load_datasets()
    studio.choose_dataset("empty")
    qtbot.waitUntil(lambda: part(tab, EmptyState).title == "No classes yet")
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_Space)
    assert message(tab).startswith("Add a class first")


def test_a_folder_that_cannot_be_written_to_ends_the_recording_with_a_sentence(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab
) -> None:
    tab = open_tab()
    view = part(tab, ClassView)
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    shutil.rmtree(things.folder / "pen")
    (things.folder / "pen").write_text("in the way")
    QTest.keyPress(view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: "cannot" in message(tab))
    assert "Recording" not in part(tab, QPushButton, "recordButton").text()
    QTest.keyRelease(view, Qt.Key.Key_Space)


def test_deleting_moving_and_undoing(qtbot: QtBot, things: Dataset, open_tab: OpenTab) -> None:
    tab = open_tab(camera="")
    gallery = part(tab, GalleryView)
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    pen, cup = things.folder / "pen", things.folder / "cup"
    before = names_in(pen)
    gallery.setFocus()
    QTest.keyClick(gallery, Qt.Key.Key_A, CTRL)
    assert "3 selected" in part(tab, QLabel, "galleryCount").text()
    QTest.keyClick(gallery, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: shown_names(tab) == [])
    assert names_in(pen) == set()
    QTest.keyClick(gallery, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    assert names_in(pen) == before
    gallery.selectAll()
    menu = part(tab, QToolButton, "moveButton").menu()
    next(action for action in menu.actions() if action.text() == "cup").trigger()
    qtbot.waitUntil(lambda: len(names_in(cup)) == 4)
    qtbot.waitUntil(lambda: shown_names(tab) == [])
    QTest.keyClick(gallery, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    assert len(names_in(cup)) == 1


def test_thumbnails_dropped_on_a_class_move_there(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab
) -> None:
    tab = open_tab(camera="")
    gallery, classes = part(tab, GalleryView), part(tab, ClassView)
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    gallery.setCurrentIndex(gallery.model().index(0, 0))
    mime = gallery.model().mimeData(gallery.selectedIndexes())
    assert not drop(gallery, QPoint(10, 10), mime)
    assert not drop(classes, QPoint(20, classes.height() - 4), mime)
    assert drop(classes, row_of(tab, 2), mime)
    qtbot.waitUntil(lambda: len(names_in(things.folder / "key")) == 1)
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 2)


def test_files_dropped_on_a_class_are_imported_and_the_rest_reported(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, tmp_path: Path
) -> None:
    tab = open_tab(camera="")
    photos = write_pictures(tmp_path / "photos", 5)
    (tmp_path / "photos" / "half.jpg").write_bytes(photos[0].read_bytes()[:200])
    notes = tmp_path / "notes.txt"
    notes.write_text("no image")
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    assert drop(part(tab, ClassView), row_of(tab, 2), files(tmp_path / "photos", notes))
    qtbot.waitUntil(lambda: "imported into key" in message(tab))
    assert message(tab) == "5 images imported into key. 2 files were left out."
    assert len(names_in(things.folder / "key")) == 5
    part(tab, QPushButton, "noticeAction").click()
    assert "half.jpg" in part(tab, Messages).details
    assert "notes.txt" in part(tab, Messages).details
    QTest.keyClick(part(tab, QPlainTextEdit, "messageDetails"), Qt.Key.Key_Escape)
    assert part(tab, Messages).details == ""
    assert not part(tab, QWidget, "importStrip").isVisible()
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: names_in(things.folder / "key") == set())


def test_files_dropped_on_the_gallery_go_into_its_class(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, tmp_path: Path
) -> None:
    tab = open_tab(camera="")
    photo = write_pictures(tmp_path, 5)[4]
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    assert drop(part(tab, GalleryView), QPoint(10, 10), files(photo))
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 4)


def test_a_folder_of_class_folders_dropped_beside_the_classes_brings_them_all(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, tmp_path: Path
) -> None:
    tab = open_tab(camera="")
    write_pictures(tmp_path / "many" / "fork", 2)
    write_pictures(tmp_path / "many" / "key", 2)
    view = part(tab, ClassView)
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    below = QPoint(20, view.viewport().height() - 4)
    assert drop(view, below, files(tmp_path / "many" / "fork" / "photo-000.jpg"))
    qtbot.waitUntil(lambda: message(tab) == "Drop images on the class that they show.")
    assert drop(view, below, files(tmp_path / "many"))
    qtbot.waitUntil(lambda: tab.findChild(ImportDialog) is not None)
    assert part(tab, QLabel, "importTotals").text() == "4 images into 2 classes, 1 of them new"
    part(tab, ImportDialog).accept()
    qtbot.waitUntil(lambda: message(tab) == "4 images imported into 2 classes.")
    assert len(names_in(things.folder / "fork")) == 2
    qtbot.waitUntil(lambda: view.model().rowCount() == 4)


def test_f2_renames_and_the_menu_of_a_class_removes_it_with_undo(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab
) -> None:
    tab = open_tab(camera="")
    view = part(tab, ClassView)
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_F2)
    editor = part(tab, QLineEdit, "classNameEditor")
    QTest.keyClicks(editor, "fountain pen 1")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: (things.folder / "fountain pen 1").is_dir())
    qtbot.waitUntil(lambda: part(tab, QLabel, "galleryTitle").text() == "fountain pen 1")
    assert len(shown_names(tab)) == 3
    QTest.keyClick(view, Qt.Key.Key_Delete)
    answer(tab, "removeClassQuestion-yes")
    qtbot.waitUntil(lambda: offer(tab) == "fountain pen 1 is deleted with its 3 images.")
    qtbot.waitUntil(lambda: part(tab, QLabel, "galleryTitle").text() == "cup")
    part(tab, QPushButton, "undoBarButton").click()
    qtbot.waitUntil(lambda: len(names_in(things.folder / "fountain pen 1")) == 3)
    qtbot.waitUntil(lambda: view.model().index(0, 0).data() == "fountain pen 1")


def test_what_another_program_changes_is_shown(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab
) -> None:
    tab = open_tab(camera="")
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    shutil.copy(things.folder / "pen" / "photo-000.jpg", things.folder / "pen" / "copy.jpg")
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 4)
    shutil.rmtree(things.folder / "pen")
    qtbot.waitUntil(lambda: shown_names(tab) == [])
    shutil.rmtree(things.folder)
    qtbot.waitUntil(
        lambda: part(tab, QLabel, "coach").text() == "pen and 2 more have no images yet."
    )


def test_a_broken_file_says_why_when_pointed_at(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab
) -> None:
    (things.folder / "key").mkdir(exist_ok=True)
    (things.folder / "key" / "broken.jpg").write_bytes(b"no image")
    tab = open_tab(camera="")
    view = part(tab, GalleryView)
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_3)
    qtbot.waitUntil(lambda: shown_names(tab) == ["broken.jpg"])
    tip = Qt.ItemDataRole.ToolTipRole
    qtbot.waitUntil(lambda: "is text and not an image" in str(view.model().index(0, 0).data(tip)))


def test_a_published_dataset_is_shown_and_cannot_be_recorded_into(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab
) -> None:
    tab = open_tab("fashion-mnist")
    qtbot.waitUntil(lambda: "not on this computer" in part(tab, EmptyState).title)
    assert part(tab, ClassView).model().rowCount() == 10
    assert not part(tab, QPushButton, "recordButton").isEnabled()
    assert "as it was published" in part(tab, QLabel, "recordHint").text()
    assert not part(tab, QLineEdit, "newClassField").isVisible()
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_Return)
    assert "as it was published" in message(tab)


def _write_published(folder: Path, count: int) -> None:
    """Four files in the format of Fashion-MNIST; image n is of class n % 10 and of level n."""
    folder.mkdir(parents=True)
    labels = bytes(number % 10 for number in range(count))
    pixels = b"".join(bytes([number]) * 28 * 28 for number in range(count))
    for start in ("train", "t10k"):
        for name, header, data in (
            ("labels-idx1", struct.pack(">II", 2049, count), labels),
            ("images-idx3", struct.pack(">IIII", 2051, count, 28, 28), pixels),
        ):
            (folder / f"{start}-{name}-ubyte.gz").write_bytes(gzip.compress(header + data))


def test_the_images_of_a_published_dataset_can_be_looked_at(
    qtbot: QtBot, workspace: Workspace, open_tab: OpenTab
) -> None:
    _write_published(workspace.datasets / "fashion-mnist", 25)
    tab = open_tab("fashion-mnist", camera="")
    qtbot.waitUntil(lambda: shown_names(tab) == ["00000", "00010", "00020"] * 2)
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_2)
    qtbot.waitUntil(lambda: shown_names(tab) == ["00001", "00011", "00021"] * 2)
    view = part(tab, GalleryView)
    where = view.visualRect(view.model().index(2, 0)).center()

    def level() -> int:
        return QColor(view.viewport().grab().toImage().pixel(where)).red()

    qtbot.waitUntil(lambda: level() == 21)


def test_a_fetch_that_fails_says_why_and_can_be_tried_with_a_folder(
    qtbot: QtBot, workspace: Workspace, open_tab: OpenTab, tmp_path: Path
) -> None:
    tab = open_tab("fashion-mnist", camera="")
    state = part(tab, EmptyState)
    qtbot.waitUntil(lambda: "not on this computer" in state.title)
    (tmp_path / "nothing").mkdir()
    part(tab, QPushButton, "emptyStateSecond").click()
    dialog = part(tab, QFileDialog, "importDialog")
    dialog.filesSelected.emit([str(tmp_path / "nothing")])
    dialog.reject()
    qtbot.waitUntil(lambda: state.title == "Fashion-MNIST could not be fetched")
    assert "nothing" in state.text
    assert part(tab, QPushButton, "emptyStateAction").text() == "Get Fashion-MNIST"


def test_a_recording_that_ends_after_the_dataset_was_changed_stays_in_its_own(
    qtbot: QtBot, things: Dataset, workspace: Workspace, open_tab: OpenTab, studio: Studio
) -> None:
    create_dataset(workspace, "Others", ["pen"])
    tab = open_tab()
    view = part(tab, ClassView)
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    with qtbot.waitSignal(studio.dataset_edited):
        QTest.keyPress(view, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: len(shown_names(tab)) >= 4)
        studio.choose_dataset("others")
    QTest.keyRelease(view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: part(tab, EmptyState).title == "Hold Space: pen")
    assert not part(tab, QToolButton, "undoButton").isEnabled()
    assert names_in(workspace.datasets / "others" / "pen") == set()
    assert len(names_in(things.folder / "pen")) >= 4


def test_the_camera_failing_ends_the_recording(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, studio: Studio
) -> None:
    tab = open_tab()
    view = part(tab, ClassView)
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    QTest.keyPress(view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(shown_names(tab)) >= 4)
    studio.camera.shutdown()
    studio.camera.start("/nowhere/clip.avi")
    qtbot.waitUntil(lambda: "the recording has ended" in message(tab))
    QTest.keyRelease(view, Qt.Key.Key_Space)


def test_a_recording_that_the_window_closes_upon_can_be_undone_after_the_next_start(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab
) -> None:
    tab = open_tab()
    view = part(tab, ClassView)
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    QTest.keyPress(view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(shown_names(tab)) >= 5)
    tab._recording.shutdown()
    count = len(names_in(things.folder / "pen")) - 3
    again = open_tab(camera="")
    undo = part(again, QToolButton, "undoButton")
    qtbot.waitUntil(lambda: f"Record {count} images of pen" in undo.toolTip())
    undo.click()
    qtbot.waitUntil(lambda: len(names_in(things.folder / "pen")) == 3)


def test_the_rate_is_remembered(things: Dataset, open_tab: OpenTab) -> None:
    rates = part(open_tab(camera=""), QComboBox, "rateChooser")
    assert rates.currentText() == "15 fps"
    rates.setCurrentIndex(rates.findText("30 fps"))
    second = open_tab(camera="")
    assert part(second, QComboBox, "rateChooser").currentText() == "30 fps"


def test_webcams_are_mirrored_and_the_switch_is_remembered_for_each_kind(
    things: Dataset, open_tab: OpenTab, studio: Studio
) -> None:
    mirror = part(open_tab(), QToolButton, "mirrorButton")
    assert not mirror.isChecked()
    studio.camera.open(parse_spec("99"))
    assert mirror.isChecked()
    mirror.click()
    assert not studio.camera.mirrored
    studio.camera.open(parse_spec("demo"))
    mirror.click()
    assert studio.camera.mirrored
    studio.camera.open(parse_spec("99"))
    assert not mirror.isChecked()


def test_everything_that_acts_has_a_name_and_a_hint(things: Dataset, open_tab: OpenTab) -> None:
    tab = open_tab(camera="")
    acting = [*tab.findChildren(QPushButton), *tab.findChildren(QToolButton)]
    acting += [*tab.findChildren(QLineEdit), *tab.findChildren(QComboBox)]
    shown = [widget for widget in acting if widget.isVisible()]
    assert len(shown) >= 10
    for widget in shown:
        assert widget.objectName(), widget
        assert widget.accessibleName(), widget.objectName()
        assert widget.toolTip(), widget.objectName()


@pytest.mark.parametrize(("width", "height"), [(1280, 712), (960, 552)])
def test_nothing_asks_for_more_room_than_the_window_has(
    qtbot: QtBot, workspace: Workspace, open_tab: OpenTab, width: int, height: int
) -> None:
    create_dataset(
        workspace, "Wide", [f"{'a long name of a class ' * 2}{n}"[:60] for n in range(30)]
    )
    tab = open_tab("wide")
    QTest.keyClick(part(tab, QLineEdit, "newClassField"), Qt.Key.Key_Return)
    said = "A sentence about something that went a little wrong just now."
    part(tab, Messages).say(said, until=Until.REPLACED)
    part(tab, UndoBar).offer("12,345 images moved to a class whose name has forty letters in all.")
    tab.resize(width, height)
    assert tab.minimumSizeHint().width() <= width
    assert tab.minimumSizeHint().height() <= height


def test_a_class_that_comes_while_the_folders_are_listed_is_seen(
    qtbot: QtBot,
    things: Dataset,
    folders: ClassFolders,
    studio: Studio,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listed = 0

    def list_and_add(*given: Any) -> Listing:
        nonlocal listed
        listing = list_folders(*given)
        listed += 1
        if listed == 1:
            folders.add_class("late")  # by another program, and nobody has listed it
        return listing

    monkeypatch.setattr(contents_module, "list_folders", list_and_add)
    contents = Contents(studio.jobs)
    contents.show_dataset(things)
    qtbot.waitUntil(lambda: "late" in contents.classes)
