"""A whole video classified, a few frames of each second."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cnn_studio.camera.video_reader import VideoFacts, VideoReader
from cnn_studio.models.unknown import is_unknown
from cnn_studio.prediction.classifier import Classifier, Prediction
from cnn_studio.prediction.timeline import Moment, Segment, segments

FRAMES_PER_SECOND = 4.0
_MOST_MOMENTS = 7200  # half an hour at that rate; longer videos are looked at less often
_SLACK = 1.5  # a moment of a video with uneven frames may last so much longer than its turn


@dataclass(frozen=True)
class _Said:
    """What was said of a frame, before it is decided what is answered."""

    time_s: float
    class_name: str
    probability: float
    score: float | None
    is_background: bool

    def moment(self, accept: float) -> Moment:
        unknown = self.is_background or is_unknown(self.score, accept)
        return Moment(self.time_s, None if unknown else self.class_name, self.probability)


class VideoMoments:
    """What is known of a video so far. One thread adds, another one looks.

    Args:
        facts: What the video is like.
    """

    def __init__(self, facts: VideoFacts) -> None:
        self.facts = facts
        self.frames_per_second = _rate(facts)
        self._lock = threading.Lock()
        self._said: list[_Said] = []

    def add(self, time_s: float, prediction: Prediction, background: str) -> None:
        """Take in what was said of the frame at a time; what is `background` shows no class."""
        name, probability = prediction.top
        said = _Said(time_s, name, probability, prediction.score, name == background)
        with self._lock:
            self._said.append(said)

    def segments(self, accept: float) -> tuple[Segment, ...]:
        """What is known so far; nothing reaches beyond the end of the video.

        Args:
            accept: The share of the images held back that are answered, see `Classifier.accept`.
        """
        with self._lock:
            said = tuple(self._said)
        moments = [each.moment(accept) for each in said]
        longest_s = _SLACK / self.frames_per_second
        end_s = self.facts.duration_s
        return tuple(
            Segment(each.from_s, min(each.to_s, end_s), each.class_name, each.probability)
            for each in segments(moments, longest_s)
            if each.from_s < end_s
        )


def classify_video(
    classifier: Classifier,
    path: Path,
    found: VideoMoments,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Classify a video from its beginning to its end.

    Args:
        classifier: The model.
        path: The video.
        found: Where what was said is added; made for this video.
        progress: Told how many milliseconds of the video are done, of how many.
        cancelled: Asked at every frame; once it says True, this is the end.

    Raises:
        CameraError: The file is gone or damaged.
    """
    total_ms = round(found.facts.duration_s * 1000)
    progress(0, total_ms)
    with VideoReader(path, cancelled) as video:
        for frame in video.frames(0.0, None, found.frames_per_second):
            if cancelled():
                return
            prediction = classifier.classify(frame.image_rgb)
            found.add(frame.time_s, prediction, classifier.bundle.background)
            progress(min(round(frame.time_s * 1000), total_ms), total_ms)
    progress(total_ms, total_ms)


def _rate(facts: VideoFacts) -> float:
    rate = min(FRAMES_PER_SECOND, facts.frames_per_second)
    return min(rate, _MOST_MOMENTS / max(facts.duration_s, 1.0))
