"""Moments become segments: few, in order, and only where something is known."""

from __future__ import annotations

import pytest

from cnn_studio.prediction.timeline import Moment, Segment, segment_at, segments, shares


def _moments(names: str, interval_s: float = 0.25, from_s: float = 0.0) -> list[Moment]:
    """One moment a letter; "?" is unknown."""
    return [
        Moment(from_s + place * interval_s, None if name == "?" else name, 0.5)
        for place, name in enumerate(names)
    ]


def _names(found: tuple[Segment, ...]) -> str:
    return "".join(each.class_name or "?" for each in found)


def test_neighbours_that_say_the_same_are_one_segment() -> None:
    found = segments(_moments("aaabb??a"), 1.0)
    assert _names(found) == "ab?a"
    assert [(each.from_s, each.to_s) for each in found] == [
        (0.0, 0.75),
        (0.75, 1.25),
        (1.25, 1.75),
        (1.75, 2.75),
    ]


def test_the_probability_is_the_mean_by_time() -> None:
    moments = [Moment(0.0, "a", 0.9), Moment(3.0, "a", 0.5)]
    (found,) = segments(moments, 3.0)
    assert found == Segment(0.0, 6.0, "a", pytest.approx(0.7))
    (found,) = segments([Moment(0.0, "a", 0.9), Moment(3.0, "a", 0.5)], 3.0)[:1]
    assert found.length_s == 6.0


def test_where_nothing_is_known_there_is_a_gap() -> None:
    found = segments([*_moments("aa"), *_moments("aa", from_s=10.0)], 1.0)
    assert [(each.from_s, each.to_s) for each in found] == [(0.0, 1.25), (10.0, 11.25)]
    assert segment_at(found, 5.0) is None
    assert segment_at(found, 10.5) is found[1]


def test_an_answer_that_flickers_makes_no_more_segments_than_slots() -> None:
    flickering = _moments("aab" * 600 + "a", interval_s=1 / 30)  # one minute
    assert len(segments(flickering, 1.0)) == 1201
    found = segments(flickering, 1.0, slot_s=1.0)
    assert _names(found) == "a"
    assert found[0].length_s == pytest.approx(61, abs=0.1)
    assert _names(segments(_moments("aaaabbbb" * 3), 1.0, slot_s=1.0)) == "ababab"


def test_while_an_answer_changes_no_class_has_the_time() -> None:
    moments = [Moment(0.0, "a", 0.9), Moment(0.5, "b", 0.5, changing=True), Moment(0.7, "b", 0.9)]
    found = segments(moments, 1.0)
    assert [(each.class_name, each.from_s, each.to_s) for each in found] == [
        ("a", 0.0, 0.5),
        ("b", 0.7, 1.7),
    ]
    assert segment_at(found, 0.6) is None


@pytest.mark.parametrize("slot_s", [0.0, 10.0])
def test_what_two_models_say_is_never_one_segment(slot_s: float) -> None:
    moments = [Moment(n / 4, "a", 0.9, model="one" if n < 4 else "two") for n in range(8)]
    found = segments(moments, 0.25, slot_s)
    assert [(each.model, each.from_s, each.to_s) for each in found] == [
        ("one", 0.0, 1.0),
        ("two", 1.0, 2.0),
    ]


def test_nothing_and_moments_of_one_time_are_no_trouble() -> None:
    assert segments([], 1.0) == ()
    assert segments([], 1.0, slot_s=1.0) == ()
    assert _names(segments([Moment(0.0, "a", 1.0), Moment(0.0, "b", 1.0)], 1.0)) == "b"
    assert shares([]) == ()


def test_shares_are_of_the_known_time_the_largest_first() -> None:
    found = segments(_moments("abbb????????", interval_s=1.0), 1.0)
    assert shares(found) == ((None, pytest.approx(8 / 12)), ("b", 0.25), ("a", 1 / 12))
