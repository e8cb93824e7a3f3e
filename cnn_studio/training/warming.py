"""TensorFlow loaded and used once, so that the first training starts, and stops, without delay."""

from __future__ import annotations

import numpy as np

from cnn_studio.models.export import LiteForm
from cnn_studio.models.scores import score
from cnn_studio.training.network import build_network
from cnn_studio.vision.preparation import MIN_SIZE, InputSpec


def warm_up() -> None:
    """Build, run, convert and score the smallest network once.

    TensorFlow, LiteRT's converter and scikit-learn import much of themselves on first use.
    """
    network = build_network(InputSpec(MIN_SIZE, 1), 2)
    LiteForm(network)
    score(np.array([0, 1]), np.eye(2, dtype=np.float32), ("a", "b"))
