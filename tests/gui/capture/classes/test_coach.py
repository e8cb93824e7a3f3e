"""What is missing is told in a few sentences, the most urgent one first."""

from __future__ import annotations

import pytest

from cnn_studio.gui.capture.classes.coach import advice

ELSEWHERE = frozenset({""})


@pytest.mark.parametrize(
    ("counts", "sentences"),
    [
        ({}, ["Add a class for each thing that the network shall tell apart."]),
        ({"pen": 0}, ["pen has no images yet."]),
        ({"pen": 9, "cup": 0, "key": 0}, ["cup and 1 more have no images yet."]),
        ({"pen": 500}, ["Add a second class: a network tells things apart."]),
        ({"pen": 500, "cup": 300}, ["cup has 300 of 500."]),
        ({"pen": 500, "cup": 700}, ["Every class has its 500 images: ready to train."]),
        (
            {"pen": 45, "cup": 12},
            [
                "Too few: cup has 12.",
                "pen has 3 times as many images as cup.",
                "cup has 12 of 500.",
            ],
        ),
    ],
)
def test_the_most_urgent_want_comes_first(counts: dict[str, int], sentences: list[str]) -> None:
    assert advice(counts, 500, dict.fromkeys(counts, ELSEWHERE)) == sentences


def test_a_class_from_one_recording_should_be_recorded_elsewhere() -> None:
    one, two = frozenset({"r1"}), frozenset({"r1", "r2"})
    [alone] = advice({"pen": 500, "cup": 500}, 500, {"pen": one, "cup": two})
    assert alone.startswith("pen is all from one recording: move, change the light")
    [both] = advice({"pen": 500, "cup": 500}, 500, {"pen": one, "cup": one})
    assert both.startswith("pen and 1 more are each from one recording")
    [ready] = advice({"pen": 500, "cup": 500}, 500, {"pen": two, "cup": ELSEWHERE})
    assert "ready to train" in ready
