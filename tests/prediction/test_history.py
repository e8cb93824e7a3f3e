"""The history of the last minutes: bounded, in order, and the same in a file."""

from __future__ import annotations

import csv
import json
import tracemalloc
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.errors import UsageError
from cnn_studio.prediction.classifier import Prediction
from cnn_studio.prediction.history import History
from cnn_studio.prediction.history_file import write_history
from cnn_studio.prediction.smoothing import Answer, Row, answer_of

CLASSES = ("cup", "pen")
NOON_S = datetime(2026, 11, 25, 12, 0, 0).timestamp()


def _prediction(
    top: int = 0, *, unknown: bool = False, score: float | None = 0.5, classes: tuple = CLASSES
) -> Prediction:
    probabilities = np.full(len(classes), 0.25 / max(1, len(classes) - 1), np.float32)
    probabilities[top] = 0.75
    return Prediction(classes, probabilities, 1.0, 2.5, score, unknown)


def _add(history: History, prediction: Prediction, time_s: float) -> None:
    history.add(answer_of(prediction), prediction, time_s)


def test_what_was_said_comes_back_in_order() -> None:
    history = History()
    _add(history, _prediction(0), NOON_S)
    _add(history, _prediction(1, unknown=True, score=None), NOON_S + 1)
    first, second = history.entries()
    assert (first.class_name, first.probability, first.unknown) == ("cup", 0.75, False)
    assert (first.score, first.took_ms) == (0.5, 3.5)
    assert (second.class_name, second.unknown, second.score) == ("pen", True, None)
    assert datetime.fromisoformat(first.time_iso).timestamp() == NOON_S
    assert datetime.fromisoformat(first.time_iso).utcoffset() is not None
    assert [moment.class_name for moment in history.moments(60.0, 100)] == ["cup", None]
    assert [moment.time_s for moment in history.moments(0.5, 100)] == [NOON_S + 1]


def test_it_keeps_what_was_shown_and_not_what_a_frame_alone_says() -> None:
    history = History()
    calm = Answer((Row("pen", 0.6, 60), Row("cup", 0.4, 40)))
    passing = Answer((Row("pen", 0.45, 45), Row("cup", 0.55, 55)), changing=True)
    strange = Answer(passing.rows, unknown=True, changing=True)
    for place, answer in enumerate((calm, passing, strange)):
        history.add(answer, _prediction(0), NOON_S + place)
    shown = [(each.class_name, each.changing, each.unknown) for each in history.entries()]
    assert shown == [("pen", False, False), ("cup", True, False), ("cup", True, True)]
    assert [each.probability for each in history.entries()] == pytest.approx([0.6, 0.55, 0.55])
    named = [(each.class_name, each.changing) for each in history.moments(60.0, 100)]
    assert named == [("pen", False), ("cup", True), (None, False)]


def test_each_entry_says_which_model_it_is_of(tmp_path: Path) -> None:
    history = History()
    for model in ("one", "two"):
        history.model = model
        _add(history, _prediction(), NOON_S)
    assert [entry.model for entry in history.entries()] == ["one", "two"]
    assert [moment.model for moment in history.moments(60.0, 9)] == ["one", "two"]
    write_history(history.entries(), tmp_path / "history.csv")
    with (tmp_path / "history.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["model"] for row in csv.DictReader(stream)] == ["one", "two"]


def test_models_with_other_classes_share_one_history() -> None:
    history = History()
    _add(history, _prediction(1), NOON_S)
    _add(history, _prediction(0, classes=("pen", "hat", "cup")), NOON_S)
    _add(history, _prediction(1, classes=("pen", "hat", "cup")), NOON_S)
    assert [entry.class_name for entry in history.entries()] == ["pen", "pen", "hat"]


def test_it_reaches_ten_minutes_back_and_no_further() -> None:
    history = History()
    for second in range(0, 3600, 10):
        _add(history, _prediction(), NOON_S + second)
    times = [entry.time_s - NOON_S for entry in history.entries()]
    assert times == list(range(2990, 3600, 10))
    assert len(history) == 61


def test_of_many_entries_the_same_few_stand_for_all_while_newer_ones_come() -> None:
    history = History(most_entries=1000)
    seen: list[set[float]] = []
    for number in range(1500):
        _add(history, _prediction(), NOON_S + number / 10)
        if number >= 1000:
            seen.append({moment.time_s for moment in history.moments(60.0, 100)})
    assert all(len(times) <= 100 for times in seen)
    assert all(len(later - earlier) <= 1 for earlier, later in pairwise(seen))


def test_when_it_is_full_the_oldest_give_way() -> None:
    history = History(most_entries=4)
    for number in range(11):
        _add(history, _prediction(number % 2), NOON_S + number)
    assert [entry.time_s - NOON_S for entry in history.entries()] == [7, 8, 9, 10]


def test_a_clock_that_was_set_back_makes_no_future() -> None:
    history = History()
    for time_s in (NOON_S + 3600, NOON_S, NOON_S + 1):
        _add(history, _prediction(), time_s)
    assert [entry.time_s - NOON_S for entry in history.entries()] == [0, 1]


def test_clearing_forgets_everything() -> None:
    history = History()
    _add(history, _prediction(), NOON_S)
    history.clear()
    assert len(history) == 0
    assert history.entries() == ()
    assert history.moments(60.0, 100) == ()
    _add(history, _prediction(1), NOON_S)
    assert [entry.class_name for entry in history.entries()] == ["pen"]


def test_an_hour_at_30_frames_a_second_takes_no_more_memory_than_the_start() -> None:
    history = History()
    assert history._ring.nbytes < 1_000_000
    predictions = [_prediction(0), _prediction(1)]
    answers = [answer_of(prediction) for prediction in predictions]
    _add(history, predictions[0], NOON_S)
    tracemalloc.start()
    for frame in range(60 * 60 * 30):
        history.add(answers[frame % 2], predictions[frame % 2], NOON_S + frame / 30)
    grown, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 10_000
    assert len(history) == pytest.approx(600 * 30, abs=1)


@pytest.fixture
def filled() -> History:
    history = History()
    _add(history, _prediction(0), NOON_S)
    _add(history, _prediction(1, unknown=True, score=None), NOON_S + 0.25)
    return history


def test_it_is_written_as_a_table(filled: History, tmp_path: Path) -> None:
    path = tmp_path / "history.CSV"
    write_history(filled.entries(), path)
    with path.open(encoding="utf-8", newline="") as stream:
        first, second = csv.DictReader(stream)
    assert datetime.fromisoformat(first["time"]).timestamp() == NOON_S
    assert (first["class"], first["probability"], first["unknown"]) == ("cup", "0.75", "false")
    assert (second["class"], second["unknown"], second["score"]) == ("pen", "true", "")
    assert second["milliseconds"] == "3.5"
    assert (second["changing"], second["model"]) == ("false", "")


def test_it_is_written_as_json(filled: History, tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    write_history(filled.entries(), path)
    content = json.loads(path.read_text("utf-8"))
    assert content["schema"] == 1
    first, second = content["entries"]
    assert (first["class"], first["unknown"], first["score"]) == ("cup", False, 0.5)
    assert (second["class"], second["unknown"], second["score"]) == ("pen", True, None)
    assert second["time"].partition("T")[2].startswith("12:00:00.250")


def test_another_ending_is_refused_and_leaves_no_file(filled: History, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.csv or \.json, not as history\.txt"):
        write_history(filled.entries(), tmp_path / "history.txt")
    assert list(tmp_path.iterdir()) == []
