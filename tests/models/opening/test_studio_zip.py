"""A run that goes from one studio to another in a zip."""

from __future__ import annotations

import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.batch_history import BATCHES_FILE, read_batches
from cnn_studio.models.bundle import KERAS_FILE, LITE_FILE, read_bundle
from cnn_studio.models.opening.studio_zip import is_packed_run, pack_run, unpack_run
from cnn_studio.models.opening.trial import Trial
from cnn_studio.models.run_notes import RunNotes, write_notes
from cnn_studio.models.runs import HISTORY_FILE, Run, open_run, usable_runs
from cnn_studio.paths import Workspace
from tests.models.opening.conftest import says


@pytest.fixture
def run(models: Path, tmp_path: Path) -> Run:
    """A run of another studio."""
    folder = Path(shutil.copytree(models / "colours", tmp_path / "theirs" / "best colours"))
    (folder / HISTORY_FILE).write_text("epoch\n")
    (folder / BATCHES_FILE).write_text("epoch,step,steps_per_epoch,loss,accuracy\n1,1,2,.5,.5\n")
    (folder / "secret.txt").write_text("stays at home")
    write_notes(folder, RunNotes(title="Ours"))
    return open_run(folder)


def test_a_run_comes_in_as_it_was(
    run: Run, workspace: Workspace, trial: Trial, tmp_path: Path
) -> None:
    path = pack_run(run, tmp_path / "run.zip")
    assert is_packed_run(path)
    came = unpack_run(path, workspace, trial)
    assert (came.name, came.notes.title, came.bundle) == ("best colours", "Ours", run.bundle)
    names = {each.name for each in came.folder.iterdir()}
    told = {HISTORY_FILE, BATCHES_FILE, "studio.json", "notes.json"}
    assert names == {LITE_FILE, KERAS_FILE, *told}
    assert read_batches(came).losses.tolist() == [0.5]
    assert [each.name for each in usable_runs(workspace)] == ["best colours"]
    assert says(came) == "green"
    assert pack_run(run, tmp_path / "again.zip").read_bytes() == path.read_bytes()


def test_no_run_is_written_over_and_none_comes_twice(
    run: Run, workspace: Workspace, trial: Trial, models: Path, tmp_path: Path
) -> None:
    path = pack_run(run, tmp_path / "run.zip")
    shutil.copytree(models / "grey", workspace.runs / "best colours")
    came = unpack_run(path, workspace, trial)
    assert came.name == "best colours-2"
    assert unpack_run(path, workspace, trial).folder == came.folder
    assert len(list(workspace.runs.iterdir())) == 2
    assert read_bundle(workspace.runs / "best colours").classes == ("dark", "light")


def test_a_hostile_zip_leaves_nothing_behind(
    run: Run,
    workspace: Workspace,
    trial: Trial,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cnn_studio.data.archive_limits.MAX_RATIO", 100)
    link = zipfile.ZipInfo("history.csv.link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    for name, entry, data in (
        ("out.zip", "../evil.txt", b"evil"),
        ("link.zip", link, b"/etc/passwd"),
        ("bomb.zip", "zeros", bytes(64 << 20)),
        ("lite.zip", None, b""),
    ):
        path = pack_run(run, tmp_path / name)
        if entry is None:
            _replace(path, LITE_FILE, b"TFL3" * 8)
        else:
            with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(entry, data)
        with pytest.raises(ModelError):
            unpack_run(path, workspace, trial)
    assert not workspace.runs.is_dir() or list(workspace.runs.iterdir()) == []
    assert not list(tmp_path.rglob("evil.txt"))


def test_other_zips_are_no_packed_runs(models: Path, workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x05\x06")
    for path in (models / "teachable.zip", tmp_path / "broken.zip", models / "colours"):
        assert not is_packed_run(path)
    with pytest.raises(ModelError, match="holds no run"):
        unpack_run(models / "teachable.zip", workspace)


def _replace(path: Path, name: str, data: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {other: archive.read(other) for other in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for other, content in {**members, name: data}.items():
            archive.writestr(other, content)
