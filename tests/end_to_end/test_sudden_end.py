"""The program is killed at a bad moment. What is on disk afterwards is whole."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from cnn_studio.data.catalog import create_dataset, find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_notes import broken_imports
from cnn_studio.data.trash import count_trash
from cnn_studio.models.runs import RunStatus, list_runs
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import read_image
from tests.data.pictures import put_photo
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
    older = train(workspace, 10)
    before = _digests(older)
    with StudioWindow(screen, tmp_path, workspace.root, "demo") as studio:
        studio.click("trainingPage")
        journey.show_all_of_the_recipe(studio)
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


PHOTOS = 6000  # so that the end does not come before the kill


def _write_photos(folder: Path) -> Path:
    for number in range(PHOTOS):
        put_photo(folder / ("fork", "spoon")[number // (PHOTOS // 2)] / f"{number:04}.jpg", number)
    return folder


def _begin_import(studio: StudioWindow, source: Path) -> None:
    """Import a folder of class folders into the dataset on show, and wait until it is under way."""
    studio.click("emptyStateSecond")
    studio.enter_text("fileNameEdit", str(source))
    studio.key("Return")
    studio.click("startImportButton")
    studio.wait_for("importDetails", lambda details: _number(details.text) >= PHOTOS // 60)


def test_a_kill_during_an_import_is_asked_about_and_the_rest_comes_in(
    screen: Screen, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path / "workspace")
    dataset = create_dataset(workspace, "Cutlery")
    source = _write_photos(tmp_path / "photos")
    with StudioWindow(screen, tmp_path, workspace.root, "demo") as studio:
        studio.choose("datasetChooser", "Cutlery")
        _begin_import(studio, source)
        studio.kill()
    there = sum(ClassFolders(dataset).counts().values())
    assert 0 < there < PHOTOS
    with StudioWindow(screen, tmp_path, workspace.root, "demo") as studio:
        question = studio.wait_for("brokenOffText")
        assert question.text.startswith("An import into Cutlery was broken off: ")
        assert _number(question.text.partition(":")[2]) in (there, there - 1)  # one was in hand
        studio.click("finishBrokenOff")
        said = "imported into 2 classes"
        studio.wait_for("noticeText", lambda notice: said in notice.text, timeout_s=180)
        assert studio.find("brokenOffText") is None
    assert ClassFolders(dataset).counts() == {"fork": PHOTOS // 2, "spoon": PHOTOS // 2}
    every = [s for name in ("fork", "spoon") for s in ClassFolders(dataset).samples(name)]
    assert len({sample.session for sample in every}) == 1
    assert len({sample.path.read_bytes() for sample in every}) == PHOTOS


def test_ctrl_q_during_an_import_asks_and_takes_it_back(screen: Screen, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "workspace")
    dataset = create_dataset(workspace, "Cutlery")
    source = _write_photos(tmp_path / "photos")
    with StudioWindow(screen, tmp_path, workspace.root, "demo") as studio:
        studio.choose("datasetChooser", "Cutlery")
        _begin_import(studio, source)
        studio.key("ctrl+q")
        said = studio.wait_for("activityRowDetails", lambda row: "left" in row.text)
        assert f" of {PHOTOS:,}" in said.text
        studio.click("takeBackAndClose")
        assert studio.wait_for_end() == 0
    assert sum(ClassFolders(dataset).counts().values()) == 0
    assert ClassFolders(dataset).classes() == ()
    assert count_trash(dataset.folder) > 0
    assert len(list(source.rglob("*.jpg"))) == PHOTOS


def test_ctrl_q_during_an_import_can_keep_what_is_in_and_undo_it_after_the_next_start(
    screen: Screen, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path / "workspace")
    folders = ClassFolders(create_dataset(workspace, "Cutlery"))
    source = _write_photos(tmp_path / "photos")
    with StudioWindow(screen, tmp_path, workspace.root, "demo") as studio:
        studio.choose("datasetChooser", "Cutlery")
        _begin_import(studio, source)
        studio.key("ctrl+q")
        studio.click("stopAndClose")
        assert studio.wait_for_end() == 0
    there = sum(folders.counts().values())
    assert 0 < there < PHOTOS
    assert broken_imports(folders.dataset) == []
    with StudioWindow(screen, tmp_path, workspace.root, "demo") as studio:
        studio.wait_for("undoButton", lambda button: button.enabled)
        studio.key("ctrl+z")
        eventually(lambda: sum(folders.counts().values()) == 0, "dataset without images", 60)
    assert count_trash(folders.dataset.folder) == there


def test_when_the_system_ends_it_during_an_import_the_next_start_asks(
    screen: Screen, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path / "workspace")
    dataset = create_dataset(workspace, "Cutlery")
    source = _write_photos(tmp_path / "photos")
    with StudioWindow(screen, tmp_path, workspace.root, "demo") as studio:
        studio.choose("datasetChooser", "Cutlery")
        _begin_import(studio, source)
        studio.terminate()
        assert studio.wait_for_end() == 0
    (broken,) = broken_imports(dataset)
    assert 0 < len(broken.samples) < PHOTOS
    assert broken.can_finish


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
