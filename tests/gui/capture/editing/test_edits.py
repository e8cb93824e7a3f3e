"""Every edit can be taken back and taken again, down to the files."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnn_studio.data import class_changes
from cnn_studio.data.catalog import Dataset, create_dataset, find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.kept_steps import KeptSteps
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.data.trash import list_trash
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.editing.edit_flow import EditFlow
from cnn_studio.gui.studio import Studio

Ask = Callable[[EditFlow, Sequence[Sample]], None]

_ASKED: dict[str, Ask] = {
    "delete": lambda flow, pens: flow.delete(pens[:2]),
    # photo-000.jpg is the name of an image of cup already
    "move": lambda flow, pens: flow.move(pens, "cup"),
    "add": lambda flow, _pens: flow.add_class(" box "),
    "background": lambda flow, _pens: flow.add_background("nothing"),
    "rename": lambda flow, _pens: flow.rename_class("pen", "biro"),
    "rename-case": lambda flow, _pens: flow.rename_class("pen", "Pen"),
    "remove": lambda flow, _pens: flow.remove_class("pen", 3),
    "remove-empty": lambda flow, _pens: flow.remove_class("key", 0),
    "merge": lambda flow, _pens: flow.merge_class("pen", "cup"),
    "order": lambda flow, _pens: flow.order_classes(["key", "pen", "cup"]),
    "switch": lambda flow, _pens: flow.switch_class("pen", False),
    "orientation": lambda flow, _pens: flow.orient_images(False),
    "colour": lambda flow, _pens: flow.colour_class("pen", "#102030"),
    "exclude": lambda flow, pens: flow.exclude(pens[1:], True),
    "review": lambda flow, pens: flow.review(pens[0], "cup"),
    "review-all": lambda flow, pens: flow.review_all({pens[0]: "cup", pens[1]: "pen"}),
    "regroup": lambda flow, pens: flow.regroup(pens, Session.new(SessionKind.RECORDING)),
}


@pytest.fixture
def contents(
    qapp: QApplication, qtbot: QtBot, studio: Studio, things: Dataset
) -> Iterator[Contents]:
    contents = Contents(studio.jobs, studio)
    with qtbot.waitSignal(contents.samples_changed):
        contents.show_dataset(things)
    qtbot.waitUntil(lambda: contents.is_known)
    yield contents
    for each in studio.findChildren(Contents):
        each.show_dataset(None)  # what a step changed on the disk would be looked at once more
    qtbot.waitUntil(lambda: not studio.jobs._running)


@pytest.fixture
def flow(contents: Contents, studio: Studio) -> EditFlow:
    return EditFlow(contents, studio.jobs, studio)


def _state(dataset: Dataset) -> tuple[object, ...]:
    """The card, each file with what it holds, and the marks."""
    now = ClassFolders(dataset)
    files = {
        path.relative_to(dataset.folder).as_posix(): path.read_bytes()
        for path in _images(dataset.folder)
    }
    marks = sorted(now.marks.names(mark) for mark in now.marks._names)
    return now.dataset.card, now.classes(), files, marks


def _images(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.jpg"))


@pytest.mark.parametrize("asked", list(_ASKED))
def test_an_edit_is_taken_back_and_taken_again(
    qtbot: QtBot, flow: EditFlow, things: Dataset, asked: str
) -> None:
    pens = ClassFolders(things).samples("pen")
    before = _state(things)
    with qtbot.waitSignal(flow.edited):
        _ASKED[asked](flow, pens)
    after = _state(things)
    assert after != before
    assert sorted(after[2].values()) == sorted(before[2].values())  # type: ignore[attr-defined]
    for _ in range(2):
        with qtbot.waitSignal(flow.edited):
            flow.undo()
        assert _state(things) == before
        with qtbot.waitSignal(flow.edited):
            flow.redo()
        assert _state(things) == after


def test_what_arrived_goes_and_comes_back(qtbot: QtBot, flow: EditFlow, things: Dataset) -> None:
    before = _state(things)
    now = ClassFolders(things)
    flow.remember_imported(now, "pen", now.samples("pen"))
    with qtbot.waitSignal(flow.edited):
        flow.undo()
    assert ClassFolders(things).counts()["pen"] == 0
    with qtbot.waitSignal(flow.edited):
        flow.redo()
    assert _state(things) == before


def test_a_name_that_is_taken_is_refused(qtbot: QtBot, flow: EditFlow, things: Dataset) -> None:
    before = _state(things)
    with qtbot.waitSignal(flow.failed) as failed:
        flow.add_class("PEN")
    assert "already: pen" in failed.args[0]
    assert _state(things) == before


def test_undoing_keeps_what_another_window_has_added(
    qtbot: QtBot, flow: EditFlow, things: Dataset, studio: Studio
) -> None:
    with qtbot.waitSignal(flow.edited):
        flow.remove_class("pen", 3)
    ClassFolders(find_dataset(studio.workspace, "things")).add_class("mug")
    with qtbot.waitSignal(flow.edited):
        flow.undo()
    assert ClassFolders(things).classes() == ("pen", "cup", "key", "mug")
    assert ClassFolders(things).counts()["pen"] == 3


def _restarted(qtbot: QtBot, studio: Studio) -> EditFlow:
    """The edits as a program that has just been started has them."""
    contents = Contents(studio.jobs, studio)
    flow = EditFlow(contents, studio.jobs, studio)
    contents.show_dataset(find_dataset(studio.workspace, "things"))
    qtbot.waitUntil(lambda: contents.is_known)
    return flow


@pytest.mark.parametrize("asked", list(_ASKED))
def test_an_edit_is_taken_back_after_a_restart_and_again_after_the_next(
    qtbot: QtBot, flow: EditFlow, studio: Studio, things: Dataset, asked: str
) -> None:
    before = _state(things)
    with qtbot.waitSignal(flow.edited):
        _ASKED[asked](flow, ClassFolders(things).samples("pen"))
    after, text = _state(things), flow.stack.undoText()
    for _ in range(2):
        again = _restarted(qtbot, studio)
        qtbot.waitUntil(lambda again=again: again.stack.undoText() == text)
        with qtbot.waitSignal(again.edited):
            again.undo()
        assert _state(things) == before
        again = _restarted(qtbot, studio)
        qtbot.waitUntil(lambda again=again: again.stack.redoText() == text)
        assert not again.stack.canUndo()
        with qtbot.waitSignal(again.edited):
            again.redo()
        assert _state(things) == after


@pytest.mark.parametrize("kind", ["recorded", "imported"])
def test_what_arrived_is_taken_back_after_a_restart(
    qtbot: QtBot, flow: EditFlow, studio: Studio, things: Dataset, kind: str
) -> None:
    now, before = ClassFolders(things), _state(things)
    remember = {"recorded": flow.remember_recorded, "imported": flow.remember_imported}[kind]
    remember(now, "pen", now.samples("pen"))
    assert flow.stack.canUndo()
    qtbot.waitUntil(lambda: not studio.jobs._running)  # as the window does before it closes
    again = _restarted(qtbot, studio)
    qtbot.waitUntil(again.stack.canUndo)
    with qtbot.waitSignal(again.edited):
        again.undo()
    assert now.counts()["pen"] == 0
    with qtbot.waitSignal(again.edited):
        again.redo()
    assert _state(things) == before


def test_each_dataset_has_its_own_history_when_it_is_opened_again(
    qtbot: QtBot, contents: Contents, flow: EditFlow, studio: Studio, things: Dataset
) -> None:
    other = create_dataset(studio.workspace, "Others", ["leaf"])
    with qtbot.waitSignal(flow.edited):
        flow.remove_class("key", 0)
    contents.show_dataset(other)
    assert not flow.stack.canUndo()
    with qtbot.waitSignal(flow.edited):
        flow.add_class("tree")
    contents.show_dataset(things)
    qtbot.waitUntil(lambda: flow.stack.undoText() == "Delete class key")
    contents.show_dataset(other)
    qtbot.waitUntil(lambda: flow.stack.undoText() == "Add class tree")
    with qtbot.waitSignal(flow.edited):
        flow.undo()
    assert ClassFolders(other).classes() == ("leaf",)
    assert ClassFolders(things).classes() == ("pen", "cup")


def test_a_recording_that_ends_after_the_dataset_was_left_can_be_undone_there(
    qtbot: QtBot, contents: Contents, flow: EditFlow, studio: Studio, things: Dataset
) -> None:
    now = ClassFolders(things)
    contents.show_dataset(create_dataset(studio.workspace, "Others", ["leaf"]))
    flow.remember_recorded(now, "pen", now.samples("pen"))
    contents.show_dataset(things)
    qtbot.waitUntil(lambda: flow.stack.undoText() == "Record 3 images of pen")


def test_undo_after_a_restart_does_what_it_can_and_says_what_it_could_not(
    qtbot: QtBot, flow: EditFlow, studio: Studio, things: Dataset
) -> None:
    pens = ClassFolders(things).samples("pen")
    names = [sample.path.name for sample in pens]
    with qtbot.waitSignal(flow.edited):
        flow.move(pens, "key")
    keys = things.folder / "key"
    (keys / names[0]).rename(things.folder / "cup" / "elsewhere.jpg")
    (keys / names[1]).write_bytes(b"another picture under the same name")
    again = _restarted(qtbot, studio)
    qtbot.waitUntil(again.stack.canUndo)
    with qtbot.waitSignal(again.fell_short) as short:
        again.undo()
    assert short.args[0].startswith("Undone: Move 3 images to key, but for 2 files")
    assert [path.name for path in _images(things.folder / "pen")] == [names[2]]
    assert (keys / names[1]).read_bytes() == b"another picture under the same name"
    assert (things.folder / "cup" / "elsewhere.jpg").exists()


def test_a_step_of_which_nothing_is_left_says_so_and_is_forgotten(
    qtbot: QtBot, flow: EditFlow, studio: Studio, things: Dataset
) -> None:
    with qtbot.waitSignal(flow.edited):
        flow.add_class("box")
    with qtbot.waitSignal(flow.edited):
        flow.delete(ClassFolders(things).samples("pen"))
    shutil.rmtree(things.folder / ".trash")
    again = _restarted(qtbot, studio)
    qtbot.waitUntil(again.stack.canUndo)
    with qtbot.waitSignal(again.fell_short) as short:
        again.undo()
    assert "“Delete 3 images” can no longer be taken back" in short.args[0]
    with qtbot.waitSignal(again.edited):
        again.undo()
    assert ClassFolders(things).classes() == ("pen", "cup", "key")
    assert [label.text for label in KeptSteps(things.folder).labels()] == ["Add class box"]


def test_emptying_the_trash_forgets_what_could_be_undone_also_after_a_restart(
    qtbot: QtBot, flow: EditFlow, studio: Studio, things: Dataset
) -> None:
    with qtbot.waitSignal(flow.edited):
        flow.delete(ClassFolders(things).samples("pen"))
    with qtbot.waitSignal(flow.edited):
        flow.empty_trash()
    assert not flow.stack.canUndo()
    assert KeptSteps(things.folder).labels() == []


def test_a_restoring_is_taken_back_after_a_restart(
    qtbot: QtBot, flow: EditFlow, studio: Studio, things: Dataset
) -> None:
    now = ClassFolders(things)
    now.carry_out(class_changes.deletion(now, now.samples("pen")))
    with qtbot.waitSignal(flow.edited):
        flow.restore(list_trash(things.folder))
    assert now.counts()["pen"] == 3
    again = _restarted(qtbot, studio)
    qtbot.waitUntil(lambda: again.stack.undoText() == "Restore 3 images")
    with qtbot.waitSignal(again.edited):
        again.undo()
    assert (now.counts()["pen"], len(list_trash(things.folder))) == (0, 3)
