"""Several workers on one machine: identical weights, peers that do not come, peers that die."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from cnn_studio.cli import main
from cnn_studio.data.catalog import Dataset
from cnn_studio.errors import UsageError
from cnn_studio.models.runs import RunStatus, list_runs, open_run, read_history
from cnn_studio.paths import Workspace
from cnn_studio.training.cluster import Cluster, cluster_of_environment, read_cluster
from cnn_studio.training.loop import train
from cnn_studio.training.presets import PRETRAINED
from tests.training.class_pictures import colours, request_for

PATIENCE_S = 120.0
TWO = ("localhost:1", "localhost:2")


def test_a_cluster_file_names_the_workers_and_the_command_which_one_this_is(tmp_path: Path) -> None:
    path = tmp_path / "cluster.toml"
    path.write_text(f"workers = {json.dumps(TWO)}")
    assert read_cluster(path, 1) == Cluster(TWO, 1)
    assert read_cluster(path, 0).is_chief
    with pytest.raises(UsageError, match="--task must be 0 to 1"):
        read_cluster(path, 2)


@pytest.mark.parametrize(
    "text", ["workers = ['one:1']", "workers = ['a:1', 'b']", "machines = []", "workers = 3", "="]
)
def test_a_bad_cluster_file_is_refused_with_what_was_expected(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cluster.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"cluster\.toml|workers = \["):
        read_cluster(path, 0)


def test_tensorflows_own_variable_is_understood() -> None:
    assert cluster_of_environment({}) is None
    cluster = Cluster(TWO, 1)
    assert cluster_of_environment({"TF_CONFIG": cluster.to_config()}) == cluster
    old = {"cluster": {"chief": [TWO[0]], "worker": [TWO[1]]}, "task": {"type": "worker"}}
    old["task"]["index"] = 0
    assert cluster_of_environment({"TF_CONFIG": json.dumps(old)}) == cluster
    with pytest.raises(UsageError, match="TF_CONFIG is not understood"):
        cluster_of_environment({"TF_CONFIG": "{}"})


def test_the_help_says_that_the_network_must_be_trusted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--help"]) == 0
    assert "has no password" in " ".join(capsys.readouterr().out.replace("│", " ").split())


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class _Worker:
    """One `cnn-studio train` with one thread, and what it says."""

    def __init__(self, words: list[str]) -> None:
        environment = {
            **os.environ,
            "TF_NUM_INTRAOP_THREADS": "1",
            "TF_NUM_INTEROP_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }
        command = [sys.executable, "-m", "cnn_studio", *words]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            start_new_session=True,
        )
        self.events: list[dict[str, Any]] = []
        self.told = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self.told:
                self.events.append(json.loads(line))
                self.told.notify_all()

    def wait_for(self, name: str) -> None:
        with self.told:
            found = self.told.wait_for(
                lambda: any(event["event"] == name for event in self.events), PATIENCE_S
            )
        assert found, self.events

    def end(self) -> tuple[int, str]:
        assert self.process.stderr is not None
        errors = self.process.stderr.read()
        code = self.process.wait(PATIENCE_S)
        self._reader.join()
        return code, errors

    def kill(self) -> None:
        """End the worker and its engine at once, as a machine that loses its power."""
        os.killpg(self.process.pid, signal.SIGKILL)

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.process.poll() is None:
            self.kill()
        self.end()
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.process.stdout.close()
        self.process.stderr.close()

    @property
    def weights(self) -> str:
        (text,) = [e["text"] for e in self.events if "Weights after" in e.get("text", "")]
        return str(text)

    @property
    def epochs(self) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == "epoch"]


@pytest.fixture
def dataset(workspace: Workspace) -> Dataset:
    return colours(workspace)


@pytest.fixture
def cluster_file(tmp_path: Path) -> Path:
    path = tmp_path / "cluster.toml"
    workers = [f"127.0.0.1:{_free_port()}" for _ in range(2)]
    path.write_text(f"workers = {json.dumps(workers)}")
    return path


def _words(workspace: Workspace, *more: object) -> list[str]:
    recipe = ["--recipe", "classic", "--batch-size", "8", "--image-size", "16"]
    recipe += ["--validation", "0.25"]
    rest = [str(word) for word in more]
    return ["train", "colours", *recipe, "--json", "--workspace", str(workspace.root), *rest]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.slow
@pytest.mark.usefixtures("dataset")
def test_two_workers_end_with_identical_weights_and_learn_as_one_does(
    workspace: Workspace, cluster_file: Path, stack: ExitStack
) -> None:
    words = _words(workspace, "--epochs", 4, "--cluster", cluster_file)
    both = [stack.enter_context(_Worker([*words, "--task", str(task)])) for task in (0, 1)]
    for worker in both:
        code, errors = worker.end()
        assert (code, errors) == (0, "")
    chief, other = both
    assert chief.weights == other.weights
    (run,) = list_runs(workspace)  # the chief alone has written
    assert run.is_usable
    assert other.epochs == []
    alone = stack.enter_context(_Worker(_words(workspace, "--epochs", 4)))
    assert alone.end() == (0, "")
    for together, single in zip(chief.epochs, alone.epochs, strict=True):
        assert together["loss"] == pytest.approx(single["loss"], abs=0.25)
    assert chief.epochs[-1]["val_accuracy"] == pytest.approx(
        alone.epochs[-1]["val_accuracy"], abs=0.2
    )


@pytest.mark.slow
@pytest.mark.usefixtures("dataset")
def test_a_peer_that_never_comes_is_an_error_after_the_limit(
    workspace: Workspace, cluster_file: Path, stack: ExitStack
) -> None:
    words = _words(workspace, "--cluster", cluster_file, "--task", 0, "--join-limit", 12)
    code, errors = stack.enter_context(_Worker(words)).end()
    assert code == 1
    assert errors.startswith("Not all workers came within 12 s.")
    assert list_runs(workspace) == []


@pytest.mark.slow
@pytest.mark.usefixtures("dataset")
@pytest.mark.parametrize("dies", [0, 1])
def test_a_peer_that_dies_ends_the_others_and_one_worker_can_go_on(
    workspace: Workspace, cluster_file: Path, stack: ExitStack, dies: int
) -> None:
    words = _words(workspace, "--epochs", 2000, "--cluster", cluster_file)
    both = [stack.enter_context(_Worker([*words, "--task", str(task)])) for task in (0, 1)]
    both[0].wait_for("epoch")
    both[dies].kill()
    killed_s = time.monotonic()
    code, errors = both[1 - dies].end()
    assert time.monotonic() - killed_s < 15
    assert code == 1
    assert errors.startswith("Another worker of the cluster has ended")
    (run,) = list_runs(workspace)
    assert run.status is RunStatus.INTERRUPTED
    resumed = stack.enter_context(
        _Worker(["resume", run.name, "--json", "--workspace", str(workspace.root)])
    )
    resumed.wait_for("epoch")
    resumed.process.send_signal(signal.SIGINT)
    assert resumed.end()[0] == 0
    assert list_runs(workspace)[0].status is RunStatus.STOPPED


@pytest.mark.slow
def test_two_workers_take_a_run_up_again_and_end_with_identical_weights(
    workspace: Workspace, dataset: Dataset, cluster_file: Path, stack: ExitStack
) -> None:
    run = train(request_for(dataset, workspace), lambda _event: None, threading.Event())
    before = read_history(open_run(run))
    where = ["--cluster", str(cluster_file), "--workspace", str(workspace.root), "--json"]
    words = ["resume", run.name, "--epochs", "1", *where]
    both = [stack.enter_context(_Worker([*words, "--task", str(task)])) for task in (0, 1)]
    for worker in both:
        assert worker.end() == (0, "")
    chief, other = both
    assert chief.weights == other.weights
    assert other.epochs == []
    history = read_history(open_run(run))
    assert history[:-1] == before
    assert history[-1].epoch == before[-1].epoch + 1


@pytest.mark.slow
def test_the_first_machine_alone_trains_a_pretrained_network(workspace: Workspace) -> None:
    from cnn_studio.models.tensorflow import tf
    from cnn_studio.training.pretrained_training import train as train_pretrained
    from cnn_studio.training.team import Team

    request = request_for(colours(workspace), workspace, PRETRAINED.recipe())
    strategy = tf.distribute.get_strategy()
    events: list[Any] = []
    others = Team(strategy, workers=2, place=1)
    assert train_pretrained(request, events.append, threading.Event(), team=others) == Path()
    assert [type(event).__name__ for event in events] == ["Message", "Finished"]
    assert list_runs(workspace) == []
    chief = Team(strategy, workers=2, place=0)
    run = open_run(train_pretrained(request, events.append, threading.Event(), team=chief))
    assert run.status is RunStatus.FINISHED
