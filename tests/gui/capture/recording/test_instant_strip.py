"""The strip under the preview names what the camera shows, without a button and a training."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from cnn_studio.camera.demo import DemoCamera
from cnn_studio.camera.spec import parse_spec
from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.gui import feature_work
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.recording.instant_strip import InstantStrip
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.share_bars import ShareCells
from cnn_studio.paths import Workspace
from tests.gui.capture.conftest import OpenTab
from tests.gui.test_instant_work import record


@pytest.fixture
def camera() -> DemoCamera:
    camera = DemoCamera(seed=1, paced=False)
    camera.open()
    return camera


@pytest.fixture
def objects(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    monkeypatch.setattr(feature_work, "_AFTER_MS", 10)
    return create_dataset(workspace, "Mine", ["shoe", "cap"])


def strip_of(tab: CaptureTab) -> InstantStrip:
    return tab.findChild(InstantStrip)


def wait_for_name(qtbot: QtBot, tab: CaptureTab, name: str) -> None:
    qtbot.waitUntil(lambda: strip_of(tab).said.startswith(f"{name} "))


def test_it_says_what_is_missing_and_then_what_it_sees(
    qtbot: QtBot, studio: Studio, objects: Dataset, open_tab: OpenTab, camera: DemoCamera
) -> None:
    record(objects, camera, "shoe", 6)
    record(objects, camera, "cap", 2)
    tab = open_tab(objects.name, "demo:cap")
    strip = strip_of(tab)
    assert strip.isVisible()
    assert strip.said.startswith("With three images in each of two classes")
    studio.instant.learn(record(objects, camera, "cap", 4))
    wait_for_name(qtbot, tab, "cap")
    assert tab.findChild(QLabel, "instantSource").text() == "by 12 images, without a training"
    assert {row.name for row in tab.findChild(ShareCells).rows} == {"cap", "shoe"}
    assert strip.accessibleDescription().startswith("cap ")
    studio.camera.show_demo_object("shoe")
    wait_for_name(qtbot, tab, "shoe")


def test_it_can_be_switched_off_and_stays_so(
    qtbot: QtBot, studio: Studio, objects: Dataset, open_tab: OpenTab, camera: DemoCamera
) -> None:
    record(objects, camera, "shoe")
    record(objects, camera, "cap")
    tab = open_tab(objects.name)
    wait_for_name(qtbot, tab, "shoe")
    button = tab.findChild(QToolButton, "saysButton")
    assert button.isChecked()
    button.click()
    assert strip_of(tab).isHidden()
    assert studio.instant.latest() is None  # and it costs nothing
    other = open_tab(objects.name)
    assert strip_of(other).isHidden()
    other.findChild(QToolButton, "saysButton").click()
    wait_for_name(qtbot, other, "shoe")


def test_it_rests_while_another_tab_is_on_the_screen(
    qtbot: QtBot, studio: Studio, objects: Dataset, open_tab: OpenTab, camera: DemoCamera
) -> None:
    record(objects, camera, "shoe")
    record(objects, camera, "cap")
    tab = open_tab(objects.name)
    wait_for_name(qtbot, tab, "shoe")
    tab.deactivate()
    qtbot.wait(300)
    assert studio.instant.latest() is None
    tab.activate()
    qtbot.waitUntil(lambda: studio.instant.latest() is not None)


def test_without_a_picture_it_says_what_it_has_learned(
    qtbot: QtBot,
    studio: Studio,
    objects: Dataset,
    open_tab: OpenTab,
    camera: DemoCamera,
    tmp_path: Path,
) -> None:
    record(objects, camera, "shoe")
    record(objects, camera, "cap")
    tab = open_tab(objects.name)
    wait_for_name(qtbot, tab, "shoe")
    studio.camera.open(parse_spec(str(tmp_path / "none.avi")))
    qtbot.waitUntil(lambda: strip_of(tab).said.startswith("Learned at once from 12 images"))


def test_a_dataset_that_is_kept_as_it_was_published_has_none(
    idx_dataset: Dataset, open_tab: OpenTab
) -> None:
    tab = open_tab("fashion-mnist")
    assert strip_of(tab).isHidden()
    assert tab.findChild(QToolButton, "saysButton").isHidden()
