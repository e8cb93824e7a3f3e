"""A dataset goes out as a zip, and comes in the same as a new one or into the present one."""

from __future__ import annotations

import errno
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.data.class_changes import class_colour, marking
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.marks import Mark
from cnn_studio.data.packing import pack_dataset
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.transfer import export_flow
from cnn_studio.gui.capture.transfer.import_dialog import ImportDialog
from cnn_studio.gui.capture.transfer.unpack_dialog import UnpackDialog
from cnn_studio.gui.datasets.dataset_button import DatasetButton
from cnn_studio.gui.header import Header
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace
from cnn_studio.whole_files import write_whole
from tests.gui.capture.conftest import OpenTab, names_in, write_pictures
from tests.gui.capture.test_capture_tab import files, message, part
from tests.gui.capture.transfer.test_import_preview import drop_beside, press


def export_to(tab: CaptureTab, target: Path) -> None:
    """Choose the entry of the menu, and a file in the dialog that comes."""
    part(tab, QToolButton, "importButton").menu().actions()[-1].trigger()
    dialog = part(tab, QFileDialog, "exportDialog")
    assert [Path(name).name for name in dialog.selectedFiles()] == ["things.zip"]
    dialog.fileSelected.emit(str(target))
    dialog.reject()


def question(qtbot: QtBot, tab: CaptureTab) -> UnpackDialog:
    qtbot.waitUntil(lambda: tab.findChild(UnpackDialog) is not None)
    return part(tab, UnpackDialog)


def inside(dataset: Path) -> dict[str, bytes]:
    """All files of a dataset that are not hidden."""
    paths = [path for path in dataset.rglob("*") if path.is_file()]
    named = {path.relative_to(dataset).as_posix(): path.read_bytes() for path in paths}
    return {name: data for name, data in named.items() if not name.startswith(".")}


@pytest.fixture
def packed(folders: ClassFolders, tmp_path: Path) -> Path:
    """The things, one of them marked, in a zip."""
    folders.carry_out(class_colour(folders, "pen", "#102030"))
    folders.carry_out(marking(folders, folders.samples("pen")[:1], Mark.EXCLUDED, True))
    pack_dataset(folders.dataset, tmp_path / "packed.zip")
    return tmp_path / "packed.zip"


