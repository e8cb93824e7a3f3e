"""Two imports of the same images at once store nothing twice, whatever programs they are of."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cnn_studio.data.catalog import create_dataset, discard_if_empty
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_plan import plan_import
from cnn_studio.data.import_turn import import_turn
from cnn_studio.data.intake import run_import
from cnn_studio.data.packing import pack_dataset
from cnn_studio.data.unpacking import unpack_dataset
from cnn_studio.paths import Workspace
from cnn_studio.video_import import FrameChoice, import_videos
from tests.data.pictures import jpeg, put_photo
from tests.videos import write_video

_COUNT = 60


def _source(tmp_path: Path, kind: str) -> Path:
    folder = tmp_path / "photos"
    for number in range(_COUNT):
        put_photo(folder / ("cup", "pen")[number % 2] / f"{number}.jpg", number)
    if kind == "folder":
        return folder
    path = tmp_path / "photos.zip"
    if kind == "packed":
        other = create_dataset(Workspace(tmp_path / "other"), "Other")
        with plan_import(ClassFolders(other), [folder]) as plan:
            run_import(plan)
        pack_dataset(other, path)
        return path
    with zipfile.ZipFile(path, "w") as archive:
        for photo in folder.rglob("*.jpg"):
            archive.write(photo, photo.relative_to(folder))
    return path


@pytest.mark.parametrize("kind", ["folder", "zip", "packed"])
@pytest.mark.parametrize("is_new", [False, True], ids=["there", "new"])
def test_each_image_is_stored_once(
    workspace: Workspace, tmp_path: Path, kind: str, is_new: bool
) -> None:
    if not is_new:
        create_dataset(workspace, "Things")
    command = [sys.executable, "-m", "cnn_studio", "--workspace", str(workspace.root), "import"]
    command += ["things", str(_source(tmp_path, kind))]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[1] for process in both]
    assert not any("Traceback" in text for text in said), said
    stored = Counter(p.read_bytes() for p in (workspace.datasets / "things").glob("*/*.jpg"))
    assert stored == Counter(jpeg(number) for number in range(_COUNT))
    assert 0 in [process.returncode for process in both]
    assert not list((workspace.datasets / "things").rglob("*.part"))


def test_the_turn_comes_and_nothing_is_left_of_it(workspace: Workspace) -> None:
    folder = create_dataset(workspace, "Things").folder
    before = sorted(workspace.datasets.rglob("*"))
    with import_turn(folder, lambda: True) as has_come:
        assert has_come
        shutil.rmtree(folder)  # nothing of the turn lies in it
        with import_turn(folder, lambda: True) as comes_twice:
            assert not comes_twice
    create_dataset(workspace, "Things")
    assert sorted(workspace.datasets.rglob("*")) == before


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS])
def test_where_nothing_can_be_locked_an_import_goes_on_at_once(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    fcntl = pytest.importorskip("fcntl")

    def refuse(_descriptor: int, _operation: int) -> None:
        raise OSError(code, "no locks")

    monkeypatch.setattr(fcntl, "flock", refuse)
    folder = create_dataset(workspace, "Things").folder
    for _time in range(2):
        with import_turn(folder, lambda: pytest.fail("It waits.")) as has_come:
            assert has_come
    assert [path.name for path in workspace.datasets.iterdir()] == ["things"]


@pytest.mark.parametrize("kind", ["folder", "zip", "packed", "video"])
@pytest.mark.parametrize("is_new", [False, True], ids=["there", "new"])
def test_an_import_cancelled_while_it_waits_changes_nothing(
    workspace: Workspace, tmp_path: Path, kind: str, is_new: bool
) -> None:
    things = create_dataset(workspace, "Things")
    if not is_new:
        put_photo(things.folder / "cup" / "mine.jpg", 5)
    video = write_video(tmp_path / "a.avi", range(20))
    source = video if kind == "video" else _source(tmp_path, kind)
    before = _bytes_below(workspace.datasets)
    said: list[str] = []
    folders, cancelled = ClassFolders(things), lambda: bool(said)
    with import_turn(things.folder, lambda: True):
        if kind == "packed":
            report: Any = unpack_dataset(things, source, cancelled=cancelled, waits=said.append)
        elif kind == "video":
            report = import_videos(
                folders, "pen", [source], FrameChoice(), cancelled=cancelled, waits=said.append
            )
        else:
            with plan_import(folders, [source]) as plan:
                report = run_import(plan, cancelled=cancelled, waits=said.append)
        assert not discard_if_empty(things)
    assert not report.imported
    assert said == ["Another import into things is under way; this one waits."]
    assert _bytes_below(workspace.datasets) == before


def test_the_command_says_that_it_waits_and_goes_on_then(
    workspace: Workspace, tmp_path: Path
) -> None:
    things = create_dataset(workspace, "Things")
    command = [sys.executable, "-m", "cnn_studio", "--workspace", str(workspace.root), "import"]
    command += ["things", str(_source(tmp_path, "folder"))]
    with import_turn(things.folder, lambda: True):
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        line = process.stderr.readline()
    assert line == "Another import into things is under way; this one waits.\n"
    process.communicate(timeout=120)
    assert process.returncode == 0
    assert len(list(things.folder.glob("*/*.jpg"))) == _COUNT


def _bytes_below(folder: Path) -> dict[Path, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files if not path.name.endswith(".lock")}
