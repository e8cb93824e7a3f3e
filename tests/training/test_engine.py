"""The engine's process: started, asked, stopped, killed, and gone with its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data.catalog import Dataset
from cnn_studio.instant.image_map import MapTask
from cnn_studio.models.runs import RunStatus, list_runs, open_run
from cnn_studio.paths import Workspace
from cnn_studio.training.engine import Engine
from cnn_studio.training.estimates import DatasetFacts, estimates
from cnn_studio.training.events import (
    Batches,
    Continued,
    EpochDone,
    Estimated,
    Event,
    Failed,
    Finished,
    Message,
    Paused,
    Ready,
    Started,
)
from cnn_studio.training.request import EstimateRequest
from cnn_studio.training.resuming import request_to_resume
from cnn_studio.vision.preparation import InputSpec
from tests.training.class_pictures import QUICK, colours, of_kind, request_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="looks at processes as POSIX has them"),
]

PATIENCE_S = 120.0
LONG = replace(QUICK, epochs=5000)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """An engine that is ready; the tests that use it leave it idle."""
    engine = Engine()
    engine.start()
    assert engine.poll_event(PATIENCE_S) == Ready()
    yield engine
    engine.close()


@pytest.fixture
def own_engine() -> Iterator[Engine]:
    """An engine that a test may kill."""
    engine = Engine()
    yield engine
    engine.close()


@pytest.fixture
def dataset(workspace: Workspace) -> Dataset:
    return colours(workspace)


def _until(engine: Engine, kind: type) -> Event:
    for event in engine.events(PATIENCE_S):
        if isinstance(event, kind):
            return event
    raise AssertionError(f"The training ended without {kind.__name__}.")


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _is_gone(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"  # ended; whoever inherited it has not looked yet


def test_a_training_runs_to_its_end(engine: Engine, workspace: Workspace, dataset: Dataset) -> None:
    engine.train(request_for(dataset, workspace))
    events = list(engine.events(PATIENCE_S))
    assert len(of_kind(events, EpochDone)) == 2
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert open_run(Path(finished.run)).status is RunStatus.FINISHED
    assert engine.is_alive


def test_a_stop_keeps_the_model_and_a_late_one_does_not_stop_the_next_training(
    engine: Engine, workspace: Workspace, dataset: Dataset
) -> None:
    engine.train(request_for(dataset, workspace, LONG))
    _until(engine, EpochDone)
    engine.stop()
    events = list(engine.events(PATIENCE_S))
    assert "Stopped." in of_kind(events, Message)[0].text
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.status == "stopped"
    engine.stop()
    engine.train(request_for(dataset, workspace))
    finished = _until(engine, Finished)
    assert isinstance(finished, Finished)
    assert finished.status == "finished"


def test_a_pause_is_kept_until_the_training_is_to_go_on_or_to_stop(
    engine: Engine, workspace: Workspace, dataset: Dataset
) -> None:
    engine.train(request_for(dataset, workspace, LONG))
    _until(engine, EpochDone)
    engine.pause()
    paused = _until(engine, Paused)
    assert isinstance(paused, Paused)
    assert engine.poll_event(0.3) is None
    engine.go_on()
    _until(engine, Continued)
    _until(engine, EpochDone)
    engine.pause()
    _until(engine, Paused)
    engine.stop()
    finished = _until(engine, Finished)
    assert isinstance(finished, Finished)
    assert finished.status == "stopped"


def test_a_paused_training_that_is_killed_can_be_resumed(
    own_engine: Engine, engine: Engine, workspace: Workspace, dataset: Dataset
) -> None:
    own_engine.train(request_for(dataset, workspace, replace(QUICK, epochs=400)))
    _until(own_engine, EpochDone)
    own_engine.pause()
    paused = _until(own_engine, Paused)
    assert isinstance(paused, Paused)
    own_engine.kill()
    _until(own_engine, Failed)
    (run,) = list_runs(workspace)
    engine.train(request_to_resume(workspace, run.name))
    started = _until(engine, Started)
    assert isinstance(started, Started)
    assert (started.epochs_before, started.steps_before) == (paused.epoch - 1, paused.step)
    engine.stop()
    _until(engine, Finished)


def test_a_training_is_estimated_by_the_warm_engine(engine: Engine) -> None:
    facts = DatasetFacts(InputSpec(64, 3), 3, image_count=48)
    engine.estimate(EstimateRequest(7, QUICK, facts))
    told = engine.poll_event(PATIENCE_S)
    assert isinstance(told, Estimated)
    assert told.number == 7
    assert told.estimates.seconds is not None
    assert told.estimates.times is not None
    assert 0 < told.estimates.seconds < 60
    assert told.estimates == replace(
        estimates(QUICK, facts),
        seconds=told.estimates.seconds,
        free_bytes=told.estimates.free_bytes,
        times=told.estimates.times,
    )
    engine.estimate(EstimateRequest(8, replace(QUICK, image_size=512), facts))
    told = engine.poll_event(PATIENCE_S)
    assert isinstance(told, Estimated)
    assert told.estimates.seconds is None
    assert "larger than a model file" in told.estimates.problem


def test_what_cannot_be_trained_is_a_sentence_and_the_engine_lives_on(
    engine: Engine, workspace: Workspace, dataset: Dataset
) -> None:
    for path in (dataset.folder / "red").iterdir():
        path.unlink()
    engine.train(request_for(dataset, workspace))
    failed = _until(engine, Failed)
    assert isinstance(failed, Failed)
    assert "Too few: red (0)" in failed.message
    assert engine.is_alive
    assert engine.poll_event(0.0) is None


def test_a_killed_training_is_told_and_leaves_older_runs_whole(
    own_engine: Engine, engine: Engine, workspace: Workspace, dataset: Dataset
) -> None:
    engine.train(request_for(dataset, workspace))
    older = _until(engine, Finished)
    assert isinstance(older, Finished)
    before = {path: path.read_bytes() for path in Path(older.run).rglob("*") if path.is_file()}

    own_engine.train(request_for(dataset, workspace, LONG))
    started = _until(own_engine, Started)
    assert isinstance(started, Started)
    _until(own_engine, EpochDone)
    process = own_engine.process_id
    assert process is not None
    os.kill(process, signal.SIGKILL)
    failed = _until(own_engine, Failed)
    assert isinstance(failed, Failed)
    assert "memory ran out" in failed.message
    assert own_engine.poll_event(0.0) is None
    assert not own_engine.is_alive
    assert not Path(f"/proc/{process}").exists()

    assert open_run(Path(started.run)).status is RunStatus.INTERRUPTED
    assert {path: path.read_bytes() for path in before} == before
    assert [run.is_usable for run in list_runs(workspace)].count(True) == 1


def test_other_work_that_is_killed_is_not_called_a_training(own_engine: Engine) -> None:
    random = np.random.default_rng(1)
    own_engine.train(MapTask(random.normal(size=(5_000, 50)).astype(np.float32)))
    assert own_engine.process_id is not None
    os.kill(own_engine.process_id, signal.SIGKILL)
    failed = _until(own_engine, Failed)
    assert isinstance(failed, Failed)
    assert failed.message.startswith("The work was ended by the system")
    assert "training" not in failed.message


def test_a_kill_of_our_own_is_not_taken_for_a_lack_of_memory(
    own_engine: Engine, workspace: Workspace, dataset: Dataset
) -> None:
    own_engine.train(request_for(dataset, workspace))
    own_engine.kill()
    failed = _until(own_engine, Failed)
    assert isinstance(failed, Failed)
    assert "ended before it could write its model" in failed.message


def test_an_engine_that_died_can_be_started_again(own_engine: Engine) -> None:
    own_engine.start()
    first = own_engine.process_id
    own_engine.start()
    assert own_engine.process_id == first
    own_engine.kill()
    _wait_for(lambda: not own_engine.is_alive)
    own_engine.start()
    assert own_engine.is_alive
    assert own_engine.process_id != first


def test_closing_while_tensorflow_loads_is_quick_and_leaves_no_process(own_engine: Engine) -> None:
    own_engine.start()
    process = own_engine.process_id
    own_engine.close(timeout_s=PATIENCE_S)
    assert not own_engine.is_alive
    assert not Path(f"/proc/{process}").exists()
    own_engine.close()


def test_closing_during_a_training_stops_it_in_order(
    own_engine: Engine, workspace: Workspace, dataset: Dataset
) -> None:
    own_engine.train(request_for(dataset, workspace, LONG))
    _until(own_engine, Batches)
    own_engine.close(timeout_s=PATIENCE_S)
    (run,) = list_runs(workspace)
    assert run.status is RunStatus.STOPPED
    assert run.is_usable


_PARENT = """
import sys
from pathlib import Path
from cnn_studio.data.catalog import find_dataset
from cnn_studio.paths import Workspace
from cnn_studio.training.engine import Engine
from cnn_studio.training.estimates import DatasetFacts, estimates
from cnn_studio.training.events import Batches, Failed
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.request import TrainingRequest

