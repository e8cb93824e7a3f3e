"""What a model said of each image: kept, read back, and found again by cell and bar."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.answers import (
    Answers,
    answers_file,
    read_answers,
    write_answers,
)
from cnn_studio.models.comparison import compare, mcnemar

CLASSES = ("cap", "shoe", "Ü 書")


def some_answers() -> Answers:
    """Five images; two caps of which one is taken for a shoe, surely, and so on."""
    probabilities = np.array(
        [[0.9, 0.1, 0], [0.2, 0.8, 0], [0.4, 0.6, 0], [0.05, 0.95, 0], [0, 0.3, 0.7]], np.float32
    )
    names = ("cap/1.jpg", "cap/2.jpg", "cap/3.jpg", "shoe/1.jpg", "Ü 書/1.jpg")
    return Answers(names, np.array([0, 0, 0, 1, 2]), probabilities, CLASSES)


def test_answers_survive_the_disk(tmp_path: Path) -> None:
    assert read_answers(tmp_path, "validation") is None
    written = some_answers()
    write_answers(tmp_path, "validation", written)
    read = read_answers(tmp_path, "validation")
    assert read is not None
    assert (read.names, read.classes) == (written.names, written.classes)
    assert np.array_equal(read.labels, written.labels)
    assert np.array_equal(read.probabilities, written.probabilities)
    assert read_answers(tmp_path, "test") is None


@pytest.mark.parametrize("cut", [0, 3, 100, -20])
def test_a_damaged_file_is_told(tmp_path: Path, cut: int) -> None:
    write_answers(tmp_path, "test", some_answers())
    path = answers_file(tmp_path, "test")
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ModelError, match="damaged"):
        read_answers(tmp_path, "test")


def test_a_file_of_other_kinds_is_refused(tmp_path: Path) -> None:
    path = answers_file(tmp_path, "test")
    whole = {
        "names": np.array(["a"]),
        "labels": np.array([0]),
        "probabilities": np.array([[1.0, 0.0]], np.float32),
        "classes": np.array(["x", "y"]),
    }
    for change in (
        {"names": np.array([1])},
        {"labels": np.array([5])},
        {"labels": np.array([0, 1])},
        {"probabilities": np.array([[np.nan, 0.0]], np.float32)},
        {"probabilities": np.array([1.0], np.float32)},
        {"classes": np.array(["x"])},
        {"names": np.array([{}], object)},
    ):
        np.savez(path, **{**whole, **change})
        with pytest.raises(ModelError):
            read_answers(tmp_path, "test")


def test_every_cell_bar_and_class_knows_its_images() -> None:
    answers = some_answers()
    assert answers.of_cell(0, 1).tolist() == [1, 2]
    assert answers.of_cell(1, 0).tolist() == []
    assert answers.of_class(0).tolist() == [1, 2, 0]
    assert answers.mistakes().tolist() == [1, 2]
    scores, diagram = answers.scores(), answers.reliability()
    for true, row in enumerate(scores.confusion):
        for said, count in enumerate(row):
            assert len(answers.of_cell(true, said)) == count
    for number, each in enumerate(diagram.bins):
        assert len(answers.of_bin(number)) == each.count
    first = next(iter(answers))
    assert (first.name, first.label, first.said, first.is_right) == (
        "cap/1.jpg",
        "cap",
        "cap",
        True,
    )
    second = answers.answer(1)
    assert (second.said, second.is_right) == ("shoe", False)
    assert (second.confidence, second.of_label) == pytest.approx((0.8, 0.2))


def test_the_classes_of_an_image_are_ranked() -> None:
    ranked = some_answers().ranked(2)
    assert [name for name, _share in ranked] == ["shoe", "cap", "Ü 書"]
    assert [share for _name, share in ranked] == pytest.approx([0.6, 0.4, 0])


def test_calibrated_answers_keep_their_places() -> None:
    answers = some_answers()
    softer = answers.calibrated(3.0)
    assert softer.predicted.tolist() == answers.predicted.tolist()
    assert softer.probabilities.max() < answers.probabilities.max()


def test_mcnemar_is_the_exact_binomial() -> None:
    assert mcnemar(0, 0) == 1
    assert mcnemar(5, 5) == 1
    assert mcnemar(0, 5) == pytest.approx(2 / 32)
    assert mcnemar(1, 9) == pytest.approx(2 * 11 / 1024)
    assert mcnemar(9, 1) == mcnemar(1, 9)
    assert 0 < mcnemar(4000, 4300) < 0.01


def test_two_models_are_compared_on_the_images_they_share() -> None:
    first = some_answers()
    turned = first.probabilities[:, [1, 0, 2]]
    second = Answers((*first.names[:4], "other"), first.labels, turned, CLASSES)
    told = compare(first, second)
    assert told.first.count == told.second.count == 4
    assert told.only_first == ("cap/1.jpg", "shoe/1.jpg")
    assert told.only_second == ("cap/2.jpg", "cap/3.jpg")
    assert (told.both_right, told.both_wrong, told.p_value) == (0, 0, 1.0)
    assert not told.is_more_than_chance
    with pytest.raises(ModelError, match="same images"):
        compare(first, Answers(("else",), np.array([0]), turned[:1], CLASSES))
