"""What came of a training, as a sentence that anybody understands; the figures stand below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial

from PySide6.QtCore import QCoreApplication

from cnn_studio.gui.figures import whole
from cnn_studio.gui.training.results.evaluation import Evaluation
from cnn_studio.models.bundle import Bundle
from cnn_studio.models.intervals import lower_by_chance
from cnn_studio.models.reliability import Reliability
from cnn_studio.models.scores import Scores
from cnn_studio.prediction.evaluation import Scope
from cnn_studio.untrusted_text import shown

_tr = partial(QCoreApplication.translate, "Training")
_SURE = 30
"""With fewer pictures the share is hardly more than a guess: 27 of 30 may be 74 % or 97 %."""

_FAR_OFF = 0.05  # between how sure it is and how often it is right, as means over all
_NAMED = 2
_MISTAKES = 2  # one may happen anywhere
_LEVEL = 0.05  # how often a class may be called the hardest where it is none, at most


class TriedOn(Enum):
    """What a model was tried on."""

    NEW = "held back from the training, and none of them a copy of what it learned from"
    HELD_BACK = "held back from the training; copies of what it learned from may be among them"
    JUDGED = "each of them new to the network that judged it, in a cross-validation"
    TEST = "the dataset's test part"
    LEARNED = "those that it learned from"
    OTHER = "of a dataset that somebody chose"


@dataclass(frozen=True)
class _Words:
    """How one kind of pictures is spoken of; each has {right} and {count}."""

    share: str
    whole: str
    none: str
    one: str
    unsure: str


def of_run(bundle: Bundle, evaluation: Evaluation | None = None, *, is_settled: bool = True) -> str:
    """How good a run's model is with new pictures, and which class is the hardest.

    Args:
        bundle: The run's.
        evaluation: What it said of the pictures of `subject_of`; None where that was not kept.
        is_settled: Whether that has been looked up.
    """
    subject = subject_of(bundle)
    scores = {Scope.VALIDATION: bundle.validation, Scope.TEST: bundle.test}.get(subject)
    if scores is not None:
        return of_subject(subject, scores, bundle, evaluation, is_settled=is_settled)
    if bundle.train is not None:
        return untried()
    return ""


def subject_of(bundle: Bundle) -> Scope:
    """The pictures that tell best how good a model is: those held back, else the test part."""
    has_held_back = bundle.validation is not None or bundle.test is None
    return Scope.VALIDATION if has_held_back else Scope.TEST


def of_subject(
    subject: str,
    scores: Scores,
    bundle: Bundle | None,
    evaluation: Evaluation | None = None,
    *,
    is_settled: bool = True,
) -> str:
    """The sentence for the pictures that a subject names, see `evaluation`.

    Where copies of what the model has learned from are among them, it is of the others.

    Args:
        subject: Which pictures.
        scores: What was measured on them.
        bundle: The run's; None while it is training.
        evaluation: What the model said of them; None where that is not known.
        is_settled: Whether that has been looked up; before that, none are called new.
    """
    kinds = {str(Scope.TEST): TriedOn.TEST, str(Scope.TRAIN): TriedOn.LEARNED}
    kind = kinds.get(subject, TriedOn.OTHER)
    if subject == Scope.VALIDATION:
        is_judged = bundle is not None and bundle.folds > 0
        kind = TriedOn.JUDGED if is_judged else TriedOn.NEW
        kind = kind if is_judged or (is_settled and bundle is not None) else TriedOn.HELD_BACK
    learned = evaluation.answers.learned_count if evaluation is not None else 0
    if evaluation is None or not learned or kind in (TriedOn.LEARNED, TriedOn.OTHER):
        return of_scores(scores, kind)
    return _without_copies(evaluation.without_learned, learned, kind)


def _without_copies(others: Scores | None, learned: int, kind: TriedOn) -> str:
    """The same of the pictures that are no copies of what was learned from."""
    if others is None:
        return _tr(
            "It was not tried on new pictures: all are copies of those that it learned from."
        )
    copies = _tr("{count} more are copies of pictures that it learned from.")
    if learned == 1:
        copies = _tr("1 more is a copy of a picture that it learned from.")
    first = of_count(others.hits, others.count, kind)
    return f"{first} {copies.format(count=whole(learned))}"


def of_scores(scores: Scores, pictures: TriedOn) -> str:
    """How many are named rightly, and of which class the fewest are."""
    first = of_count(scores.hits, scores.count, pictures)
    return " ".join(filter(None, (first, _hardest(scores))))


def of_share(accuracy: float, count: int, pictures: TriedOn = TriedOn.HELD_BACK) -> str:
    """How many of so many pictures are named rightly, where only the share is known."""
    return of_count(round(accuracy * count), count, pictures)


def of_count(right: int, count: int, pictures: TriedOn = TriedOn.NEW) -> str:
    """How many of so many pictures are named rightly.

    More than a hundred are spoken of as a hundred, and never as all or none of these unless it is
    so. Few pictures are called too few.
    """
    if count < 1:
        return ""
    words = _words()[pictures]
    if count == 1:
        how = _tr("rightly") if right else _tr("wrongly")
        return words.one.format(how=how)
    if count < _SURE:
        named = _tr("all {count}") if right == count else _tr("{right} of {count}")
        named = named if right else _tr("none of {count}")
        return words.unsure.format(named=named.format(right=whole(right), count=whole(count)))
    if right == count:
        return words.whole.format(count=whole(count))
    if right == 0:
        return words.none.format(count=whole(count))
    if count <= 100:
        return words.share.format(right=whole(right), count=whole(count))
    hundredth = round(100 * right / count)
    said = whole(hundredth)
    if hundredth == 100:
        said = _tr("more than {count}").format(count=whole(99))
    elif hundredth == 0:
        said = _tr("fewer than {count}").format(count=whole(1))
    return words.share.format(right=said, count=whole(100))


def of_certainty(measured: Reliability) -> str:
    """Whether the model is as often right as it says; "" where too few pictures were tried."""
    count = sum(each.count for each in measured.bins)
    if count < _SURE:
        return ""
    said = sum(each.count * each.confidence for each in measured.bins) / count
    right = sum(each.count * each.accuracy for each in measured.bins) / count
    if abs(said - right) < _FAR_OFF:
        return _tr("It is about as often right as it says.")
    if said > right:
        return _tr("It is surer of itself than it should be.")
    return _tr("It is right more often than it says.")


def untried() -> str:
    """What to say of a model that nothing was held back for."""
    return _tr("It was not tried on new pictures: none were held back.")


def _words() -> dict[TriedOn, _Words]:
    return {
        TriedOn.NEW: _Words(
            _tr("It names {right} of {count} new pictures rightly."),
            _tr("It names all {count} new pictures rightly."),
            _tr("It names none of {count} new pictures rightly."),
            _tr("It was tried on 1 new picture and named it {how}: too few to be sure."),
            _tr("It named {named} pictures rightly that it had not seen: too few to be sure."),
        ),
        TriedOn.HELD_BACK: _Words(
            _tr("It names {right} of {count} pictures rightly that were held back."),
            _tr("It names all {count} pictures rightly that were held back."),
            _tr("It names none of {count} pictures rightly that were held back."),
            _tr("It was tried on 1 picture held back and named it {how}: too few to be sure."),
            _tr("It named {named} pictures rightly that were held back: too few to be sure."),
        ),
        TriedOn.JUDGED: _Words(
            _tr("It names {right} of {count} pictures rightly that it had not learned from."),
            _tr("It names all {count} pictures rightly, none of which it had learned from."),
            _tr("It names none of {count} pictures rightly that it had not learned from."),
            _tr("It was tried on 1 new picture and named it {how}: too few to be sure."),
            _tr("It named {named} pictures rightly that it had not seen: too few to be sure."),
        ),
        TriedOn.TEST: _Words(
            _tr("It names {right} of {count} test pictures rightly."),
            _tr("It names all {count} test pictures rightly."),
            _tr("It names none of {count} test pictures rightly."),
            _tr("It was tried on 1 test picture and named it {how}: too few to be sure."),
            _tr("It named {named} test pictures rightly: too few to be sure."),
        ),
        TriedOn.LEARNED: _Words(
            _tr("Of the pictures that it learned from it names {right} of {count} rightly."),
            _tr("Of the pictures that it learned from it names all {count} rightly."),
            _tr("Of the pictures that it learned from it names none of {count} rightly."),
            _tr("It learned from 1 picture and names it {how}."),
            _tr("Of the pictures that it learned from it names {named} rightly."),
        ),
        TriedOn.OTHER: _Words(
            _tr("It names {right} of {count} of these pictures rightly."),
            _tr("It names all {count} of these pictures rightly."),
            _tr("It names none of {count} of these pictures rightly."),
            _tr("It was tried on 1 picture and named it {how}: too few to be sure."),
            _tr("It named {named} of these pictures rightly: too few to be sure."),
        ),
    }


def _hardest(scores: Scores) -> str:
    """The class of which the smallest share is right; "" where that says nothing.

    It "seems" the hardest as long as chance may be the reason: each other class must be easier by
    Fisher's test. As the lowest is looked for among all, its level is divided by their number
    (Bonferroni), so that of equally hard classes one is called the hardest in 5 of 100 at most.
    """
    counted = [
        (name, row[place], sum(row))
        for place, (name, row) in enumerate(zip(scores.classes, scores.confusion, strict=True))
        if sum(row)
    ]
    if scores.count < _SURE or len(counted) < 2 or scores.hits in (0, scores.count):
        return ""
    lowest = min(right / count for _, right, count in counted)
    hardest = [(name, right, count) for name, right, count in counted if right / count == lowest]
    if len(hardest) == len(counted):
        return _tr("No class is harder than the others.")
    right, count = sum(each[1] for each in hardest), sum(each[2] for each in hardest)
    if count - right < _MISTAKES:
        return ""
    level = _LEVEL / len(counted)
    is_certain = all(
        lower_by_chance(right, count, other_right, other_count) < level
        for _, right, count in hardest
        for _, other_right, other_count in counted
        if other_right / other_count != lowest
    )
    names = [shown(name) for name, _, _ in hardest]
    return _named(names, is_certain=is_certain)


def _named(names: Sequence[str], *, is_certain: bool) -> str:
    first = names[0][:1].upper() + names[0][1:]
    if len(names) == 1:
        text = _tr("{name} is the hardest.") if is_certain else _tr("{name} seems the hardest.")
        return text.format(name=first)
    if len(names) == _NAMED:
        text = _tr("{name} and {other} are the hardest.")
        text = text if is_certain else _tr("{name} and {other} seem the hardest.")
        return text.format(name=first, other=names[1])
    text = _tr("{name}, {other} and {count} more are the hardest.")
    text = text if is_certain else _tr("{name}, {other} and {count} more seem the hardest.")
    return text.format(name=first, other=names[1], count=whole(len(names) - _NAMED))
