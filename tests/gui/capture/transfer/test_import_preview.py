"""Folders, zips and projects are looked at and changed before they come in, in a real tab."""

from __future__ import annotations

import shutil
import sys
import threading
import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QMimeData, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnn_studio.data.cards import Part
from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.image_sets import count_images
from cnn_studio.data.import_turn import import_turn
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.classes.class_view import ClassView
from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.capture.transfer.import_dialog import ImportDialog
from cnn_studio.gui.capture.transfer.import_groups import CLASS, GroupView
from cnn_studio.gui.pictures.gallery_view import GalleryView
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.empty_state import EmptyState
from cnn_studio.gui.widgets.notice import Kind
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg
from tests.gui.capture.conftest import OpenTab, names_in, picture, write_pictures
from tests.gui.capture.test_capture_tab import drop, files, message, part, row_of, shown_names

CTRL = Qt.KeyboardModifier.ControlModifier
needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def write_zip(path: Path, *names: str) -> Path:
    """A zip of different images under these names."""
    with zipfile.ZipFile(path, "w") as archive:
        for number, name in enumerate(names):
            archive.writestr(name, encode_jpeg(picture(100 + number)))
    return path


def is_open(path: Path) -> bool:
    """Whether this process holds a file open."""
    links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return any(link.resolve() == path.resolve() for link in links if link.exists())


def drop_beside(tab: CaptureTab, mime: QMimeData) -> None:
    """Drop on the empty place below the classes."""
    view = part(tab, ClassView)
    assert drop(view, QPoint(20, view.viewport().height() - 4), mime)


def preview(qtbot: QtBot, tab: CaptureTab) -> ImportDialog:
    qtbot.waitUntil(lambda: tab.findChild(ImportDialog) is not None)
    return part(tab, ImportDialog)


def totals(dialog: ImportDialog) -> str:
    return label(dialog, "importTotals")


def label(dialog: QWidget, name: str) -> str:
    found = dialog.findChild(QLabel, name)
    assert found is not None
    return found.text()


def choices(dialog: ImportDialog) -> dict[str, str]:
    """The class that stands beside each folder."""
    model = dialog.view.model()
    return {
        model.index(row, 0).data(): model.index(row, CLASS).data()
        for row in range(model.rowCount())
    }


def press(dialog: QWidget, name: str) -> None:
    button = dialog.findChild(QAbstractButton, name)
    if button is None:
        raise LookupError(name)
    start = QPoint(10, button.height() // 2)  # where a radio button has its circle
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=start)


def click_class(view: GroupView, row: int, modifiers: Qt.KeyboardModifier) -> None:
    where = view.visualRect(view.model().index(row, CLASS)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifiers, where)


def choose_row(view: GroupView, row: int) -> None:
    """Select a row alone; selectRow() would heed keys that are held."""
    flags = QItemSelectionModel.SelectionFlag
    only = flags.ClearAndSelect | flags.Rows
    view.selectionModel().setCurrentIndex(view.model().index(row, 0), only)


