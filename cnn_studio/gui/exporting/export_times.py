"""How long exports take on this computer: measured each time, and shown before the next.

A stage of a format takes about as long as the last time. Part of that grows with the model and part
does not (a runtime is loaded, TensorFlow traces a graph), so it is scaled by the square root of the
models' sizes. What was never measured here is taken from a computer with two cores, scaled by how
much longer TensorFlow takes to start.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QSettings

from cnn_studio.errors import NOT_UNDERSTOOD, StudioError
from cnn_studio.exporting.export import Stage, Step
from cnn_studio.exporting.formats import ExportFormat
from cnn_studio.exporting.verification import ExportReport
from cnn_studio.untrusted_files import json_in

_SETTING = "export/seconds"
_START = "start"
_USUAL_START_S = 6.0
_USUAL_WEIGHTS = 7_400_000
_USUAL_S = {
    (ExportFormat.TFLITE, Stage.WRITING): 3.0,
    (ExportFormat.TFLITE, Stage.COMPARING): 1.0,
    (ExportFormat.TFLITE_DYNAMIC, Stage.WRITING): 3.0,
    (ExportFormat.TFLITE_DYNAMIC, Stage.COMPARING): 0.5,
    (ExportFormat.TFLITE_INT8, Stage.WRITING): 6.0,
    (ExportFormat.TFLITE_INT8, Stage.COMPARING): 0.5,
    (ExportFormat.ONNX, Stage.WRITING): 0.5,
    (ExportFormat.ONNX, Stage.COMPARING): 2.0,
    (ExportFormat.KERAS, Stage.WRITING): 0.5,
    (ExportFormat.KERAS, Stage.COMPARING): 7.0,
    (ExportFormat.SAVED_MODEL, Stage.WRITING): 0.5,
    (ExportFormat.SAVED_MODEL, Stage.COMPARING): 7.0,
}
_LARGEST_SCALE = 8.0
_OVERDUE = 0.1  # what takes longer than was thought will take so much longer still


class ExportTimes:
    """Seconds by format and stage.

    Args:
        settings: Where they are remembered.
    """

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings
        self._measured = _read(str(settings.value(_SETTING, "")))

    def start_s(self) -> float:
        """How long it takes until the first format is begun."""
        return self._measured.get(_START, (_USUAL_START_S, 0))[0]

    def stage_s(self, form: ExportFormat, stage: Stage, weights: int) -> float:
        """How long a stage takes for a model of so many weights."""
        measured = self._measured.get(f"{form}/{stage}")
        if measured is None:
            slower = self.start_s() / _USUAL_START_S
            return _USUAL_S[form, stage] * slower * _scale(weights, _USUAL_WEIGHTS)
        seconds, then = measured
        return seconds * _scale(weights, then)

    def total_s(self, formats: Sequence[ExportFormat], weights: int) -> float:
        """How long an export into these formats takes."""
        stages = (self.stage_s(form, stage, weights) for form in formats for stage in Stage)
        return self.start_s() + sum(stages)

    def note_start(self, seconds: float) -> None:
        """It took so long until the first format was begun."""
        self._note(_START, seconds, 0)

    def note_stage(self, form: ExportFormat, stage: Stage, weights: int, seconds: float) -> None:
        """A stage took so long for a model of so many weights."""
        self._note(f"{form}/{stage}", seconds, weights)

    def _note(self, key: str, seconds: float, weights: int) -> None:
        self._measured[key] = (round(seconds, 2), weights)
        self._settings.setValue(_SETTING, json.dumps(self._measured))


class ExportClock:
    """Measures one export as it goes on, and says how far it is in time.

    Args:
        times: What is known, and learns from it.
        formats: What is exported, in this order.
        weights: The size of the model.
        clock: Seconds that only ever grow.
    """

    def __init__(
        self,
        times: ExportTimes,
        formats: Sequence[ExportFormat],
        weights: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._times = times
        self._weights = weights
        self._clock = clock
        self._stages = [(form, stage) for form in formats for stage in Stage]
        self._expected_s = [
            times.start_s(),
            *(times.stage_s(form, stage, weights) for form, stage in self._stages),
        ]
        self._place = 0  # 0 while TensorFlow starts, then the number of the stage, from 1
        self._began_s = clock()

    @property
    def total_s(self) -> float:
        """How long all was thought to take."""
        return sum(self._expected_s)

    @property
    def share(self) -> float:
        """How much of the time is over, 0 to 1; it never goes back."""
        past = sum(self._expected_s[: self._place])
        present = self._expected_s[self._place] if self._place < len(self._expected_s) else 0.0
        elapsed = self._clock() - self._began_s
        return min(1.0, (past + min(elapsed, present)) / self.total_s)

    @property
    def seconds_left(self) -> float:
        """How long it will still take."""
        if self._place >= len(self._expected_s):
            return 0.0
        elapsed = self._clock() - self._began_s
        present = max(self._expected_s[self._place] - elapsed, _OVERDUE * elapsed)
        return present + sum(self._expected_s[self._place + 1 :])

    def take(self, news: Step | ExportReport) -> None:
        """A stage has begun, or a format is through."""
        now = self._clock()
        if isinstance(news, Step):
            place = self._stages.index((news.format, news.stage)) + 1
        else:  # the last stage of its format is over, or an earlier one failed
            form = ExportFormat(news.format)
            place = 1 + max(n for n, (each, _stage) in enumerate(self._stages, 1) if each is form)
        self._note(place, now - self._began_s)
        if place != self._place:
            self._place, self._began_s = place, now

    def _note(self, place: int, seconds: float) -> None:
        if place != self._place + 1:
            return  # nothing has ended, or something was left out since it failed
        if self._place == 0:
            self._times.note_start(seconds)
        else:
            form, stage = self._stages[self._place - 1]
            self._times.note_stage(form, stage, self._weights, seconds)


def _scale(now: int, then: int) -> float:
    if now <= 0 or then <= 0:
        return 1.0
    return min(max(math.sqrt(now / then), 1 / _LARGEST_SCALE), _LARGEST_SCALE)


def _read(text: str) -> dict[str, tuple[float, int]]:
    """What is remembered; nothing where that is not understood."""
    try:
        found = {
            str(key): (float(seconds), int(weights))
            for key, (seconds, weights) in json_in(text, "times").items()
        }
    except (StudioError, *NOT_UNDERSTOOD):
        return {}
    return {key: value for key, value in found.items() if 0 <= value[0] < math.inf}
