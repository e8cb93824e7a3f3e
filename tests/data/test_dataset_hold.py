"""Holds on a dataset: any number at once, none after its end, and none after a kill."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.dataset_hold import Use, dataset_hold, use_of
from cnn_studio.data.leftovers import remove_leftovers
from cnn_studio.data.recorder import Recorder
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.paths import Workspace
from tests.data.pictures import picture

_HOLDER = """
import sys, time
from pathlib import Path
from cnn_studio.data.dataset_hold import Use, dataset_hold
with dataset_hold(Path(sys.argv[1]), Use.RECORDING):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def folder(workspace: Workspace) -> Path:
    return create_dataset(workspace, "Things", ["shoe"]).folder


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.parent.iterdir()]


def test_several_hold_it_and_the_last_one_lets_go(folder: Path) -> None:
    assert use_of(folder) is None
    with dataset_hold(folder, Use.RECORDING):
        with dataset_hold(folder, Use.RECORDING):
            assert use_of(folder) is Use.RECORDING
        assert use_of(folder) is Use.RECORDING
        assert use_of(folder.with_name("thing")) is None
        remove_leftovers(folder.parent)
        assert use_of(folder) is Use.RECORDING
    assert use_of(folder) is None
    assert _names(folder) == ["things"]


def test_a_kill_ends_a_hold(folder: Path) -> None:
    command = [sys.executable, "-c", _HOLDER, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert use_of(folder) is Use.RECORDING
        process.kill()
    assert len(_names(folder)) == 2
    remove_leftovers(folder.parent)
    assert _names(folder) == ["things"]
    assert use_of(folder) is None


def test_where_there_is_no_place_for_a_hold_the_work_goes_on(tmp_path: Path) -> None:
    with dataset_hold(tmp_path / "nowhere" / "things", Use.COPYING):
        assert use_of(tmp_path / "nowhere" / "things") is None
    assert not (tmp_path / "nowhere").exists()


def test_a_recorder_holds_it_until_its_last_frame_is_written(folder: Path) -> None:
    folders = ClassFolders(create_dataset(Workspace(folder.parents[1]), "Mugs", ["shoe"]))
    recorder = Recorder(folders, "shoe", Session.new(SessionKind.RECORDING))
    assert use_of(folders.dataset.folder) is None
    recorder.start()
    assert use_of(folders.dataset.folder) is Use.RECORDING
    recorder.offer(picture(1), 0.0)
    recorder.finish(20.0)
    assert recorder.kept == 1
    assert use_of(folders.dataset.folder) is None
