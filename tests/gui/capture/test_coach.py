"""The one sentence that says what is missing."""

from __future__ import annotations

import pytest

from cnn_studio.gui.capture.coach import missing


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ({}, "Add a class for each thing that the network shall tell apart."),
        ({"pen": 0}, "pen has no images yet."),
        ({"pen": 9, "cup": 0, "key": 0}, "cup and 1 more have no images yet."),
        ({"pen": 500}, "Add a second class: a network tells things apart."),
        ({"pen": 500, "cup": 12}, "cup has 12 of 500."),
        ({"pen": 500, "cup": 700}, "Every class has its 500 images: ready to train."),
    ],
)
def test_the_most_urgent_want_comes_first(counts: dict[str, int], sentence: str) -> None:
    assert missing(counts, 500) == sentence
