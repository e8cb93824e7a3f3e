"""Notes on a run that say the same are one sentence, and the one that matters most is the first."""

from __future__ import annotations

import numpy as np

from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.data.split import split_by_group
from cnn_studio.models.bundle import NOT_OURS
from cnn_studio.models.remarks import remarks

CLASSES = ("shoe", "cap", "cellphone", "pencil", "book")


def _shares(name: str, taken: int) -> str:
    return (
        f"{name}: {taken} of 1,200 images are used for validation, where 240 were asked for, "
        "because what was recorded in one go stays together. More and shorter recordings help."
    )


def test_the_same_of_all_classes_is_one_sentence_with_the_sums_and_keeps_every_note() -> None:
    notes = [_shares(name, 500 + place) for place, name in enumerate(CLASSES)]
    [remark] = remarks(notes, CLASSES)
    assert remark.sentence == (
        "All 5 classes: 2,510 of 6,000 images are used for validation, where 1,200 were asked for, "
        "because what was recorded in one go stays together. More and shorter recordings help."
    )
    assert remark.notes == tuple(notes)


def test_the_same_of_some_classes_names_them() -> None:
    notes = [_shares("cap", 500), "The last epoch was the best.", _shares("book", 501)]
    first, second = remarks(notes, CLASSES)
    assert first.sentence.startswith("cap and book: 1,001 of 2,400 images are")
    assert second.sentence == notes[1]
    has = [f"{name} has one image only: it is used for training." for name in CLASSES[:3]]
    [remark] = remarks(has, CLASSES)
    assert (
        remark.sentence
        == "shoe, cap and cellphone have one image each, which is used for training."
    )


def test_what_makes_a_figure_doubtful_comes_first() -> None:
    doubtful = (
        "cap has one recording only: the last images are used for validation, which look much like "
        "those before them. Record once more for an honest figure."
    )
    unmeasured = (
        "pencil has corrections only, which are always learned from, so it is not measured."
    )
    notes = ["Validation is the part that came with the images: 6.", _shares("shoe", 1), doubtful,
             unmeasured]  # fmt: skip
    found = [remark.sentence for remark in remarks(notes, CLASSES)]
    assert found == [unmeasured, doubtful, notes[1], notes[0]]


def test_what_is_said_of_several_classes_speaks_of_several() -> None:
    notes = [
        f"{name} has corrections only, which are always learned from, so it is not measured. "
        "Record it for an honest figure."
        for name in ("shoe", "cap")
    ]
    [remark] = remarks(notes, CLASSES)
    assert remark.sentence == (
        "shoe and cap have corrections only, which are always learned from, so they are not "
        "measured. Record them for an honest figure."
    )
    assert remarks(notes[:1], CLASSES)[0].sentence == notes[0]


def test_a_class_whose_name_another_begins_with_keeps_its_own_note() -> None:
    names = ("cup", "cup: red", "pen")
    notes = ["cup: red has one image only: it is used for training.", _shares("cup", 4)]
    assert [remark.notes for remark in remarks(notes, names)] == [(notes[0],), (notes[1],)]


def test_the_notes_that_a_split_really_makes_of_all_classes_are_joined() -> None:
    names = [
        f"{name}/{Session.new(SessionKind.RECORDING).file_name(number)}"
        for name in CLASSES
        for number in range(1, 13)
    ]
    labels = np.repeat(np.arange(5), 12)
    groups = [f"group {label}" for label in labels]
    split = split_by_group(labels, groups, names, 0.2, 1, CLASSES)
    [remark] = remarks(split.notes, CLASSES)
    assert remark.sentence.startswith("All 5 classes have one recording only: the last images are")


def test_what_is_said_of_a_model_from_elsewhere_keeps_its_order() -> None:
    notes = [NOT_OURS, "It takes images of any size.", "cap has one image only: so it says."]
    assert [remark.sentence for remark in remarks(notes, CLASSES)] == notes
