"""One process for all tests that try models, because its start takes a second."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from cnn_studio.models.opening.trial import Trial
from cnn_studio.models.runs import Run
from cnn_studio.prediction.classifier import Classifier

GREEN = (30, 220, 30)


@pytest.fixture
def trial() -> Iterator[Trial]:
    """The process."""
    with Trial() as trial:
        yield trial


def says(run: Run, colour: tuple[int, int, int] = GREEN) -> str:
    """What a run's model says of an even image."""
    return Classifier.open(run.folder).classify(np.full((90, 120, 3), colour, np.uint8)).top[0]
