"""What a network says about many images, without dropout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.training.pipeline import gather


def predict_all(
    predict: Callable[[Any], Any],
    pixels: Any,
    members: NDArray[np.int64],
    batch_size: int,
    cancelled: Callable[[], bool] = lambda: False,
) -> NDArray[np.float32] | None:
    """Run the network on images in memory.

    Args:
        predict: A compiled step: pixels (batch, size, size, channels) uint8 to probabilities.
        pixels: All images, as `pipeline.as_tensors` gives them.
        members: Which of them, (m,), int64.
        batch_size: Images a step.
        cancelled: Asked before each step.

    Returns:
        Probabilities (m, classes), float32; None if it was cancelled.
    """
    parts = []
    for start in range(0, len(members), batch_size):
        if cancelled():
            return None
        chosen = members[start : start + batch_size]
        parts.append(predict(gather(pixels, chosen)).numpy())
    return np.concatenate(parts)
