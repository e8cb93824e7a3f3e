"""Many files classified in a row."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cnn_studio.errors import ImageError
from cnn_studio.prediction.classifier import Classifier, Prediction
from cnn_studio.vision.images import is_image_name, read_image


@dataclass(frozen=True, eq=False)
class FilePrediction:
    """What a model says about a file; of `prediction` and `error` exactly one is None.

    Attributes:
        path: The file.
        prediction: What the model says.
        error: Why the file cannot be read, as a sentence.
    """

    path: Path
    prediction: Prediction | None
    error: str | None


def expand_paths(paths: Iterable[Path]) -> list[Path]:
    """Replace each folder by the images in it and below it, sorted by name.

    A file stays in the list whatever its ending is, since someone named it. Hidden folders are
    passed over, links to folders are not followed, and no file comes twice.
    """
    found: dict[Path, None] = {}
    for path in paths:
        for image in _images_below(path) if path.is_dir() else (path,):
            found.setdefault(image)
    return list(found)


def classify_files(
    classifier: Classifier, paths: Iterable[Path], cancelled: Callable[[], bool] = lambda: False
) -> Iterator[FilePrediction]:
    """Classify files one after the other; one that cannot be read does not stop the others.

    Args:
        classifier: The model.
        paths: The files, see `expand_paths`.
        cancelled: Asked before each file; once it says yes, no more come.
    """
    for path in paths:
        if cancelled():
            return
        try:
            prediction = classifier.classify(read_image(path))
        except ImageError as error:
            yield FilePrediction(path, None, str(error))
        else:
            yield FilePrediction(path, prediction, None)


def _images_below(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(parent) / name
            if is_image_name(path):
                yield path
