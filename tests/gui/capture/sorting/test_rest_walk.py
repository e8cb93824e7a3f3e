"""Going through photos one by one: nothing that was decided is lost on the way."""

from __future__ import annotations

from cnn_studio.gui.capture.sorting.rest_walk import OUT, RestWalk


def test_answers_are_kept_and_the_next_comes() -> None:
    walk = RestWalk([7, 3, 5])
    assert (walk.current, walk.following, walk.number, walk.total) == (7, 3, 1, 3)
    walk.decide("cup")
    walk.decide(OUT)
    assert (walk.current, walk.following, walk.number) == (5, None, 3)
    walk.skip()
    assert walk.current is None
    assert walk.answer is None
    assert walk.decided == {7: "cup"}  # one that shows none of the classes goes into none
    assert walk.skipped == 1


def test_an_answer_can_be_changed() -> None:
    walk = RestWalk([1, 2])
    assert not walk.can_go_back
    walk.back()
    assert walk.current == 1
    walk.decide("cup")
    walk.back()
    assert walk.answer == "cup"
    walk.skip()  # what was decided before stays
    assert walk.decided == {1: "cup"}
    walk.back()
    walk.decide(OUT)
    assert walk.decided == {}
    walk.back()
    assert walk.answer == OUT


def test_only_what_was_skipped_comes_again() -> None:
    walk = RestWalk([1, 2, 3, 4])
    walk.decide("cup")
    walk.skip()
    walk.decide(OUT)
    walk.skip()
    assert walk.skipped == 2
    walk.begin_again()
    assert (walk.current, walk.total) == (2, 2)
    walk.decide("cap")
    assert walk.decided == {1: "cup", 2: "cap"}


def test_no_photo_is_no_question() -> None:
    walk = RestWalk([])
    assert walk.current is walk.following is walk.answer is None
    walk.decide("cup")
    walk.skip()
    assert walk.decided == {}
