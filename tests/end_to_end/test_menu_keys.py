"""On a real screen: the keys of the dataset menu, of the tab below it, and of the tour."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_studio.data.catalog import create_dataset
from cnn_studio.paths import Workspace
from tests.end_to_end.studio_window import StudioWindow
from tests.end_to_end.waiting import eventually
from tests.screen import Screen

pytestmark = [pytest.mark.display]


def test_a_key_means_one_thing_in_the_menu_and_another_below_it(
    screen: Screen, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path / "workspace")
    create_dataset(workspace, "desk", ["mug", "pen"])
    with StudioWindow(screen, tmp_path, workspace.root, "demo:shoe") as studio:
        studio.wait_for("cameraRate", lambda rate: "fps" in rate.text)
        studio.click("datasetChooser")
        studio.wait_for("datasetList", lambda view: view.focused)
        studio.click_row("datasetList", "desk")
        studio.wait_for("datasetChooser", lambda button: button.text == "desk")
        before = studio.wait_for("saysButton").checked
        studio.key("ctrl+i")
        studio.wait_for("saysButton", lambda button: button.checked is not before)
        assert studio.find("datasetSettings") is None
        studio.key("alt+d")
        studio.wait_for("datasetList", lambda view: view.focused)
        studio.key("ctrl+i")
        studio.wait_for("datasetSettingsDialog")
        assert studio.wait_for("saysButton").checked is not before
        studio.key("Escape")
        eventually(lambda: studio.find("datasetSettingsDialog") is None, "end of the dialog")
        studio.key("alt+d")
        studio.wait_for("datasetList", lambda view: view.focused)
        studio.key("F2")
        studio.wait_for("popoverField", lambda field: field.focused and field.text == "desk")
        studio.key("Escape")
        eventually(lambda: studio.find("popoverField") is None, "end of the question")
        studio.key("alt+t")
        studio.wait_for("popoverField", lambda field: field.focused)
        studio.key("Escape")
        eventually(lambda: studio.find("popoverField") is None, "end of the question")
        studio.key("alt+j")
        studio.wait_for("largePreparedWindow")
