"""Every edit can be taken back and taken again, down to the files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session, SessionKind
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
    "remove": lambda flow, _pens: flow.remove_class("pen"),
    "remove-empty": lambda flow, _pens: flow.remove_class("key"),
    "merge": lambda flow, _pens: flow.merge_class("pen", "cup"),
    "order": lambda flow, _pens: flow.order_classes(["key", "pen", "cup"]),
    "switch": lambda flow, _pens: flow.switch_class("pen", False),
    "colour": lambda flow, _pens: flow.colour_class("pen", "#102030"),
    "exclude": lambda flow, pens: flow.exclude(pens[1:], True),
    "review": lambda flow, pens: flow.review(pens[0], "cup"),
    "review-all": lambda flow, pens: flow.review_all({pens[0]: "cup", pens[1]: "pen"}),
    "regroup": lambda flow, pens: flow.regroup(pens, Session.new(SessionKind.RECORDING)),
}


@pytest.fixture
def contents(qapp: QApplication, qtbot: QtBot, studio: Studio, things: Dataset) -> Contents:
    contents = Contents(studio.jobs, studio)
    with qtbot.waitSignal(contents.samples_changed):
        contents.show_dataset(things)
    qtbot.waitUntil(lambda: contents.is_known)
    return contents


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
    flow.remember_imported("pen", ClassFolders(things).samples("pen"))
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
        flow.remove_class("pen")
    ClassFolders(find_dataset(studio.workspace, "things")).add_class("mug")
    with qtbot.waitSignal(flow.edited):
        flow.undo()
    assert ClassFolders(things).classes() == ("pen", "cup", "key", "mug")
    assert ClassFolders(things).counts()["pen"] == 3
