"""Work that was broken off: the next start offers to finish it, to take it back, or to keep it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_notes import broken_imports
from cnn_studio.data.packing import pack_dataset
from cnn_studio.data.trash import count_trash
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.transfer.broken_off_offer import BrokenOffOffer
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace
from tests.data.pictures import put_photo
from tests.gui.capture.conftest import OpenTab
from tests.gui.capture.test_capture_tab import message, part
from tests.killed import kill_after

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")

COUNT = 12


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Twelve photos of a class that is there, and of one that is not."""
    for number in range(COUNT):
        put_photo(tmp_path / "photos" / ("key", "mug")[number // 6] / f"{number:02}.jpg", number)
    return tmp_path / "photos"


@pytest.fixture
def broken(workspace: Workspace, things: Dataset, source: Path) -> Dataset:
    """Things, into which an import was killed after some eight photos."""
    kill_after(9, "import", workspace.root, "things", source)
    return things


def offer(tab: CaptureTab) -> BrokenOffOffer:
    return part(tab, BrokenOffOffer)


def answers(tab: CaptureTab) -> list[str]:
    return [each.text() for each in offer(tab).findChildren(QPushButton) if not each.isHidden()]


def press(tab: CaptureTab, name: str) -> None:
    button = part(tab, QPushButton, name)
    assert not button.isHidden()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def count(dataset: Dataset) -> int:
    return sum(ClassFolders(dataset).counts().values())


def test_nothing_is_asked_where_nothing_broke_off(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab, studio: Studio
) -> None:
    tab = open_tab(camera="")
    qtbot.waitUntil(lambda: not studio.jobs._running)
    assert offer(tab).text == ""


def test_it_says_what_is_in_and_brings_in_the_rest(
    qtbot: QtBot, broken: Dataset, open_tab: OpenTab
) -> None:
    there = count(broken) - 4
    tab = open_tab(camera="")
    qtbot.waitUntil(lambda: offer(tab).text != "")
    assert offer(tab).text == (
        f"An import into Things was broken off: {there} of {COUNT} images are in. "
        "Continue brings in the rest."
    )
    assert answers(tab) == ["Continue", "Take back", "Keep these"]
    press(tab, "finishBrokenOff")
    qtbot.waitUntil(lambda: message(tab) == f"{COUNT} images imported into 2 classes.")
    assert count(broken) == 4 + COUNT
    assert offer(tab).text == ""
    assert broken_imports(broken) == []
    part(tab, QToolButton, "undoButton").click()  # of all, not of the rest alone
    qtbot.waitUntil(lambda: count(broken) == 4)


def test_continue_stands_first_and_has_a_key_that_is_named(
    qtbot: QtBot, broken: Dataset, open_tab: OpenTab
) -> None:
    tab = open_tab(camera="")
    qtbot.waitUntil(lambda: offer(tab).text != "")
    buttons = [each for each in offer(tab).findChildren(QPushButton) if not each.isHidden()]
    first = min(buttons, key=lambda each: each.x())
    assert first.text() == "Continue"
    hints = offer(tab).key_hints()
    assert hints[0] == ("Alt+N", "Continue where it stopped")
    assert [key for key, _what in hints] == ["Alt+N", "Alt+B", "Alt+K"]
    QTest.keyClick(tab, Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: message(tab) == f"{COUNT} images imported into 2 classes.")
    assert offer(tab).key_hints() == []


def test_taken_back_it_lies_in_the_trash_and_that_can_be_undone(
    qtbot: QtBot, broken: Dataset, open_tab: OpenTab
) -> None:
    there = count(broken) - 4
    tab = open_tab(camera="")
    qtbot.waitUntil(lambda: offer(tab).text != "")
    QTest.keyClick(tab, Qt.Key.Key_B, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: "was taken back" in message(tab))
    assert f"{there} images lie in the trash" in message(tab)
    assert ClassFolders(broken).counts() == {"pen": 3, "cup": 1, "key": 0}
    assert count_trash(broken.folder) == there
    qtbot.waitUntil(part(tab, QToolButton, "undoButton").isEnabled)
    part(tab, QToolButton, "undoButton").click()
    qtbot.waitUntil(lambda: count(broken) == 4 + there)


def test_kept_it_can_be_undone_and_is_not_asked_again(
    qtbot: QtBot, broken: Dataset, open_tab: OpenTab
) -> None:
    there = count(broken) - 4
    tab = open_tab(camera="")
    qtbot.waitUntil(lambda: offer(tab).text != "")
    press(tab, "keepBrokenOff")
    assert offer(tab).text == ""
    qtbot.waitUntil(lambda: broken_imports(broken) == [])
    undo = part(tab, QToolButton, "undoButton")
    qtbot.waitUntil(undo.isEnabled)
    assert f"Import {there} images" in undo.toolTip()
    undo.click()
    qtbot.waitUntil(lambda: count(broken) == 4)


def test_without_its_source_there_is_nothing_to_finish(
    qtbot: QtBot, broken: Dataset, open_tab: OpenTab, source: Path
) -> None:
    shutil.rmtree(source)
    tab = open_tab(camera="")
    qtbot.waitUntil(lambda: offer(tab).text.endswith("What it came from is not there any more."))
    assert answers(tab) == ["Take back", "Keep these"]


def test_that_of_another_dataset_is_asked_about_and_can_be_undone_there(
    qtbot: QtBot, workspace: Workspace, broken: Dataset, open_tab: OpenTab, studio: Studio
) -> None:
    create_dataset(workspace, "Others")
    there = count(broken) - 4
    tab = open_tab("others", camera="")
    qtbot.waitUntil(lambda: "into Things" in offer(tab).text)
    press(tab, "finishBrokenOff")
    qtbot.waitUntil(lambda: message(tab) == f"Things: {COUNT} images imported into 2 classes.")
    assert count(broken) == 4 + COUNT > there
    undo = part(tab, QToolButton, "undoButton")
    assert not undo.isEnabled()
    studio.choose_dataset("things")
    qtbot.waitUntil(undo.isEnabled)
    undo.click()
    qtbot.waitUntil(lambda: count(broken) == 4)


def test_each_is_asked_about_in_turn(
    qtbot: QtBot, workspace: Workspace, broken: Dataset, open_tab: OpenTab, tmp_path: Path
) -> None:
    made = create_dataset(workspace, "Made")
    pack_dataset(create_dataset(workspace, "Full", ["a"]), tmp_path / "full.zip")
    for number in range(6):
        put_photo(workspace.datasets / "full" / "a" / f"{number}.jpg", 50 + number)
    pack_dataset(ClassFolders(made).dataset, tmp_path / "none.zip")
    from cnn_studio.data.catalog import find_dataset

    pack_dataset(find_dataset(workspace, "full"), tmp_path / "full.zip")
    kill_after(3, "unpack", workspace.root, "made", tmp_path / "full.zip", "Made")
    tab = open_tab(camera="")
    qtbot.waitUntil(lambda: offer(tab).text != "")
    first = offer(tab).text
    press(tab, "keepBrokenOff")
    qtbot.waitUntil(lambda: offer(tab).text not in ("", first))
    assert {"Things" in first, "Things" in offer(tab).text} == {True, False}


def test_a_dataset_that_was_made_for_it_goes_with_it(
    qtbot: QtBot, workspace: Workspace, things: Dataset, open_tab: OpenTab, studio: Studio,
    tmp_path: Path,
) -> None:  # fmt: skip
    pack_dataset(things, tmp_path / "packed.zip")
    create_dataset(workspace, "Copy")
    kill_after(2, "unpack", workspace.root, "copy", tmp_path / "packed.zip", "Copy")
    tab = open_tab("copy", camera="")
    qtbot.waitUntil(lambda: "into Copy" in offer(tab).text)
    press(tab, "takeBrokenOffBack")
    qtbot.waitUntil(lambda: "gone with it" in message(tab))
    assert not (workspace.datasets / "copy").exists()
    assert "copy" not in [dataset.name for dataset in studio.datasets]
    assert studio.dataset is not None
    assert studio.dataset.name != "copy"


def test_an_import_that_fails_in_the_middle_is_asked_about_at_once(
    qtbot: QtBot,
    things: Dataset,
    open_tab: OpenTab,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tab = open_tab(camera="")
    flush, calls = os.fsync, iter(range(1000))

    def full(descriptor: int) -> None:
        if next(calls) >= 4:
            raise OSError(28, "No space left on device")
        flush(descriptor)

    monkeypatch.setattr("os.fsync", full)
    tab._imports.bring_in([source / "key"], "key")
    qtbot.waitUntil(lambda: "No space left" in message(tab))
    qtbot.waitUntil(lambda: offer(tab).text.startswith("An import into Things was broken off"))
    monkeypatch.undo()
    press(tab, "finishBrokenOff")
    qtbot.waitUntil(lambda: message(tab) == "6 images imported into key.")


@pytest.mark.parametrize(
    ("button", "left", "says"),
    [
        ("finishBrokenOff", 6, "6 images are copied into"),
        ("takeBrokenOffBack", 0, "were removed from"),
        ("keepBrokenOff", None, ""),
    ],
)
def test_copying_by_class_that_broke_off_is_asked_about_as_well(
    qtbot: QtBot,
    things: Dataset,
    open_tab: OpenTab,
    studio: Studio,
    source: Path,
    tmp_path: Path,
    button: str,
    left: int | None,
    says: str,
) -> None:
    kill_after(4, "copy", studio.work_notes, source / "key", tmp_path / "target")
    there = len(list((tmp_path / "target" / "cup").glob("*.jpg")))
    tab = open_tab(camera="")
    qtbot.waitUntil(lambda: "was broken off" in offer(tab).text)
    assert offer(tab).text.startswith(f"Copying into {tmp_path / 'target'} was broken off: ")
    press(tab, button)
    qtbot.waitUntil(lambda: says in message(tab))
    copies = len(list((tmp_path / "target").rglob("*.jpg")))
    assert copies in ((left,) if left is not None else (there, there - 1))
    qtbot.waitUntil(lambda: not studio.work_notes.exists())
