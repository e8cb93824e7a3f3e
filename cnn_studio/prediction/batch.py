"""Many pictures classified at once, in their order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from queue import SimpleQueue

from cnn_studio.errors import StudioError
from cnn_studio.models.learned import LearnedImages
from cnn_studio.prediction.classifier import Classifier, Prediction
from cnn_studio.prediction.pictures import Picture, Reading
from cnn_studio.vision.images import ImageArray, encode_jpeg, shrink_to_fit

_MOST_WORKERS = 4
_AHEAD = 3  # pictures for each worker, so that none waits for the next
_THUMBNAIL_QUALITY = 85


@dataclass(frozen=True, eq=False)
class FilePrediction:
    """What a model says about a picture; of `prediction` and `error` exactly one is None.

    Attributes:
        picture: Which picture.
        prediction: What the model says.
        error: Why the picture cannot be read, as a sentence.
        true_class: The class that its folder is called after; None where none is.
        is_learned: Whether the model has learned from it; only looked at where its class is known.
        thumbnail: A small JPEG of what could be read again only with effort, else b"".
    """

    picture: Picture
    prediction: Prediction | None
    error: str | None
    true_class: str | None = None
    thumbnail: bytes = b""
    is_learned: bool = False

    @property
    def path(self) -> Path:
        """The file."""
        return self.picture.path

    @property
    def is_wrong(self) -> bool:
        """Whether the most probable class is not the true one, as far as that is known."""
        known = self.prediction is not None and self.true_class is not None
        return known and self.said != self.true_class

    @cached_property
    def said(self) -> str:
        """The most probable class; "" where nothing could be read."""
        return self.prediction.top[0] if self.prediction is not None else ""


def open_classifiers(model: Path, accept: float | None = None) -> list[Classifier]:
    """Open a model as often as it can be of use on this machine, for `classify_pictures`.

    Args:
        model: The run's folder.
        accept: The share of known images that are to be answered; None for the usual one.

    Raises:
        ModelError: The model cannot be used.
        UsageError: The share is none.
    """
    count = max(1, min(os.cpu_count() or 1, _MOST_WORKERS))
    classifiers = [Classifier.open(model, threads=1) for _ in range(count)]
    if accept is not None:
        for classifier in classifiers:
            classifier.accept = accept
    return classifiers


def classify_pictures(
    classifiers: Sequence[Classifier],
    readings: Iterable[Reading],
    cancelled: Callable[[], bool] = lambda: False,
    *,
    thumbnail_px: int = 0,
    learned: LearnedImages | None = None,
) -> Iterator[FilePrediction]:
    """Classify pictures; one that cannot be read does not stop the others.

    Each classifier has a thread of its own, which reads, prepares and classifies: decoders and
    LiteRT let go of Python's lock meanwhile. Answers come in the order of the pictures, and only
    a few are ahead of the one that is waited for, so that memory does not grow with their number.

    Args:
        classifiers: The same model, opened once or several times.
        readings: The pictures.
        cancelled: Asked before each picture; once it says yes, no more come.
        thumbnail_px: The longest side of the thumbnails of frames and of what lies in zips; 0 for
            none.
        learned: Tells which images the model has learned from; None where nobody knows.
    """
    known = learned if learned is not None and learned.is_known else None
    free: SimpleQueue[Classifier] = SimpleQueue()
    for classifier in classifiers:
        free.put(classifier)

    def work(reading: Reading) -> FilePrediction:
        classifier = free.get()
        try:
            return _classified(classifier, reading, thumbnail_px, known)
        finally:
            free.put(classifier)

    waiting: deque[Future[FilePrediction]] = deque()
    with ThreadPoolExecutor(len(classifiers), "classifying") as pool:
        try:
            for reading in readings:
                waiting.append(pool.submit(work, reading))
                if len(waiting) >= _AHEAD * len(classifiers):
                    if cancelled():
                        return
                    yield waiting.popleft().result()
            while waiting and not cancelled():
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _classified(
    classifier: Classifier, reading: Reading, thumbnail_px: int, learned: LearnedImages | None
) -> FilePrediction:
    picture = reading.picture
    true_class = picture.folder if picture.folder in classifier.bundle.classes else None
    try:
        image_rgb = reading.read()
        prediction = classifier.classify(image_rgb)
        is_learned = (
            learned is not None
            and true_class is not None
            and learned.has(classifier.seen, reading.stored)
        )
        is_costly = picture.archive is not None or picture.time_s is not None
        thumbnail = _thumbnail(image_rgb, thumbnail_px) if thumbnail_px and is_costly else b""
    except StudioError as error:
        return FilePrediction(picture, None, str(error), true_class)
    return FilePrediction(picture, prediction, None, true_class, thumbnail, is_learned)


def _thumbnail(image_rgb: ImageArray, side_px: int) -> bytes:
    return encode_jpeg(shrink_to_fit(image_rgb, side_px), _THUMBNAIL_QUALITY)