if __name__ == "__main__":
    early = sorted({"tensorflow", "keras", "sklearn", "ai_edge_litert"} & set(sys.modules))
    print(early, flush=True)
    workspace = Workspace(Path(sys.argv[1]))
    recipe = Recipe(epochs=5000, batch_size=8, image_size=16)
    engine = Engine()
    engine.train(TrainingRequest(find_dataset(workspace, "colours"), recipe, workspace.runs))
    for event in engine.events(120.0):
        if isinstance(event, (Batches, Failed)):
            print(event.event, engine.process_id, flush=True)
"""


@pytest.mark.parametrize("way", ["script", "command"])
def test_the_engine_dies_with_its_parent_and_the_parent_has_no_tensorflow(
    workspace: Workspace, dataset: Dataset, tmp_path: Path, way: str
) -> None:
    script = tmp_path / "parent"  # without an ending, as a console script is
    script.write_text(_PARENT)
    start = [str(script)] if way == "script" else ["-c", _PARENT]
    with subprocess.Popen(
        [sys.executable, *start, str(workspace.root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stderr is not None
        assert parent.stdout.readline() == "[]\n"
        said, engine = parent.stdout.readline().split()
        assert said == "batches"
        parent.kill()
        parent.wait()
        _wait_for(lambda: _is_gone(int(engine)))
        assert parent.stderr.read() == ""
    assert list_runs(workspace)[0].status is RunStatus.INTERRUPTED
