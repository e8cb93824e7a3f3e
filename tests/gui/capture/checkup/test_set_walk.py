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
    asked = walk(A, B, C)
    assert (asked.current, asked.following, asked.number, asked.total) == (A, B, 1, 3)
    asked.answer()
    assert (asked.current, asked.following, asked.number, asked.total) == (B, C, 2, 3)
    assert not asked.can_go_back
    asked.update([A, B, C])  # what was found is still that of before
    assert (asked.current, asked.number, asked.total) == (B, 2, 3)
    asked.update([B, C])
    assert (asked.current, asked.number, asked.total) == (B, 2, 3)
    asked.answer()
    asked.answer()
    assert asked.current is None
    asked.update([])
    assert (asked.current, asked.skipped) == (None, 0)


def test_what_was_skipped_is_passed_over_and_gone_through_again() -> None:
    asked = walk(A, B, C)
    asked.skip()
    asked.answer()
    asked.skip()
    assert (asked.current, asked.skipped) == (None, 2)
    asked.update([A, C])
    assert asked.current is None
    asked.begin_again()
    assert (asked.current, asked.skipped) == (A, 0)
    asked.skip()
    asked.begin([A, C])  # another kind was looked at meanwhile
    assert asked.current is C


def test_back_goes_to_the_last_one_that_is_not_answered() -> None:
    asked = walk(A, B, C)
    asked.skip()
    asked.answer()
    assert asked.can_go_back
    asked.back()
    assert asked.current is A
    asked.back()
    assert asked.current is A


def test_an_undo_leads_back_to_what_was_answered() -> None:
    asked = walk(A, B, C)
    asked.answer()
    asked.update([B, C])
    asked.skip()
    asked.update([A, B, C])
    assert (asked.current, asked.number, asked.total) == (A, 1, 3)


def test_an_undo_in_the_midst_of_an_answer_asks_about_it_again() -> None:
    asked = walk(A, B, C)
    asked.answer()
    asked.answer()
    asked.take_back()
    assert asked.current is B
    asked.update([B, C])
    assert (asked.current, asked.number, asked.total) == (B, 2, 3)
    asked.update([C])  # the answer has arrived on the disk, its undo not yet
    assert asked.current is C
    asked.update([B, C])
    assert (asked.current, asked.number, asked.total) == (B, 2, 3)


def test_answers_that_failed_are_asked_about_again() -> None:
    asked = walk(A, B, C)
    asked.answer()
    asked.answer()
    asked.take_back(every=True)
    assert (asked.current, asked.number, asked.total) == (A, 1, 3)


def test_the_picture_in_question_stays_while_others_come_and_go() -> None:
    asked = walk(A, B, C)
    asked.skip()
    asked.update([D, A, B, C])
    assert asked.current is B
    asked.update([D, C])  # B was put right elsewhere, and A as well
    assert asked.current is C


def test_one_can_be_gone_to() -> None:
    asked = walk(A, B, C)
    asked.go_to(C)
    assert asked.current is C
    asked.answer()
    asked.go_to(C)
    assert asked.current is None
    asked.begin([A, B], at=B)
    assert asked.current is B