def test_an_export_says_where_it_is_and_opens_the_folder(
    qtbot: QtBot,
    things: Dataset,
    open_tab: OpenTab,
    packed: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    tab = open_tab(camera="")
    export_to(tab, tmp_path / "out" / "mine.zip")
    qtbot.waitUntil(lambda: "is packed" in message(tab))
    assert message(tab).startswith("Things is packed: 4 images, ")
    assert str(tmp_path / "out" / "mine.zip") in message(tab)
    assert (tmp_path / "out" / "mine.zip").read_bytes() == packed.read_bytes()
    part(tab, QPushButton, "noticeAction").click()
    assert opened == [QUrl.fromLocalFile(str(tmp_path / "out"))]
    assert not part(tab, QWidget, "importStrip").isVisible()


def test_an_export_that_is_ended_leaves_nothing_and_the_older_zip(
    qtbot: QtBot,
    things: Dataset,
    open_tab: OpenTab,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    is_ended = threading.Event()

    def slow(*arguments: object, **options: object) -> int:
        assert is_ended.wait(10)
        return pack_dataset(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(export_flow, "pack_dataset", slow)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.zip").write_bytes(b"older")
    tab = open_tab(camera="")
    export_to(tab, tmp_path / "out" / "mine.zip")
    strip = part(tab, QWidget, "importStrip")
    qtbot.waitUntil(strip.isVisible)
    cross = part(tab, QToolButton, "cancelImportButton")
    assert cross.toolTip() == "Cancel: no zip is written"
    cross.click()
    is_ended.set()
    qtbot.waitUntil(lambda: message(tab) == "The export was ended. No zip was written.")
    assert names_in(tmp_path / "out") == {"mine.zip"}
    assert (tmp_path / "out" / "mine.zip").read_bytes() == b"older"


def test_an_export_to_a_full_disk_says_so_and_leaves_nothing(
    qtbot: QtBot,
    things: Dataset,
    open_tab: OpenTab,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from cnn_studio.data import packing

    def write_until_full(path: Path, write: object) -> None:
        def fill(temporary: Path) -> None:
            temporary.write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")

        write_whole(path, fill)

    monkeypatch.setattr(packing, "write_whole", write_until_full)
    tab = open_tab(camera="")
    export_to(tab, tmp_path / "out" / "mine.zip")
    expected = "mine.zip cannot be written: No space left on device."
    qtbot.waitUntil(lambda: message(tab) == expected)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_packed_dataset_becomes_a_new_one_that_is_the_same(
    qtbot: QtBot,
    things: Dataset,
    packed: Path,
    studio: Studio,
    workspace: Workspace,
    open_tab: OpenTab,
) -> None:
    create_dataset(workspace, "Others")
    tab = open_tab("others", camera="")
    header = Header(studio)
    qtbot.addWidget(header)
    drop_beside(tab, files(packed))
    dialog = question(qtbot, tab)
    field = dialog.findChild(QLineEdit, "newDatasetField")
    problem = dialog.findChild(QLabel, "unpackProblem")
    button = dialog.findChild(QPushButton, "unpackButton")
    assert field is not None
    assert problem is not None
    assert button is not None
    assert field.text() == "Things 2"
    field.selectAll()
    QTest.keyClicks(field, "others")
    assert problem.text() == "There is a dataset of that name already: others."
    assert not button.isEnabled()
    field.selectAll()
    QTest.keyClicks(field, "Same things")
    assert problem.text() == ""
    button.click()
    qtbot.waitUntil(lambda: message(tab) == "4 images imported into 2 classes.")
    made = studio.dataset
    assert made is not None
    assert (made.name, made.title) == ("same-things", "Same things")
    assert header.findChild(DatasetButton, "datasetChooser").title == "Same things"
    before, after = inside(things.folder), inside(made.folder)
    assert {n for n in after if n != "card.toml"} == {n for n in before if n != "card.toml"}
    assert all(after[name] == before[name] for name in after if name != "card.toml")
    assert after["card.toml"].replace(b"Same things", b"Things") == before["card.toml"]
    excluded = ClassFolders(things).marks.names(Mark.EXCLUDED)
    assert ClassFolders(made).marks.names(Mark.EXCLUDED) == excluded
    assert len(excluded) == 1


def test_a_packed_dataset_comes_into_the_present_one_and_can_be_undone(
    qtbot: QtBot, things: Dataset, packed: Path, workspace: Workspace, open_tab: OpenTab
) -> None:
    others = create_dataset(workspace, "Others", ["pen"])
    write_pictures(others.folder / "pen", 1)
    tab = open_tab("others", camera="")
    drop_beside(tab, files(packed))
    dialog = question(qtbot, tab)
    into = dialog.findChild(QRadioButton, "intoPresentDataset")
    assert into is not None
    assert into.text() == "Into Others"
    into.click()
    press(dialog, "unpackButton")
    qtbot.waitUntil(lambda: "already here" in message(tab))
    assert message(tab) == "3 new in 2 classes, 1 already here."
    assert ClassFolders(others).counts() == {"pen": 3, "cup": 1, "key": 0}
    part(tab, QToolButton, "undoButton").click()
    qtbot.waitUntil(lambda: ClassFolders(others).counts() == {"pen": 1, "cup": 0, "key": 0})


def test_folders_that_come_with_a_packed_dataset_are_asked_about_after_it(
    qtbot: QtBot, things: Dataset, packed: Path, open_tab: OpenTab, tmp_path: Path
) -> None:
    tab = open_tab(camera="")
    write_pictures(tmp_path / "more" / "fork", 2)
    drop_beside(tab, files(tmp_path / "more", packed))
    dialog = question(qtbot, tab)
    assert tab.findChild(ImportDialog) is None
    dialog.reject()
    qtbot.waitUntil(lambda: tab.findChild(ImportDialog) is not None)
    part(tab, ImportDialog).reject()
    assert ClassFolders(things).counts() == {"pen": 3, "cup": 1, "key": 0}


def test_a_new_dataset_can_be_made_where_the_present_one_takes_no_images(
    qtbot: QtBot, things: Dataset, packed: Path, open_tab: OpenTab, studio: Studio
) -> None:
    tab = open_tab("fashion-mnist", camera="")
    drop_beside(tab, files(packed))
    dialog = question(qtbot, tab)
    into = dialog.findChild(QRadioButton, "intoPresentDataset")
    assert into is not None
    assert not into.isVisible()
    press(dialog, "unpackButton")
    qtbot.waitUntil(lambda: message(tab) == "4 images imported into 2 classes.")
    assert studio.dataset is not None
    assert studio.dataset.name == "things-2"


@pytest.mark.parametrize("damage", ["cut short", "every image"])
def test_a_new_dataset_into_which_nothing_came_is_gone_again(
    qtbot: QtBot,
    packed: Path,
    open_tab: OpenTab,
    studio: Studio,
    workspace: Workspace,
    damage: str,
) -> None:
    tab = open_tab("fashion-mnist", camera="")
    drop_beside(tab, files(packed))
    dialog = question(qtbot, tab)
    data = packed.read_bytes()
    if damage == "cut short":
        packed.write_bytes(data[: len(data) // 2])
    else:  # each is another one than the manifest says
        packed.write_bytes(data.replace(b"JFIF", b"JFIX"))
    press(dialog, "unpackButton")
    qtbot.waitUntil(lambda: "damaged" in message(tab))
    qtbot.waitUntil(lambda: "things-2" not in [dataset.name for dataset in studio.datasets])
    assert not (workspace.datasets / "things-2").exists()
    assert studio.dataset is not None
    assert studio.dataset.name != "things-2"