def field(qtbot: QtBot, dialog: ImportDialog) -> QComboBox:
    """The field in which a class is being chosen."""

    def shown() -> list[QComboBox]:
        return [field for field in dialog.findChildren(QComboBox) if field.isVisible()]

    qtbot.waitUntil(lambda: len(shown()) == 1)
    return shown()[0]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Folders of class folders, some of which cannot be classes, and files that are no images."""
    for number, name in enumerate(("Pen", "mugs/red", "mugs/blue", "con")):
        for path in write_pictures(tmp_path / "tree" / name, 2):
            path.write_bytes(encode_jpeg(picture(10 * number + int(path.stem[-1]))))
    write_pictures(tmp_path / "tree", 1)[0].write_bytes(encode_jpeg(picture(90)))
    (tmp_path / "tree" / "notes.txt").write_text("no image")
    return tmp_path / "tree"


def test_each_folder_can_be_sent_to_a_class_to_a_new_one_or_left_out(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, tree: Path
) -> None:
    tab = open_tab(camera="")
    drop_beside(tab, files(tree))
    dialog = preview(qtbot, tab)
    assert totals(dialog) == "Which are the classes?"
    assert not part(dialog, QPushButton, "startImportButton").isEnabled()
    press(dialog, "labelWay0")
    assert totals(dialog) == "6 images into 3 classes, 2 of them new"
    assert choices(dialog) == {
        "tree": "Leave out",
        "tree/Pen": "pen",
        "tree/con": "Leave out",
        "tree/mugs/blue": "blue",
        "tree/mugs/red": "red",
    }
    told = dialog.messages.text
    assert told == "1 file cannot be imported. 3 images without a class are left out."
    press(dialog, "noticeAction")
    assert "notes.txt: The file is text and not an image" in dialog.messages.details
    assert "no class folder" in dialog.messages.details
    details = dialog.messages.findChild(QPlainTextEdit, "messageDetails")
    QTest.keyClick(details, Qt.Key.Key_Escape)
    choose_row(dialog.view, 2)
    click_class(dialog.view, 3, CTRL)
    click_class(dialog.view, 3, Qt.KeyboardModifier.NoModifier)
    editor = field(qtbot, dialog)
    QTest.keyClicks(editor.lineEdit(), "a/b")
    assert "cannot contain '/'" in label(dialog, "importHint")
    editor.lineEdit().selectAll()
    QTest.keyClicks(editor.lineEdit(), "Mug")
    assert label(dialog, "importHint") == "Mug will be a new class."
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: totals(dialog) == "6 images into 2 classes, 1 of them new")
    choose_row(dialog.view, 4)
    QTest.keyClick(dialog.view, Qt.Key.Key_Delete)
    choose_row(dialog.view, 0)
    QTest.keyClick(dialog.view, Qt.Key.Key_F2)
    editor = field(qtbot, dialog)
    QTest.keyClicks(editor.lineEdit(), "KEY")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: choices(dialog)["tree"] == "key")
    assert list(choices(dialog).values()) == ["key", "Leave out", "Mug", "Mug", "Leave out"]
    assert (
        dialog.messages.text == "1 file cannot be imported. 2 images without a class are left out."
    )
    press(dialog, "startImportButton")
    qtbot.waitUntil(lambda: "imported" in message(tab))
    assert message(tab) == "5 images imported into 2 classes. 3 files were left out."
    assert ClassFolders(things).counts() == {"pen": 3, "cup": 1, "key": 1, "Mug": 4}
    tab.activateWindow()
    qtbot.waitUntil(tab.isActiveWindow)
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: ClassFolders(things).counts()["Mug"] == 0)
    assert ClassFolders(things).counts()["key"] == 0


def test_a_class_that_falls_open_is_chosen_from_the_list_and_esc_gives_up(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, tree: Path
) -> None:
    tab = open_tab(camera="")
    drop_beside(tab, files(tree))
    dialog = preview(qtbot, tab)
    press(dialog, "labelWay0")
    edge = dialog.view.visualRect(dialog.view.model().index(1, CLASS)).topRight()
    arrow = edge + QPoint(-24, 24)
    QTest.mouseClick(dialog.view.viewport(), Qt.MouseButton.LeftButton, pos=arrow)
    editor = field(qtbot, dialog)
    assert editor.view().isVisible()
    offered = [editor.itemText(row) for row in range(editor.count())]
    assert offered == ["pen", "cup", "key", "blue", "red", "", "Leave out"]
    QTest.keyClick(editor.view(), Qt.Key.Key_Down)
    QTest.keyClick(editor.view(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: choices(dialog)["tree/con"] == "cup")
    QTest.keyClick(dialog.view, Qt.Key.Key_F2)
    editor = field(qtbot, dialog)
    QTest.keyClicks(editor.lineEdit(), "nul")
    assert "Windows keeps" in label(dialog, "importHint")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert "Windows keeps" not in label(dialog, "importHint")
    assert dialog.isVisible()
    QTest.keyClick(dialog.view, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert ClassFolders(things).counts() == {"pen": 3, "cup": 1, "key": 0}


def test_class_folders_dropped_on_a_class_go_there_or_each_to_its_own(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, tree: Path
) -> None:
    tab = open_tab(camera="")
    assert drop(part(tab, ClassView), row_of(tab, 2), files(tree))
    dialog = preview(qtbot, tab)
    assert totals(dialog) == "9 images into 1 class"
    press(dialog, "eachFolderButton")
    assert totals(dialog) == "Which are the classes?"
    press(dialog, "labelWay0")
    assert totals(dialog) == "7 images into 4 classes, 2 of them new"
    assert choices(dialog)["tree"] == "key"
    press(dialog, "allIntoButton")
    assert set(choices(dialog).values()) == {"key"}
    press(dialog, "moveButton")
    press(dialog, "startImportButton")
    qtbot.waitUntil(lambda: "imported into key" in message(tab))
    assert len(names_in(things.folder / "key")) == 9
    assert [path.name for path in tree.rglob("*") if path.is_file()] == ["notes.txt"]


def test_class_folders_dropped_on_the_gallery_each_go_to_their_own(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, tree: Path
) -> None:
    tab = open_tab(camera="")
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    assert drop(part(tab, GalleryView), QPoint(10, 10), files(tree))
    dialog = preview(qtbot, tab)
    assert choices(dialog)["tree"] == "pen"
    assert choices(dialog)["tree/mugs/red"] == "red"
    dialog.reject()


def test_what_is_dropped_where_there_are_no_images_yet_is_taken_too(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, tmp_path: Path
) -> None:
    tab = open_tab(camera="")
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_3)
    state = part(tab, EmptyState)
    qtbot.waitUntil(lambda: state.title == "No images of key yet")
    assert state.acceptDrops()
    assert drop(state, QPoint(10, 10), files(write_pictures(tmp_path, 5)[4]))
    qtbot.waitUntil(lambda: message(tab) == "1 image imported into key.")


def test_where_nothing_is_to_be_asked_nothing_is(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, tmp_path: Path
) -> None:
    tab = open_tab(camera="")
    write_pictures(tmp_path / "Key", 2)
    drop_beside(tab, files(tmp_path / "Key"))
    qtbot.waitUntil(lambda: message(tab) == "2 images imported into key.")
    write_zip(tmp_path / "Cup-samples.zip", "0.jpg", "1.jpg", "2.jpg")
    drop_beside(tab, files(tmp_path / "Cup-samples.zip"))
    qtbot.waitUntil(lambda: message(tab) == "3 images imported into cup.")
    (tmp_path / "empty").mkdir()
    drop_beside(tab, files(tmp_path / "empty"))
    qtbot.waitUntil(lambda: message(tab) == "There are no images in it.")
    assert tab.findChild(ImportDialog) is None


def test_a_project_is_chosen_in_the_dialog_and_nothing_in_a_zip_can_be_moved(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, tmp_path: Path
) -> None:
    tab = open_tab(camera="")
    project = write_zip(tmp_path / "x.tm", "manifest.json", "Pen/0.jpg", "Class 2/0.jpg")
    part(tab, QToolButton, "importButton").menu().actions()[5].trigger()
    chooser = part(tab, QFileDialog, "importDialog")
    assert "*.zip *.tm" in chooser.nameFilters()[0]
    chooser.filesSelected.emit([str(project)])
    chooser.reject()
    dialog = preview(qtbot, tab)
    assert choices(dialog) == {"x.tm/Class 2": "Class 2", "x.tm/Pen": "pen"}
    move = dialog.findChild(QToolButton, "moveButton")
    assert move is not None
    assert not move.isVisible()
    press(dialog, "startImportButton")
    qtbot.waitUntil(lambda: message(tab) == "2 images imported into 2 classes.")
    assert project.is_file()


@needs_proc
@pytest.mark.parametrize("way", ["cancel", "dataset", "window", "import"])
def test_a_zip_is_let_go_of_in_every_way(
    qtbot: QtBot,
    things: Dataset,
    workspace: Workspace,
    studio: Studio,
    open_tab: OpenTab,
    tmp_path: Path,
    way: str,
) -> None:
    create_dataset(workspace, "Others", ["pen"])
    tab = open_tab(camera="")
    tree = write_zip(tmp_path / "tree.zip", "pen/0.jpg", "fork/0.jpg")
    drop_beside(tab, files(tree))
    dialog = preview(qtbot, tab)
    assert is_open(tree)
    if way == "cancel":
        press(dialog, "cancelPreviewButton")
    elif way == "dataset":
        studio.choose_dataset("others")
    elif way == "window":
        tab.shutdown()
    else:
        press(dialog, "startImportButton")
        qtbot.waitUntil(lambda: "imported" in message(tab))
    assert not is_open(tree)
    counts = ClassFolders(things).counts()
    assert counts.get("fork", 0) == (1 if way == "import" else 0)


@needs_proc
def test_a_look_that_is_ended_asks_nothing(
    qtbot: QtBot,
    things: Dataset,
    open_tab: OpenTab,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from cnn_studio.gui.capture.transfer import import_look

    plan_import, may_go_on = import_look.plan_import, threading.Event()

    def slow(*arguments: object) -> object:
        plan = plan_import(*arguments)  # type: ignore[arg-type]
        assert may_go_on.wait(10)
        return plan

    monkeypatch.setattr(import_look, "plan_import", slow)
    tab = open_tab(camera="")
    tree = write_zip(tmp_path / "tree.zip", "pen/0.jpg", "fork/0.jpg")
    drop_beside(tab, files(tree))
    strip = part(tab, QWidget, "importStrip")
    qtbot.waitUntil(strip.isVisible)
    press(strip, "cancelImportButton")
    may_go_on.set()
    qtbot.waitUntil(lambda: not strip.isVisible())
    assert tab.findChild(ImportDialog) is None
    assert not is_open(tree)


def test_an_import_that_waits_for_another_says_so_and_goes_on_then(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, tmp_path: Path
) -> None:
    tab = open_tab(camera="")
    photo = write_pictures(tmp_path, 5)[4]
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    with import_turn(things.folder, lambda: True):
        assert drop(part(tab, GalleryView), QPoint(10, 10), files(photo))
        sentence = "Another import into things is under way; this one waits."
        details = part(tab, QLabel, "importDetails")
        qtbot.waitUntil(lambda: sentence in details.text())
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 4)
    assert sentence not in details.text()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("cut.zip", "The zip file is damaged: cut.zip."),
        ("none.zip", "text and not a zip: none.zip"),
    ],
)
def test_a_damaged_zip_is_told_and_changes_nothing(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, tmp_path: Path, name: str, sentence: str
) -> None:
    tab = open_tab(camera="")
    whole = write_zip(tmp_path / "whole.zip", "pen/0.jpg", "fork/0.jpg").read_bytes()
    (tmp_path / name).write_bytes(whole[:-40] if name == "cut.zip" else b"no zip")
    drop_beside(tab, files(tmp_path / name))
    qtbot.waitUntil(lambda: sentence in message(tab))
    assert tab.findChild(ImportDialog) is None
    assert ClassFolders(things).counts() == {"pen": 3, "cup": 1, "key": 0}


def test_what_would_lead_out_of_a_zip_or_is_locked_is_told_and_left_out(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, tmp_path: Path
) -> None:
    tab = open_tab(camera="")
    names = ("../../evil.jpg", "/etc/evil.jpg", "pen/../../evil.jpg", "fork/0.jpg", "pen/0.jpg")
    tree = write_zip(tmp_path / "tree.zip", *names)
    data = bytearray(tree.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1  # the last one asks for a password
    tree.write_bytes(data)
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    drop_beside(tab, files(tree))
    dialog = preview(qtbot, tab)
    assert totals(dialog) == "1 image into 1 class, which is new"
    assert dialog.messages.text == "4 files cannot be imported."
    press(dialog, "noticeAction")
    assert dialog.messages.details.count("leads out of the zip") == 3
    assert "locked with a password" in dialog.messages.details
    press(dialog, "startImportButton")
    qtbot.waitUntil(lambda: "imported" in message(tab))
    assert message(tab) == "1 image imported into fork. 4 files were left out."
    after = {path for path in tmp_path.rglob("*") if path.is_file()}
    [stored] = (things.folder / "fork").iterdir()
    assert {path for path in after - before if path.suffix == ".jpg"} == {stored}


def test_a_dataset_that_takes_no_images_says_so(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, tmp_path: Path
) -> None:
    tab = open_tab("fashion-mnist", camera="")
    write_pictures(tmp_path / "Bag", 1)
    drop_beside(tab, files(tmp_path / "Bag"))
    qtbot.waitUntil(lambda: "as it was published" in message(tab))


def test_what_brings_in_nothing_is_a_warning_that_says_why(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, tmp_path: Path
) -> None:
    tab = open_tab(camera="")
    notice = tab.findChild(Messages).notice
    (tmp_path / "photos.rar").write_bytes(b"Rar!\x1a\x07\x01\0" + bytes(40))
    drop_beside(tab, files(tmp_path / "photos.rar"))
    qtbot.waitUntil(lambda: "RAR archives are not read" in message(tab))
    assert message(tab).startswith("No image was imported. 1 file was left out: RAR archives")
    assert notice._kind is Kind.WARN
    same = [shutil.copy(path, tmp_path) for path in (things.folder / "pen").iterdir()]
    assert drop(part(tab, ClassView), row_of(tab, 0), files(*map(Path, same)))
    qtbot.waitUntil(lambda: "already" in message(tab))
    assert message(tab) == "All 3 are already here."
    assert notice._kind is Kind.INFO
    assert not part(tab, QPushButton, "noticeAction").isVisible()
    assert ClassFolders(things).counts() == {"pen": 3, "cup": 1, "key": 0}


def test_a_dataset_does_not_take_images_from_its_own_folder(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab
) -> None:
    tab = open_tab(camera="")
    for folder in (things.folder, things.folder / "pen", things.folder.parent):
        drop_beside(tab, files(folder))
        qtbot.waitUntil(lambda: "cannot come from where they go to" in message(tab))
        part(tab, QToolButton, "noticeClose").click()
        assert message(tab) == ""
    assert ClassFolders(things).counts() == {"pen": 3, "cup": 1, "key": 0}


def test_a_split_is_kept_unless_the_person_lets_go_of_it(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, tmp_path: Path
) -> None:
    names = ["train/pen/0.jpg", "train/cup/1.jpg", "test/pen/2.jpg"]
    tab = open_tab(camera="")
    for keeps, archive in ((True, "kept.zip"), (False, "forgotten.zip")):
        drop_beside(tab, files(write_zip(tmp_path / archive, *names)))
        dialog = preview(qtbot, tab)
        check = part(dialog, QCheckBox, "keepSplitCheck")
        assert check.text() == "Keep the split that it comes with: train 2, test 1"
        assert label(dialog, "labelNotes") == "Its part test has no image of cup."
        assert check.isChecked()
        if not keeps:
            press(dialog, "keepSplitCheck")
        press(dialog, "startImportButton")
        qtbot.waitUntil(lambda: "imported" in message(tab))
        tested = count_images(things, Part.TEST)
        assert sum(tested.values()) == int(keeps)
        if keeps:  # else its images would be there already
            tab.activateWindow()
            qtbot.waitUntil(tab.isActiveWindow)
            QTest.keyClick(part(tab, ClassView), Qt.Key.Key_Z, CTRL)
            qtbot.waitUntil(lambda: ClassFolders(things).counts()["pen"] == 3)
            qtbot.waitUntil(lambda: tab.findChild(ImportDialog) is None)


def test_a_table_beside_photos_says_what_they_show(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, tmp_path: Path
) -> None:
    write_pictures(tmp_path / "flat", 3)
    stems = sorted(path.stem for path in (tmp_path / "flat").iterdir())
    rows = "".join(
        f"{stem},{name}\n" for stem, name in zip(stems, ("Key", "mug", "mug"), strict=True)
    )
    (tmp_path / "flat" / "labels.csv").write_text(f"file,label\n{rows}")
    tab = open_tab(camera="")
    drop_beside(tab, files(tmp_path / "flat"))
    dialog = preview(qtbot, tab)
    assert totals(dialog) == "3 images into 2 classes, 1 of them new"
    assert "the column label of labels.csv" in label(dialog, "labelNotes")
    assert dialog.messages.text == ""
    press(dialog, "startImportButton")
    qtbot.waitUntil(lambda: "imported" in message(tab))
    assert ClassFolders(things).counts() == {"pen": 3, "cup": 1, "key": 1, "mug": 2}


def test_boxes_are_cut_out_once_the_person_says_so(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, tmp_path: Path
) -> None:
    for photo in write_pictures(tmp_path / "set" / "images", 2):
        lines = "0 0.5 0.5 0.8 0.8\n"
        (tmp_path / "set" / "labels").mkdir(exist_ok=True)
        (tmp_path / "set" / "labels" / f"{photo.stem}.txt").write_text(lines)
    (tmp_path / "set" / "data.yaml").write_text("names: [key]\n")
    tab = open_tab(camera="")
    drop_beside(tab, files(tmp_path / "set"))
    dialog = preview(qtbot, tab)
    assert "labels of boxes, not of images" in label(dialog, "labelDoubt")
    assert not part(dialog, QPushButton, "startImportButton").isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()
    press(dialog, "labelWay0")
    assert totals(dialog) == "2 images into 1 class"
    press(dialog, "startImportButton")
    qtbot.waitUntil(lambda: "imported" in message(tab))
    assert ClassFolders(things).counts()["key"] == 2
