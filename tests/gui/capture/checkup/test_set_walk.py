"""Going through pictures in several classes: forward, back, and where an undo leads."""

from __future__ import annotations

from pathlib import Path

from cnn_studio.data.findings import Finding, FindingKind, Fix
from cnn_studio.gui.capture.checkup.set_walk import SetWalk


def picture(name: str) -> Finding:
    paths = tuple(Path("things") / folder / f"{name}.jpg" for folder in ("pen", "cup"))
    kind = FindingKind.EXACT_DUPLICATE
    return Finding(kind, paths, "why", ("pen", "cup"), (Fix.CHOOSE_CLASS,), across_classes=True)


A, B, C, D = (picture(name) for name in "abcd")


def walk(*pictures: Finding) -> SetWalk:
    made = SetWalk()
    made.begin(pictures)
    return made


def test_an_answer_leads_on_before_the_disk_has_followed() -> None:
    walked = walk(A, B, C)
    assert (walked.current, walked.following, walked.number, walked.total) == (A, B, 1, 3)
    walked.answer()
    assert (walked.current, walked.following, walked.number, walked.total) == (B, C, 2, 3)
    assert not walked.can_go_back
    walked.update([A, B, C])  # what was found is still that of before
    assert (walked.current, walked.number, walked.total) == (B, 2, 3)
    walked.update([B, C])
    assert (walked.current, walked.number, walked.total) == (B, 2, 3)
    walked.answer()
    walked.answer()
    assert walked.current is None
    walked.update([])
    assert (walked.current, walked.skipped) == (None, 0)


def test_what_was_skipped_is_passed_over_and_gone_through_again() -> None:
    walked = walk(A, B, C)
    walked.skip()
    walked.answer()
    walked.skip()
    assert (walked.current, walked.skipped) == (None, 2)
    walked.update([A, C])
    assert walked.current is None
    walked.begin_again()
    assert (walked.current, walked.skipped) == (A, 0)
    walked.skip()
    walked.begin([A, C])  # another kind was looked at meanwhile
    assert walked.current is C


def test_back_goes_to_the_last_one_that_is_not_answered() -> None:
    walked = walk(A, B, C)
    walked.skip()
    walked.answer()
    assert walked.can_go_back
    walked.back()
    assert walked.current is A
    walked.back()
    assert walked.current is A


def test_an_undo_leads_back_to_what_was_answered() -> None:
    walked = walk(A, B, C)
    walked.answer()
    walked.update([B, C])
    walked.skip()
    walked.update([A, B, C])
    assert (walked.current, walked.number, walked.total) == (A, 1, 3)


def test_an_undo_in_the_midst_of_an_answer_asks_about_it_again() -> None:
    walked = walk(A, B, C)
    walked.answer()
    walked.answer()
    walked.take_back()
    assert walked.current is B
    walked.update([B, C])
    assert (walked.current, walked.number, walked.total) == (B, 2, 3)
    walked.update([C])  # the answer has arrived on the disk, its undo not yet
    assert walked.current is C
    walked.update([B, C])
    assert (walked.current, walked.number, walked.total) == (B, 2, 3)


def test_answers_that_failed_are_asked_about_again() -> None:
    walked = walk(A, B, C)
    walked.answer()
    walked.answer()
    walked.take_back(every=True)
    assert (walked.current, walked.number, walked.total) == (A, 1, 3)


def test_the_picture_in_question_stays_while_others_come_and_go() -> None:
    walked = walk(A, B, C)
    walked.skip()
    walked.update([D, A, B, C])
    assert walked.current is B
    walked.update([D, C])  # B was put right elsewhere, and A as well
    assert walked.current is C


def test_one_can_be_gone_to() -> None:
    walked = walk(A, B, C)
    walked.go_to(C)
    assert walked.current is C
    walked.answer()
    walked.go_to(C)
    assert walked.current is None
    walked.begin([A, B], at=B)
    assert walked.current is B
