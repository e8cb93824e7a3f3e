"""On a real screen by keys alone: a new dataset with its classes, which records at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_studio.data.catalog import find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.paths import Workspace
from tests.end_to_end.studio_window import StudioWindow
from tests.end_to_end.waiting import eventually
from tests.screen import Screen

pytestmark = [pytest.mark.display]


def test_a_new_dataset_records_without_the_mouse(screen: Screen, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    with StudioWindow(screen, tmp_path, workspace.root, "demo:shoe") as studio:
        studio.wait_for("cameraRate", lambda rate: "fps" in rate.text)
        studio.key("ctrl+2")
        studio.wait_for("startButton")
        studio.key("ctrl+n")
        studio.wait_for("popoverField", lambda field: field.focused)
        studio.key("d", "e", "s", "k", "Return")
        studio.wait_for("popoverClasses", lambda field: field.focused)
        studio.key("m", "u", "g", "comma", "space", "p", "e", "n", "Return")
        studio.wait_for("classList", lambda view: view.focused and len(view.rows) == 2)
        folders = ClassFolders(find_dataset(workspace, "desk"))
        assert folders.classes() == ("mug", "pen")
        studio.hold_key("space")
        eventually(lambda: folders.counts()["mug"] > 4, "recording of mug")
        studio.let_go_of_key("space")
        assert folders.counts()["pen"] == 0

        studio.key("alt+d")
        studio.wait_for("datasetList", lambda view: view.focused)
        studio.key("Up", "Return")
        eventually(lambda: studio.find("datasetList") is None, "end of the menu")
        assert studio.wait_for("datasetChooser").text != "desk"
