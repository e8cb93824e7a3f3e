"""The two forms of a model, compared on real images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError
from cnn_studio.models.bundle import LITE_FILE
from cnn_studio.models.lite import LiteModel
from cnn_studio.vision.images import ImageArray

TOLERANCE = 1e-4
"""How far two probabilities may differ by rounding."""


def verify_lite(folder: Path, images: ImageArray, expected: NDArray[np.float32]) -> float:
    """See to it that model.tflite says what the Keras model says.

    Args:
        folder: The run's folder.
        images: Prepared images, (n, size, size, channels), uint8.
        expected: What the Keras model says, (n, classes), float32.

    Returns:
        The largest difference between two probabilities.

    Raises:
        ModelError: A probability differs by more than `TOLERANCE`, or another class comes out on
            top.
    """
    model = LiteModel(folder / LITE_FILE)
    received = np.stack([model.probabilities(image) for image in images])
    largest = float(np.abs(received - expected).max())
    rows = np.arange(len(images))
    # Between equals rounding may choose; only a class that is clearly behind may not come first.
    behind = expected.max(axis=1) - expected[rows, received.argmax(axis=1)]
    if not largest <= TOLERANCE or behind.max() > TOLERANCE:  # "not <=" catches NaN as well
        raise ModelError(
            f"{LITE_FILE} does not agree with the trained model on {len(images)} images, so it "
            f"cannot be used. They differ by up to {largest:.2g}; {TOLERANCE} is allowed."
        )
    return largest
