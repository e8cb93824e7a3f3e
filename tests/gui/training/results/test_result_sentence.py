"""The sentence that says what came of a training, for many and for few pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cnn_studio.gui.training.results.evaluation import Evaluation
from cnn_studio.gui.training.results.result_sentence import (
    TriedOn,
    of_certainty,
    of_count,
    of_run,
    of_scores,
    of_share,
    of_subject,
)
from cnn_studio.models.answers import Answers
from cnn_studio.models.reliability import reliability
from cnn_studio.models.scores import Scores, score_counts
from tests.models.small_run import bundle


def scores(**right_of: tuple[int, int]) -> Scores:
    """Of each class, how many of how many are right; the others are taken for the next class."""
    names = list(right_of)
    table = np.zeros((len(names), len(names)), np.int64)
    for place, (right, count) in enumerate(right_of.values()):
        table[place, place] = right
        table[place, (place + 1) % len(names)] += count - right
    return score_counts(table, names)


@pytest.mark.parametrize(
    ("right", "count", "said"),
    [
        (0, 0, ""),
        (1, 1, "It was tried on 1 new picture and named it rightly: too few to be sure."),
        (0, 1, "It was tried on 1 new picture and named it wrongly: too few to be sure."),
        (9, 10, "It named 9 of 10 pictures rightly that it had not seen: too few to be sure."),
        (10, 10, "It named all 10 pictures rightly that it had not seen: too few to be sure."),
        (0, 10, "It named none of 10 pictures rightly that it had not seen: too few to be sure."),
        (46, 50, "It names 46 of 50 new pictures rightly."),
        (50, 50, "It names all 50 new pictures rightly."),
        (0, 50, "It names none of 50 new pictures rightly."),
        (96, 100, "It names 96 of 100 new pictures rightly."),
        (11_184, 12_000, "It names 93 of 100 new pictures rightly."),
        (11_999, 12_000, "It names more than 99 of 100 new pictures rightly."),
        (1, 12_000, "It names fewer than 1 of 100 new pictures rightly."),
        (12_000, 12_000, "It names all 12,000 new pictures rightly."),
    ],
)
def test_how_many_are_right_and_never_more_than_are(right: int, count: int, said: str) -> None:
    assert of_count(right, count) == said


@pytest.mark.parametrize("pictures", TriedOn)
def test_every_kind_of_pictures_is_called_what_it_is(pictures: TriedOn) -> None:
    kinds = {of_count(85, 90, each) for each in TriedOn}
    assert len(kinds) == len(TriedOn)
    for right, count in ((1, 1), (3, 4), (85, 90), (90, 90), (0, 90)):
        sentence = of_count(right, count, pictures)
        assert sentence.endswith(".")
        assert "{" not in sentence


def test_the_hardest_class_is_named_and_only_called_so_where_it_is_no_chance() -> None:
    clear = scores(cap=(20, 40), shoe=(39, 40), book=(40, 40))
    assert of_scores(clear, TriedOn.NEW) == (
        "It names 82 of 100 new pictures rightly. Cap is the hardest."
    )
    close = scores(cap=(38, 40), shoe=(39, 40), book=(40, 40))
    assert of_scores(close, TriedOn.NEW).endswith("Cap seems the hardest.")


def test_classes_that_are_equally_hard_are_named_together() -> None:
    two = scores(cap=(36, 40), shoe=(18, 20), book=(40, 40))
    assert of_scores(two, TriedOn.NEW).endswith("Cap and shoe seem the hardest.")
    clear = scores(cap=(20, 40), shoe=(20, 40), book=(40, 40))
    assert of_scores(clear, TriedOn.NEW).endswith("Cap and shoe are the hardest.")
    four = scores(a=(9, 10), b=(9, 10), c=(9, 10), d=(9, 10), e=(10, 10))
    assert of_scores(four, TriedOn.NEW).endswith("A, b and 2 more seem the hardest.")
    all_alike = scores(cap=(36, 40), shoe=(36, 40))
    assert of_scores(all_alike, TriedOn.NEW).endswith("No class is harder than the others.")


def test_of_two_that_are_about_as_hard_none_is_called_the_hardest() -> None:
    two = scores(cap=(20, 40), shoe=(21, 40), book=(40, 40), pen=(40, 40))
    assert of_scores(two, TriedOn.NEW).endswith("Cap seems the hardest.")


@pytest.mark.parametrize(
    ("classes", "count", "share"),
    [(2, 20, 0.9), (2, 100, 0.9), (5, 40, 0.8), (10, 40, 0.9), (20, 40, 0.8), (100, 20, 0.8)],
)
def test_of_equally_hard_classes_one_is_hardly_ever_called_the_hardest(
    classes: int, count: int, share: float
) -> None:
    drawn = np.random.default_rng(classes).binomial(count, share, (400, classes))
    named = [
        scores(**{f"class{place}": (int(right), count) for place, right in enumerate(rights)})
        for rights in drawn
    ]
    said = [of_scores(each, TriedOn.NEW) for each in named]
    claimed = sum(text.endswith(("is the hardest.", "are the hardest.")) for text in said)
    assert claimed <= 0.05 * len(said)


def test_no_class_is_called_the_hardest_where_that_says_nothing() -> None:
    perfect = scores(cap=(40, 40), shoe=(40, 40))
    assert of_scores(perfect, TriedOn.NEW) == "It names all 80 new pictures rightly."
    one = scores(cap=(119, 120), shoe=(120, 120))
    assert of_scores(one, TriedOn.NEW) == "It names more than 99 of 100 new pictures rightly."
    few = scores(cap=(4, 5), shoe=(5, 5))
    assert of_scores(few, TriedOn.NEW) == (
        "It named 9 of 10 pictures rightly that it had not seen: too few to be sure."
    )
    unmeasured = scores(cap=(30, 40), shoe=(0, 0))  # none of its images were held back
    assert of_scores(unmeasured, TriedOn.NEW) == "It names 30 of 40 new pictures rightly."


def test_a_run_says_what_its_pictures_were() -> None:
    measured = scores(cap=(40, 40), shoe=(36, 40))
    held_back = bundle(validation=measured)
    assert of_run(held_back).startswith("It names 76 of 80 new pictures rightly.")
    judged = bundle(validation=measured, folds=5)
    assert of_run(judged).startswith("It names 76 of 80 pictures rightly that it had not learned")
    tested = bundle(validation=None, test=measured)
    assert of_run(tested).startswith("It names 76 of 80 test pictures rightly.")
    untried = bundle(validation=None, train=measured)
    assert of_run(untried) == "It was not tried on new pictures: none were held back."
    assert of_run(replace(untried, train=None)) == ""


def test_a_subject_says_what_its_pictures_were() -> None:
    measured = scores(cap=(40, 40), shoe=(36, 40))
    said = {
        subject: of_subject(subject, measured, bundle())
        for subject in ("validation", "test", "train", "all:objects")
    }
    assert said["validation"].startswith("It names 76 of 80 new pictures rightly.")
    assert said["test"].startswith("It names 76 of 80 test pictures rightly.")
    assert said["train"].startswith("Of the pictures that it learned from it names 76 of 80")
    assert said["all:objects"].startswith("It names 76 of 80 of these pictures rightly.")
    assert of_share(0.95, 80) == "It names 76 of 80 pictures rightly that were held back."


def evaluation(learned: int, count: int = 100, wrong: int = 4) -> Evaluation:
    """Answers of which the first so many are wrong; copies of the last were learned from."""
    labels = np.arange(count) % 2
    said = np.full((count, 2), 0.1, np.float32)
    said[np.arange(count), labels] = 0.9
    said[:wrong] = said[:wrong, ::-1]
    names = tuple(f"image {number}" for number in range(count))
    answers = Answers(names, labels, said, ("cap", "shoe"), np.arange(count) >= count - learned)
    rest = answers.without_learned() if learned else None
    return Evaluation(
        answers, answers.scores(), answers.reliability(), None, rest.scores() if rest else None
    )


def test_copies_of_what_was_learned_from_are_not_called_new() -> None:
    made = bundle()
    few, many, none = evaluation(10), evaluation(90), evaluation(0)
    assert of_subject("validation", few.scores, made, few) == (
        "It names 86 of 90 new pictures rightly. 10 more are copies of pictures that it learned "
        "from."
    )
    assert of_subject("validation", many.scores, made, many) == (
        "It named 6 of 10 pictures rightly that it had not seen: too few to be sure. 90 more are "
        "copies of pictures that it learned from."
    )
    assert of_subject("test", few.scores, made, few).startswith("It names 86 of 90 test pictures")
    assert of_subject("validation", none.scores, made, none).startswith("It names 96 of 100 new")
    one, every = evaluation(1), evaluation(100)
    assert of_subject("validation", one.scores, made, one).endswith(
        " 1 more is a copy of a picture that it learned from."
    )
    assert of_subject("validation", every.scores, made, every) == (
        "It was not tried on new pictures: all are copies of those that it learned from."
    )
    measured = replace(made, validation=few.scores)
    assert of_run(measured, few) == of_subject("validation", few.scores, made, few)


def test_before_copies_are_looked_for_no_picture_is_called_new() -> None:
    found = evaluation(10)
    made = bundle(validation=found.scores)
    assert of_run(made, is_settled=False).startswith(
        "It names 96 of 100 pictures rightly that were held back."
    )
    assert of_subject("validation", found.scores, None).startswith(
        "It names 96 of 100 pictures rightly that were held back."
    )
    judged = replace(made, folds=5)
    assert "that it had not learned from" in of_run(judged, is_settled=False)


@pytest.mark.parametrize(
    ("sureness", "right", "said"),
    [
        (0.9, 90, "It is about as often right as it says."),
        (0.99, 80, "It is surer of itself than it should be."),
        (0.6, 90, "It is right more often than it says."),
    ],
)
def test_how_sure_it_is_beside_how_often_it_is_right(
    sureness: float, right: int, said: str
) -> None:
    labels = np.array([0] * right + [1] * (100 - right), np.int64)
    probabilities = np.tile(np.array([[sureness, 1 - sureness]], np.float32), (100, 1))
    assert of_certainty(reliability(labels, probabilities)) == said
    assert of_certainty(reliability(labels[:20], probabilities[:20])) == ""
