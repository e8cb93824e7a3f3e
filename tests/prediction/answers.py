"""Answers for tests that need no model."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cnn_studio.prediction.batch import FilePrediction
from cnn_studio.prediction.classifier import Prediction
from cnn_studio.prediction.pictures import Picture

CLASSES = ("cap", "pencil", "shoe")


def answer(
    path: Path,
    said: str = "cap",
    probability: float = 0.9,
    *,
    true: str | None = None,
    score: float | None = None,
    unknown: bool = False,
    error: str | None = None,
) -> FilePrediction:
    """What a model with CLASSES might say of a file, or why it cannot."""
    picture = Picture(path, path.parent.name)
    if error is not None:
        return FilePrediction(picture, None, error, true)
    probabilities = np.full(3, (1 - probability) / 2, np.float32)
    probabilities[CLASSES.index(said)] = probability
    prediction = Prediction(CLASSES, probabilities, 1.0, 1.0, score, unknown)
    return FilePrediction(picture, prediction, None, true)
