"""Keys held down on a real screen, whose system repeats them in its own way, act once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cnn_studio.data.catalog import create_dataset, find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.sessions import recordings_of
from cnn_studio.paths import Workspace
from tests.end_to_end.studio_window import StudioWindow
from tests.end_to_end.waiting import eventually
from tests.screen import Screen

pytestmark = [pytest.mark.display]

_HELD_S = 1.5  # the system begins to repeat after 0.5 s or so, then 25 times a second


def test_keys_that_are_held_act_once(screen: Screen, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    names = ["one", "two", "three", "four", "five"]
    folders = ClassFolders(create_dataset(workspace, "Things", names))

    with StudioWindow(screen, tmp_path, workspace.root, "demo:shoe") as studio:
        studio.wait_for("cameraRate", lambda rate: "fps" in rate.text)
        studio.choose("datasetChooser", "Things")
        studio.click_row("classList", "five")
        studio.wait_for("classList", lambda view: view.focused)

        _hold(studio, "Return")  # a shot
        eventually(lambda: folders.counts()["five"] == 1, "image of five")
        _hold(studio, "space")
        eventually(lambda: folders.counts()["five"] > 4, "recording of five")
        files = [path.name for path in folders.folder_of("five").glob("r*.jpg")]
        assert len(recordings_of(files)) == 2  # the shot, and one recording

        _hold(studio, "Delete")  # it holds images
        studio.wait_for("removeClassQuestion")
        assert folders.classes() == tuple(names)
        _hold(studio, "Return")  # opens nothing, and is let go on the button that keeps it
        eventually(lambda: studio.find("removeClassQuestion") is None, "end of the question")
        assert folders.classes() == tuple(names)

        studio.click_row("classList", "one")
        _hold(studio, "Delete")  # it holds none, and is deleted; the next one is chosen then
        assert folders.classes() == tuple(names[1:])
        _hold(studio, "ctrl+z")
        assert folders.classes() == tuple(names)

        count = folders.counts()["five"]
        studio.click_row("classList", "five")
        gallery = studio.wait_for("gallery", lambda view: len(view.rows) > 0)
        studio.click_place(gallery.rows[0].place)
        _hold(studio, "Delete")
        eventually(lambda: folders.counts()["five"] == count - 1, "one image less")
    assert ClassFolders(find_dataset(workspace, "things")).counts()["five"] == count - 1


def _hold(studio: StudioWindow, key: str) -> None:
    studio.hold_key(key)
    time.sleep(_HELD_S)
    studio.let_go_of_key(key)
