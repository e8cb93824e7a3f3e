"""Edits of thousands of images say how far they are, and can be ended without a trace."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.class_changes import deletion
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.data.trash import count_trash
from cnn_studio.gui.activities import Activity
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.editing.edit_flow import EditFlow
from cnn_studio.gui.studio import Studio

COUNT = 3000


@pytest.fixture
def folders(things: Dataset) -> ClassFolders:
    """Things, with 3,000 more files that are called as images of key."""
    session = Session.new(SessionKind.IMPORT)
    key = things.folder / "key"
    key.mkdir(exist_ok=True)
    for number in range(COUNT):
        (key / session.file_name(number)).write_bytes(b"x")
    return ClassFolders(things)


@pytest.fixture
def flow(qapp: QApplication, qtbot: QtBot, studio: Studio, folders: ClassFolders) -> EditFlow:
    contents = Contents(studio.jobs, studio)
    contents.show_dataset(folders.dataset)
    qtbot.waitUntil(lambda: contents.is_known)
    return EditFlow(contents, studio.jobs, studio)


def stop_once_begun(studio: Studio) -> list[tuple[str, int]]:
    """Have the next activity ended as soon as some of it is done; what it was, and how many."""
    seen: list[tuple[str, int]] = []

    def on_changed() -> None:
        running: tuple[Activity, ...] = studio.jobs.activities.running
        if running and running[0].done > COUNT // 10 and not running[0].is_stopping:
            seen.append((running[0].about.title, running[0].total))
            running[0].stop()

    studio.jobs.activities.changed.connect(on_changed)
    return seen


def test_moving_many_that_is_ended_leaves_all_as_it_was(
    qtbot: QtBot, studio: Studio, folders: ClassFolders, flow: EditFlow
) -> None:
    seen = stop_once_begun(studio)
    with qtbot.waitSignal(flow.ended_early) as told:
        flow.move(folders.samples("key"), "cup")
    assert told.args == ["Stopped; everything is as it was."]
    assert seen == [("Move 3,000 images to cup", COUNT)]
    assert folders.counts() == {"pen": 3, "cup": 1, "key": COUNT}
    qtbot.waitUntil(lambda: not studio.jobs._running)
    assert not flow.stack.canUndo()


def test_emptying_the_trash_that_is_ended_keeps_what_is_not_gone(
    qtbot: QtBot, studio: Studio, folders: ClassFolders, flow: EditFlow
) -> None:
    folders.carry_out(deletion(folders, folders.samples("key")))
    seen = stop_once_begun(studio)
    with qtbot.waitSignal(flow.edited) as told:
        flow.empty_trash()
    assert told.args == ["Stopped: what is not gone yet stays in the trash."]
    assert seen == [("Empty the trash", COUNT)]
    assert 0 < count_trash(folders.dataset.folder) < COUNT
