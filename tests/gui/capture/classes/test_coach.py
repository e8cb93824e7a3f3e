"""What is missing is told in a few sentences, the most urgent one first."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.gui.capture.classes.coach import advice
from cnn_studio.instant.instant_model import HeldBack

ELSEWHERE = frozenset({""})
STEPS = (10, 40, 200, 500)
ENOUGH = "Enough to train: Ctrl+2"


@pytest.mark.parametrize(
    ("counts", "sentences"),
    [
        ({}, ["Add a class for each thing that the computer is to learn."]),
        ({"pen": 0}, ["pen has no images yet."]),
        ({"pen": 9, "cup": 0, "key": 0}, ["cup and 1 more have no images yet."]),
        ({"pen": 500}, ["Add a second class: a network tells things apart."]),
        ({"pen": 9, "cup": 12}, ["pen has 9 of the first 10."]),
        ({"pen": 10, "cup": 12}, [ENOUGH, "pen has 10 of 40."]),
        ({"pen": 199, "cup": 200}, [ENOUGH, "pen has 199 of 200."]),
        ({"pen": 500, "cup": 300}, [ENOUGH, "cup has 300 of 500."]),
        ({"pen": 500, "cup": 700}, ["Every class has its 500 images: train with Ctrl+2"]),
        (
            {"pen": 45, "cup": 12},
            [ENOUGH, "pen has 3 times as many images as cup.", "cup has 12 of 40."],
        ),
    ],
)
def test_the_most_urgent_want_comes_first(counts: dict[str, int], sentences: list[str]) -> None:
    assert advice(counts, STEPS, dict.fromkeys(counts, ELSEWHERE)) == sentences


def test_a_class_from_one_recording_should_be_recorded_elsewhere() -> None:
    one, two = frozenset({"r1"}), frozenset({"r1", "r2"})
    [_enough, alone] = advice({"pen": 500, "cup": 500}, STEPS, {"pen": one, "cup": two})
    assert alone.startswith("pen is all from one recording: move, change the light")
    [_enough, both] = advice({"pen": 500, "cup": 500}, STEPS, {"pen": one, "cup": one})
    assert both.startswith("pen and 1 more are each from one recording")
    [ready] = advice({"pen": 500, "cup": 500}, STEPS, {"pen": two, "cup": ELSEWHERE})
    assert ready == "Every class has its 500 images: train with Ctrl+2"


def held_back(wrong: int, recordings: int = 3) -> HeldBack:
    """Fifty images of each of pen and cup; so many pens are taken for cups."""
    labels = np.repeat([0, 1], 50)
    said = labels.copy()
    said[:wrong] = 1
    logits = np.zeros((100, 2))
    logits[np.arange(100), said] = 1.0
    return HeldBack(("pen", "cup"), labels, logits, np.zeros(100), (recordings, recordings))


def test_classes_that_are_mixed_up_come_first() -> None:
    counts = {"pen": 50, "cup": 50}
    _enough, first, *_others = advice(
        counts, STEPS, dict.fromkeys(counts, ELSEWHERE), held_back(12)
    )
    assert first == (
        "pen and cup are mixed up: 12 of 100. Record pen from more sides and in more light."
    )


def test_what_is_told_apart_well_has_enough_whatever_the_target() -> None:
    counts = {"pen": 50, "cup": 50}
    assert advice(counts, STEPS, dict.fromkeys(counts, ELSEWHERE), held_back(0)) == [
        ENOUGH,
        "All classes are recognised well: ready to train.",
    ]
    [_enough, left] = advice({**counts, "key": 60}, STEPS, {}, held_back(0))
    assert left == "key has 60 of 200."


def test_one_recording_is_never_enough() -> None:
    counts = {"pen": 50, "cup": 50}
    recordings = dict.fromkeys(counts, frozenset({"r1"}))
    said = advice(counts, STEPS, recordings, held_back(0, recordings=1))
    assert "All classes are recognised well: ready to train." not in said
    assert said[1].startswith("pen and 1 more are each from one recording")
