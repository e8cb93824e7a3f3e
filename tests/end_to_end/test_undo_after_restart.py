"""What was done can be undone after the program was closed and started again."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.paths import Workspace
from tests.data.pictures import put_photo
from tests.end_to_end.studio_window import StudioWindow
from tests.end_to_end.waiting import eventually
from tests.screen import Screen

pytestmark = [pytest.mark.display]


def test_a_class_deleted_yesterday_comes_back(screen: Screen, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    folders = ClassFolders(create_dataset(workspace, "Things", ["pen", "cup"]))
    for number in range(3):
        put_photo(folders.folder_of("pen") / f"{number}.jpg", number)

    with StudioWindow(screen, tmp_path, workspace.root, "demo:shoe") as studio:
        studio.choose("datasetChooser", "Things")
        studio.click_row("classList", "pen")
        studio.wait_for("classList", lambda view: view.focused)
        studio.key("Delete")
        studio.click("removeClassQuestion-yes")
        said = studio.wait_for("undoText")
        assert said.text == "pen is deleted with its 3 images."
        assert folders.classes() == ("cup",)

    with StudioWindow(screen, tmp_path, workspace.root, "demo:shoe") as studio:
        studio.wait_for("classList", lambda view: len(view.rows) == 1)
        studio.wait_for("undoButton", lambda button: button.enabled)
        studio.key("ctrl+z")
        eventually(lambda: folders.counts() == {"pen": 3, "cup": 0}, "class pen")

    with StudioWindow(screen, tmp_path, workspace.root, "demo:shoe") as studio:
        studio.wait_for("redoButton", lambda button: button.enabled)
        studio.key("ctrl+y")
        eventually(lambda: folders.classes() == ("cup",), "class less")
