"""The thread around the real engine: warmed, lost, let go and left."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import find_dataset
from cnn_studio.gui.training import training_thread
from cnn_studio.gui.training.training_thread import TrainingThread
from cnn_studio.models.networks import NetworkKind
from cnn_studio.paths import Workspace
from cnn_studio.training.events import Failed
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.request import TrainingRequest
from tests.gui.training.conftest import fill

WARMING_MS = 90_000


@pytest.fixture
def thread(qtbot: QtBot) -> Iterator[TrainingThread]:
    thread = TrainingThread()
    thread.start()
    yield thread
    thread.leave()
    assert thread.wait(10_000)


@pytest.fixture
def poor_request(workspace: Workspace) -> TrainingRequest:
    """A training that the engine refuses at once, since a class has one image only."""
    folder = workspace.datasets / "poor"
    fill(folder, "red", 4)
    fill(folder, "blue", 1)
    return TrainingRequest(find_dataset(workspace, "poor"), Recipe(), workspace.runs)


def engine_process(thread: TrainingThread) -> int:
    process = thread._engine._process
    assert process is not None
    assert process.pid is not None
    return process.pid


@pytest.mark.slow
def test_an_engine_lost_while_idle_is_replaced_by_the_next_training(
    qtbot: QtBot, thread: TrainingThread, poor_request: TrainingRequest
) -> None:
    told: list[object] = []
    thread.event_received.connect(lambda number, event: told.append((number, event)))
    with qtbot.waitSignal(thread.engine_ready_changed, timeout=WARMING_MS) as ready:
        thread.keep_warm(True)
    assert ready.args == [frozenset({NetworkKind.CNN})]
    with qtbot.waitSignal(thread.engine_ready_changed, timeout=10_000) as lost:
        os.kill(engine_process(thread), signal.SIGKILL)
    assert lost.args == [frozenset()]
    assert told == []
    with qtbot.waitSignal(thread.event_received, timeout=WARMING_MS) as answer:
        thread.train(7, poor_request)
    number, event = answer.args
    assert number == 7
    assert isinstance(event, Failed)
    assert "blue (1)" in event.message


@pytest.mark.slow
def test_an_engine_that_nobody_wants_is_let_go(
    qtbot: QtBot, thread: TrainingThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_thread, "_KEEP_WARM_S", 0.0)
    with qtbot.waitSignal(thread.engine_ready_changed, timeout=WARMING_MS):
        thread.keep_warm(True)
    process = Path(f"/proc/{engine_process(thread)}")
    with qtbot.waitSignal(thread.engine_ready_changed, timeout=10_000) as let_go:
        thread.keep_warm(False)
    assert let_go.args == [frozenset()]
    qtbot.waitUntil(lambda: not process.exists())


def test_leaving_does_not_wait_for_tensorflow(qtbot: QtBot, thread: TrainingThread) -> None:
    thread.keep_warm(True)
    qtbot.waitUntil(lambda: thread._engine.is_alive, timeout=20_000)
    thread.leave()
    assert thread.wait(5_000)
    assert not thread._engine.is_alive


def test_a_training_called_off_before_the_engine_is_ready_is_told_by_its_number(
    qtbot: QtBot, thread: TrainingThread, poor_request: TrainingRequest
) -> None:
    with qtbot.waitSignal(thread.called_off, timeout=5_000) as called_off:
        thread.train(3, poor_request)
        thread.stop()
    assert called_off.args == [3]
