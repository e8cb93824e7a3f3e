"""How long an export will take: from what was measured here, and steadily on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from cnn_studio.exporting.export import Stage, Step
from cnn_studio.exporting.formats import ExportFormat
from cnn_studio.exporting.verification import ExportReport
from cnn_studio.gui.exporting.export_times import ExportClock, ExportTimes
from tests.clock import Clock

ONNX, KERAS = ExportFormat.ONNX, ExportFormat.KERAS
WEIGHTS = 1_000_000


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)


def _export(times: ExportTimes, clock: Clock, *formats: ExportFormat) -> ExportClock:
    """An export that takes 10 s to start, 4 s to write each form and 2 s to compare it."""
    measured = ExportClock(times, formats, WEIGHTS, clock)
    clock.now_s += 10
    for form in formats:
        measured.take(Step(form, Stage.WRITING, 0, 2))
        clock.now_s += 4
        measured.take(Step(form, Stage.COMPARING, 1, 2))
        clock.now_s += 2
        measured.take(ExportReport(str(form), accepted=True))
    return measured


def test_the_next_export_takes_as_long_as_the_last(settings: QSettings) -> None:
    times = ExportTimes(settings)
    assert times.total_s([ONNX], WEIGHTS) > 0  # before anything was measured
    _export(times, Clock(0.0), ONNX)
    again = ExportTimes(settings)  # after a restart
    assert again.total_s([ONNX], WEIGHTS) == pytest.approx(16)
    assert again.start_s() == pytest.approx(10)


def test_a_larger_model_takes_longer_but_not_in_proportion(settings: QSettings) -> None:
    times = ExportTimes(settings)
    _export(times, Clock(0.0), ONNX)
    assert times.stage_s(ONNX, Stage.WRITING, 4 * WEIGHTS) == pytest.approx(8)
    assert times.stage_s(ONNX, Stage.WRITING, 10_000 * WEIGHTS) == pytest.approx(32)
    assert times.stage_s(ONNX, Stage.WRITING, 0) == pytest.approx(4)  # unknown


def test_a_slow_computer_is_slow_with_formats_that_were_never_measured(
    settings: QSettings,
) -> None:
    times = ExportTimes(settings)
    before = times.stage_s(KERAS, Stage.COMPARING, WEIGHTS)
    times.note_start(2 * times.start_s())
    assert times.stage_s(KERAS, Stage.COMPARING, WEIGHTS) == pytest.approx(2 * before)


def test_on_the_way_the_time_left_runs_down_evenly(settings: QSettings) -> None:
    times, clock = ExportTimes(settings), Clock(0.0)
    _export(times, Clock(0.0), ONNX, KERAS)
    measured = ExportClock(times, [ONNX, KERAS], WEIGHTS, clock)
    assert measured.total_s == pytest.approx(22)
    shares = [measured.share]
    steps = {
        10: Step(ONNX, Stage.WRITING, 0, 4),
        14: Step(ONNX, Stage.COMPARING, 1, 4),
        16: ExportReport("onnx", accepted=True),
        16.5: Step(KERAS, Stage.WRITING, 2, 4),
        20: Step(KERAS, Stage.COMPARING, 3, 4),
        22: ExportReport("keras", accepted=True),
    }
    for tenth in range(1, 221):
        clock.now_s = tenth / 10
        if clock.now_s in steps:
            measured.take(steps[clock.now_s])
        assert measured.seconds_left == pytest.approx(22 - clock.now_s, abs=1.0)
        shares.append(measured.share)
    assert shares == sorted(shares)
    assert (shares[-1], measured.seconds_left) == (1.0, 0.0)


def test_what_is_overdue_says_so_without_end(settings: QSettings) -> None:
    clock = Clock(0.0)
    measured = ExportClock(ExportTimes(settings), [ONNX], WEIGHTS, clock)
    clock.now_s = 600
    assert 60 < measured.seconds_left < 90
    assert measured.share < 1


def test_what_failed_is_no_measure(settings: QSettings) -> None:
    times, clock = ExportTimes(settings), Clock(0.0)
    _export(times, Clock(0.0), ONNX)
    measured = ExportClock(times, [ONNX], WEIGHTS, clock)
    clock.now_s = 10
    measured.take(Step(ONNX, Stage.WRITING, 0, 2))
    clock.now_s = 10.1
    measured.take(ExportReport("onnx", why="onnx is missing."))
    assert times.stage_s(ONNX, Stage.WRITING, WEIGHTS) == pytest.approx(4)
    assert measured.seconds_left == 0


@pytest.mark.parametrize("text", ["", "nonsense", "[]", '{"start": 3}', '{"start": [-1, 0]}'])
def test_settings_that_are_not_understood_are_none(settings: QSettings, text: str) -> None:
    settings.setValue("export/seconds", text)
    usual = ExportTimes(QSettings(settings.fileName() + "2", QSettings.Format.IniFormat))
    assert ExportTimes(settings).total_s([ONNX], WEIGHTS) == usual.total_s([ONNX], WEIGHTS)
    times = ExportTimes(settings)
    times.note_start(7.0)
    assert json.loads(str(settings.value("export/seconds"))) == {"start": [7.0, 0]}
