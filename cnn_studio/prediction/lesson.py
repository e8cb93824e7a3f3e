"""What came of teaching: how many taught pictures a model gets right, and the one before it did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cnn_studio.data.samples import Sample
from cnn_studio.errors import ImageError
from cnn_studio.prediction.classifier import Classifier
from cnn_studio.vision.images import ImageArray, read_image


@dataclass(frozen=True)
class Lesson:
    """What two models say of the same pictures.

    Attributes:
        taught: How many pictures there are that can be read.
        right: How many of them the model names rightly.
        right_before: The same for the model before it; None where there is none to ask any more.
    """

    taught: int
    right: int
    right_before: int | None


def lesson_of(
    samples: Sequence[Sample],
    after: Classifier,
    before: Classifier | None,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] | None = None,
) -> Lesson:
    """Ask two models about the pictures that were taught between them.

    They were learned from, so this tells whether the teaching has arrived, and not how good a
    model is.

    Args:
        samples: The pictures, each in the class that it shows.
        after: The model that has learned them.
        before: The model that had not; None if it is gone.
        cancelled: Asked before each picture; once it says yes, the rest is left out.
        progress: Called with how many pictures are done, and how many there are.
    """
    taught = right = right_before = 0
    for done, sample in enumerate(samples):
        if cancelled():
            break
        if progress is not None:
            progress(done, len(samples))
        try:
            image_rgb = read_image(sample.path)
        except ImageError:  # deleted meanwhile
            continue
        taught += 1
        right += _is_right(after, image_rgb, sample.class_name)
        right_before += before is not None and _is_right(before, image_rgb, sample.class_name)
    return Lesson(taught, right, None if before is None else right_before)


def _is_right(classifier: Classifier, image_rgb: ImageArray, class_name: str) -> bool:
    """Whether the class is what a person would read; that it shows none of the others is one."""
    said = classifier.classify(image_rgb)
    is_named = not said.unknown or class_name == classifier.bundle.background
    return said.top[0] == class_name and is_named
