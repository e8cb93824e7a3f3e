"""A whole video classified: a few moments of each second, in order, and it can be ended."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from cnn_studio.camera.video_reader import VideoFacts, measure_video
from cnn_studio.prediction.classifier import Classifier, Prediction
from cnn_studio.prediction.video import VideoMoments, classify_video

COLOURS = {"red": (220, 30, 30), "green": (30, 220, 30), "blue": (30, 30, 220)}


def _write(path: Path, colours: list[str], seconds: float = 1.0, rate: int = 20) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), rate, (64, 48))
    for colour in colours:
        for _frame in range(round(seconds * rate)):
            writer.write(np.full((48, 64, 3), COLOURS[colour][::-1], np.uint8))
    writer.release()
    return path


def _prediction(score: float | None) -> Prediction:
    return Prediction(("cup", "empty"), np.array([0.9, 0.1], np.float32), 1.0, 1.0, score)


def test_the_segments_are_what_the_video_shows(models: Path, tmp_path: Path) -> None:
    path = _write(tmp_path / "clip.avi", ["red", "blue", "blue", "green"])
    found = VideoMoments(measure_video(path))
    told: list[tuple[int, int]] = []
    classify_video(
        Classifier.open(models / "colours", threads=1),
        path,
        found,
        lambda done, total: told.append((done, total)),
    )
    segments = found.segments(0.95)
    assert [each.class_name for each in segments] == ["red", "blue", "green"]
    assert [each.from_s for each in segments] == pytest.approx([0.0, 1.0, 3.0], abs=0.05)
    assert segments[-1].to_s == pytest.approx(4.0, abs=0.05)
    assert told[0] == (0, 4000)
    assert told[-1] == (4000, 4000)
    assert len(told) == 4 * 4 + 2


def test_it_ends_when_it_is_cancelled(models: Path, tmp_path: Path) -> None:
    path = _write(tmp_path / "clip.avi", ["red", "blue"])
    found = VideoMoments(measure_video(path))
    classify_video(
        Classifier.open(models / "colours", threads=1),
        path,
        found,
        cancelled=lambda: len(found.segments(0.95)) > 1,
    )
    assert [each.class_name for each in found.segments(0.95)] == ["red", "blue"]
    assert found.segments(0.95)[-1].to_s < 2.0


def test_what_is_answered_can_be_decided_afterwards() -> None:
    found = VideoMoments(VideoFacts(2.0, 20.0, 64, 48))
    for time_s, score in ((0.0, 0.5), (0.25, 0.1), (0.5, 0.02)):
        found.add(time_s, _prediction(score), "")
    assert [each.class_name for each in found.segments(1.0)] == ["cup"]
    assert [each.class_name for each in found.segments(0.95)] == ["cup", None]
    assert found.segments(0.95)[-1].from_s == 0.5
    assert found.segments(0.8)[-1].from_s == 0.25


def test_the_background_is_unknown_and_what_was_not_measured_is_not() -> None:
    found = VideoMoments(VideoFacts(2.0, 20.0, 64, 48))
    found.add(0.0, _prediction(None), "empty")
    found.add(0.25, _prediction(None), "cup")
    assert [each.class_name for each in found.segments(0.0)] == ["cup", None]


def test_a_long_video_is_looked_at_less_often() -> None:
    assert VideoMoments(VideoFacts(60.0, 30.0, 64, 48)).frames_per_second == 4.0
    assert VideoMoments(VideoFacts(60.0, 2.0, 64, 48)).frames_per_second == 2.0
    assert VideoMoments(VideoFacts(7200.0, 30.0, 64, 48)).frames_per_second == 1.0
