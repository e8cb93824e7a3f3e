"""The thread that classifies: newest frame, newest model, and an end in order."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnn_studio.camera.mailbox import Mailbox
from cnn_studio.camera.source import Frame
from cnn_studio.gui.prediction.live.prediction_thread import PredictionThread
from cnn_studio.models.bundle import LITE_FILE
from tests.gui.prediction.conftest import picture

_sequence = itertools.count(1)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def thread(qtbot: QtBot, mailbox: Mailbox) -> Iterator[PredictionThread]:
    thread = PredictionThread(mailbox)
    thread.start()
    yield thread
    thread.stop()
    assert thread.wait(5000)


def _show(mailbox: Mailbox, colour: str) -> int:
    frame = Frame(picture(colour), next(_sequence), time.monotonic())
    mailbox.put(frame)
    return frame.sequence


def _sees(thread: PredictionThread, sequence: int) -> Callable[[], bool]:
    def seen() -> bool:
        result = thread.latest()
        return result is not None and result.frame.sequence == sequence

    return seen


def _open(qtbot: QtBot, thread: PredictionThread, folder: Path) -> int:
    with qtbot.waitSignal(thread.opened) as opened:
        number = thread.open_run(folder)
    assert opened.args is not None
    assert opened.args[0] == number
    return number


def test_the_newest_frame_is_classified(
    qtbot: QtBot, thread: PredictionThread, mailbox: Mailbox, models: Path
) -> None:
    number = _open(qtbot, thread, models / "colours")
    thread.set_paused(False)
    for colour in ("green", "red", "blue"):
        qtbot.waitUntil(_sees(thread, _show(mailbox, colour)))
        result = thread.latest()
        assert result is not None
        assert result.number == number
        assert result.prediction.top[0] == colour
        assert result.prepared.shape == (32, 32, 3)
        assert result.rate.p50_ms > 0


def test_nothing_is_classified_while_it_is_paused(
    qtbot: QtBot, thread: PredictionThread, mailbox: Mailbox, models: Path
) -> None:
    _open(qtbot, thread, models / "colours")
    thread.set_paused(False)
    qtbot.waitUntil(_sees(thread, _show(mailbox, "red")))
    thread.set_paused(True)
    _show(mailbox, "blue")
    _open(qtbot, thread, models / "grey")  # so it is awake, and yet
    assert thread.latest() is None
    thread.set_paused(False)
    qtbot.waitUntil(_sees(thread, _show(mailbox, "blue")))


def test_a_damaged_model_is_a_sentence_and_the_next_one_works(
    qtbot: QtBot, thread: PredictionThread, mailbox: Mailbox, models: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "studio.json").write_bytes((models / "colours" / "studio.json").read_bytes())
    (damaged / LITE_FILE).write_bytes(b"not a model")
    with qtbot.waitSignal(thread.failed) as failed:
        number = thread.open_run(damaged)
    assert failed.args is not None
    assert failed.args[0] == number
    assert failed.args[1] == "model.tflite is no LiteRT model."
    _open(qtbot, thread, models / "colours")
    thread.set_paused(False)
    qtbot.waitUntil(_sees(thread, _show(mailbox, "red")))


def test_a_result_of_the_model_before_is_never_shown(
    qtbot: QtBot, thread: PredictionThread, mailbox: Mailbox, models: Path
) -> None:
    _open(qtbot, thread, models / "colours")
    thread.set_paused(False)
    qtbot.waitUntil(_sees(thread, _show(mailbox, "red")))
    number = thread.open_run(models / "grey")
    result = thread.latest()
    assert result is None or result.number == number
    qtbot.waitUntil(lambda: _show(mailbox, "red") > 0 and thread.latest() is not None)
    result = thread.latest()
    assert result is not None
    assert result.prediction.classes == ("dark", "light")


def test_of_many_wishes_the_last_one_counts(
    qtbot: QtBot, thread: PredictionThread, models: Path
) -> None:
    answers: list[int] = []
    thread.opened.connect(lambda number, _bundle: answers.append(number))
    numbers = [thread.open_run(models / name) for name in ("colours", "grey", "many", "colours")]
    qtbot.waitUntil(lambda: numbers[-1] in answers)
    assert answers == sorted(answers)


def test_it_ends_at_once_though_no_frame_comes(qtbot: QtBot, models: Path) -> None:
    thread = PredictionThread(Mailbox())
    thread.start()
    _open(qtbot, thread, models / "colours")
    thread.set_paused(False)
    thread.stop()
    assert thread.wait(2000)
