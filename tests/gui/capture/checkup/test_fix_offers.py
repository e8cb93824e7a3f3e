"""What is offered for all images at once, and what only for those that a person has selected."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_studio.data.contradictions import Fate
from cnn_studio.data.findings import Finding, FindingKind, Fix
from cnn_studio.data.label_doubts import Doubt
from cnn_studio.gui.capture.checkup.fix_offers import (
    MOST_UNASKED,
    Offer,
    is_for_selection,
    offer_in_view,
    offers,
)
from cnn_studio.gui.capture.checkup.wording import (
    decision_question,
    offer_question,
    offer_text,
    outcome,
)

FLAWS = (
    FindingKind.BLURRED,
    FindingKind.DARK,
    FindingKind.BRIGHT,
    FindingKind.SHAPE,
    FindingKind.UNREADABLE,
)


def images(count: int) -> tuple[Path, ...]:
    return tuple(Path("things/pen") / f"{number}.jpg" for number in range(count))


def finding(kind: FindingKind, fixes: tuple[Fix, ...], count: int = 3, **more: object) -> Finding:
    paths = images(count)
    return Finding(kind, paths, "why", ("pen",), fixes, **more)  # type: ignore[arg-type]


def copies(count: int = 3) -> Finding:
    kind = FindingKind.EXACT_DUPLICATE
    return finding(kind, (Fix.DELETE,), count, surplus=images(count)[1:])


def doubts(suggested: tuple[str, ...] = ("cup", "key", "cup")) -> Finding:
    fixes = (Fix.ACCEPT_SUGGESTION, Fix.CONFIRM_LABEL, Fix.EXCLUDE, Fix.RELABEL)
    return finding(
        FindingKind.WRONG_LABEL,
        fixes,
        len(suggested),
        doubts=tuple(
            Doubt(f"pen/{number}.jpg", "", name, number / 10)
            for number, name in enumerate(suggested)
        ),
    )


def test_a_picture_in_several_classes_has_no_offer_at_all() -> None:
    across = finding(FindingKind.NEAR_DUPLICATE, (Fix.CHOOSE_CLASS,), across_classes=True)
    assert offers(across, []) == []
    assert offers(across, across.samples) == []


@pytest.mark.parametrize("kind", FLAWS)
def test_what_is_taken_to_be_bad_is_put_right_where_a_person_has_selected_it(
    kind: FindingKind,
) -> None:
    flawed = finding(kind, (Fix.EXCLUDE, Fix.DELETE), surplus=images(3))
    assert is_for_selection(flawed)
    assert offers(flawed, []) == []
    exclusion, deletion = offers(flawed, flawed.samples[1:2])
    assert [exclusion.fate(sample) for sample in flawed.samples] == [
        Fate.STAYS,
        Fate.LEFT_OUT,
        Fate.STAYS,
    ]
    assert deletion.fate(flawed.samples[1]) is Fate.GOES


def test_of_copies_all_but_one_are_deleted_at_once() -> None:
    found = offers(copies(), [])
    assert offer_in_view(found) is found[0]
    assert offer_text(found[0]) == "Move 2 to the trash"
    assert [found[0].fate(sample) for sample in found[0].finding.samples] == [
        Fate.STAYS,
        Fate.GOES,
        Fate.GOES,
    ]


def test_the_tiles_of_copies_show_what_a_deletion_would_do() -> None:
    fixes = (Fix.MERGE_SESSIONS, Fix.DELETE)
    two = finding(FindingKind.NEAR_DUPLICATE, fixes, surplus=images(3)[1:])
    shown = offer_in_view(offers(two, []))
    assert shown is not None
    assert shown.fix is Fix.DELETE


def test_labels_are_doubted_but_never_changed_unless_selected() -> None:
    found = doubts()
    assert is_for_selection(found)
    assert offers(found, []) == []
    acceptance, confirmation, *_ = offers(found, found.samples[:2], ("pen", "cup", "key"))
    assert acceptance.suggestions == {found.samples[0]: "cup", found.samples[1]: "key"}
    assert offer_text(acceptance) == "Move 2 as suggested"
    assert offer_text(confirmation) == "2 are right"
    (one, *_) = offers(found, found.samples[:1])
    assert offer_text(one) == "Move 1 to cup"


def test_what_is_done_to_a_class_names_it_or_lets_it_be_chosen() -> None:
    fixes = (Fix.CAPTURE, Fix.DISABLE_CLASS)
    folders = tuple(Path("things") / name for name in ("cup", "key", "pen"))
    unequal = Finding(FindingKind.IMBALANCE, folders, "why", ("cup", "key", "pen"), fixes)
    assert not is_for_selection(unequal)
    capture, _disable = offers(unequal, [])
    assert capture.classes == ("cup", "key")  # pen has many
    assert offer_text(capture) == "Record more of"
    assert offer_text(capture, "key") == "Record more of key"


@pytest.mark.parametrize(
    ("fix", "question"),
    [
        (Fix.DELETE, "Move 289 images to the trash?"),
        (Fix.RELABEL, "Move 289 images to cup?"),
        (Fix.EXCLUDE, "Leave 289 images out of training? They stay in their folders."),
        (Fix.CONFIRM_LABEL, "Mark 289 images as looked at? They stay where they are."),
    ],
)
def test_more_than_twenty_are_asked_about_with_their_number_and_where_they_go(
    fix: Fix, question: str
) -> None:
    many = copies(290)
    offer = Offer(many, fix, many.samples[1:])
    assert offer.needs_question
    assert offer_question(offer, "cup" if fix is Fix.RELABEL else "") == question
    assert not Offer(many, fix, many.samples[:MOST_UNASKED]).needs_question


def test_each_doubt_goes_to_the_class_it_looks_like() -> None:
    found = doubts(("cup", "key") * 12)
    offer = Offer(found, Fix.ACCEPT_SUGGESTION, found.samples)
    assert offer_question(offer) == "Move 24 images, each to the class that it looks like?"
    same = doubts(("cup",) * 24)
    offer = Offer(same, Fix.ACCEPT_SUGGESTION, same.samples)
    assert offer_question(offer) == "Move 24 images to cup?"


def test_what_an_answer_does_is_said_in_numbers() -> None:
    stays, moves, goes = Fate.STAYS, Fate.MOVES, Fate.GOES
    assert outcome([stays, goes]) == "1 stays, 1 goes to the trash"
    assert outcome([stays, stays, moves, moves]) == "2 stay, 2 move here"
    assert decision_question([stays, *[goes] * 25], "pen") == (
        "Move 25 images to the trash? 1 stays in pen.",
        "Move 25 to the trash",
    )
    assert decision_question([stays, *[moves] * 25], "pen") == (
        "Move 25 images to pen?",
        "Move 25 to pen",
    )
