"""The program is killed at a bad moment. What is on disk afterwards is whole."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from cnn_studio.data.catalog import find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.models.runs import RunStatus, list_runs
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import read_image
from tests.demo_workspace import record_demo_images, train
from tests.end_to_end import journey
from tests.end_to_end.studio_window import StudioWindow, Widget, is_running
from tests.end_to_end.waiting import eventually
from tests.screen import Screen

pytestmark = [pytest.mark.slow, pytest.mark.display, pytest.mark.timeout(900)]

_ENGINE_MAY_LIVE_S = 5


def test_kills_while_recording_leave_whole_images_only(screen: Screen, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    kept = 0
    for enough in (3, 11, 26):
        with StudioWindow(screen, tmp_path, workspace.root, "demo") as studio:
            journey.wait_for_camera(studio, "Demo camera")
            studio.wait_for("classList", lambda view, kept=kept: _count(view) == kept)
            studio.choose("rateChooser", "30 fps")
            studio.press("recordButton")
            studio.wait_for("frameCounter", lambda counter, n=enough: _number(counter.text) >= n)
            studio.kill()
        folders = ClassFolders(find_dataset(workspace, "objects"))
        samples = folders.samples("shoe")
        assert len(samples) >= kept + enough
        assert len(samples) == folders.counts()["shoe"]
        assert {read_image(sample.path).shape for sample in samples} == {(480, 640, 3)}
        seen = {path for path in folders.folder_of("shoe").iterdir() if path.name[0] != "."}
        assert seen == {sample.path for sample in samples}, "A rest is taken for an image."
        kept = len(samples)
    assert len({sample.session for sample in folders.samples("shoe")}) == 3


def test_a_kill_while_training_leaves_older_runs_as_they_were(
    screen: Screen, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path / "workspace")
    record_demo_images(workspace, per_class=12)
    older = train(workspace, 1)
    before = _digests(older)
    with StudioWindow(screen, tmp_path, workspace.root, "demo") as studio:
        studio.click("trainingPage")
        studio.enter_text("epochsField", "9999")
        studio.click("startButton")
        studio.wait_for("trainingLog", lambda log: "Epoch 2" in log.text, timeout_s=120)
        processes = studio.kill()
    assert processes, "There was no engine."
    eventually(lambda: not any(map(is_running, processes)), "end of the engine", _ENGINE_MAY_LIVE_S)
    assert _digests(older) == before
    broken, kept = list_runs(workspace)
    assert (broken.status, broken.is_usable) == (RunStatus.INTERRUPTED, False)
    assert kept.folder == older
    assert kept.is_usable

    with StudioWindow(screen, tmp_path, workspace.root, "demo") as studio:
        studio.click("trainingPage")
        listed = studio.wait_for("runsTable", lambda table: len(table.rows) == 2)
        assert "no model" in " ".join((*listed.rows[0].texts, listed.rows[0].accessible))
        studio.wait_for("startButton", lambda button: button.enabled)
        studio.click("predictionPage")
        studio.wait_for("topClass", lambda top: top.text in journey.OBJECTS)


def _count(classes: Widget) -> int:
    """The images of the first class, as the list tells them to a screen reader."""
    row = classes.rows[0] if classes.rows else None
    return _number(row.accessible.partition(":")[2]) if row else -1


def _number(text: str) -> int:
    """The first number in a text; -1 if there is none."""
    words = text.replace(",", "").split()
    return next((int(word) for word in words if word.isdigit()), -1)


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
