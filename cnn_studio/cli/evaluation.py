"""`cnn-studio evaluate`: how often a model is right."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cnn_studio.cli.interrupts import stop_on_interrupt
from cnn_studio.cli.models_of_others import (
    ImageSizeOption,
    PixelsOption,
    model_named,
    pixels_of,
)
from cnn_studio.cli.options import (
    AnyModelArgument,
    JsonOption,
    OwnDatasetArgument,
    WorkspaceOption,
    chosen_workspace,
    own_dataset,
)
from cnn_studio.cli.output import Column, Output, percent
from cnn_studio.errors import ModelError, UsageError

if TYPE_CHECKING:
    from cnn_studio.models.answers import Answers
    from cnn_studio.models.intervals import Interval
    from cnn_studio.models.runs import Run
    from cnn_studio.models.scores import Scores
    from cnn_studio.models.weak_classes import WeakClass
    from cnn_studio.prediction.evaluation import Examination, Questions

_IN_WORDS = {
    "test": "the dataset's test images",
    "validation": "the images held back from its training",
    "all": "all images of the dataset",
}
PartOption = Annotated[
    Literal["test", "validation", "all"] | None,
    typer.Option(
        help="Which images.", show_default="test, else validation, else all, what there is first"
    ),
]


def evaluate(
    context: typer.Context,
    model: AnyModelArgument,
    dataset: OwnDatasetArgument = None,
    part: PartOption = None,
    mistakes: Annotated[
        int, typer.Option(metavar="N", help="Name so many mistakes, the surest first.")
    ] = 0,
    pixels: PixelsOption = None,
    image_size: ImageSizeOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how often a model is right, on images it did not learn from where there are such.

    It is asked about the dataset's test part if it has one; else, on the dataset it was trained
    on, about the images that were held back then; else about all images. The output says which,
    and how many of them the model has learned from, wherever they lie now (learned_from with
    --json), with the figure without them. Figures come with their 95 % interval. Rows of the
    confusion matrix are the true classes.
    """
    from cnn_studio.models.weak_classes import weak_classes
    from cnn_studio.prediction.evaluation import Scope, questions_about

    if mistakes < 0:
        raise UsageError(f"The number of mistakes must be 0 or more, not {mistakes}.")
    output = Output(as_json)
    place = chosen_workspace(context, workspace)
    run = model_named(place, model, pixels, image_size, output)
    chosen = own_dataset(place, run, dataset, "cnn-studio evaluate MODEL DATASET")
    questions = questions_about(chosen, [run], Scope(part) if part else None)
    examination = examine(run, questions, output)
    answers = examination.answers
    scores, diagram = answers.scores(), answers.reliability()
    # A dataset of other images need not have every class; a part of a training ought to.
    weak = weak_classes(scores, absent=questions.scope is not Scope.ALL)
    values = {**_values(examination, scores, weak), "mistakes": _mistakes(answers, mistakes)}
    used = {"part": questions.scope, "pixels": pixels_of(run), "ece": diagram.ece}
    output.line({**used, **values})
    output.say(
        f"Accuracy {percent(scores.accuracy)} ({ends(scores.interval)}) on {scores.count:,} "
        f"images: {_which(run, questions, examination)}."
    )
    say_weak(weak, output)
    output.say(f"Expected calibration error {percent(diagram.ece)}.")
    _print_tables(output, scores)
    _print_mistakes(output, _mistakes(answers, mistakes))
    warn_of(examination, output)
    warn_of_learned(answers, output)


def examine(run: Run, questions: Questions, output: Output) -> Examination:
    """Ask a run's model, with a bar and Ctrl+C.

    Raises:
        ModelError: It was stopped, or the model cannot be used.
        DatasetError: The model does not know a class, or no image can be read.
    """
    from cnn_studio.prediction.evaluation import ask

    warn_of_little(run, output)
    with stop_on_interrupt() as stop, output.progress("Classifying") as bar:
        examination = ask(run, questions, bar, stop.is_set)
    if examination is None:
        raise ModelError(f"Stopped before all {len(questions.places):,} images were classified.")
    return examination


def warn_of(examination: Examination, output: Output) -> None:
    """Say on stderr what makes the figures less than they seem."""
    if examination.unreadable:
        count = len(examination.unreadable)
        images, are = ("1 image", "is") if count == 1 else (f"{count:,} images", "are")
        why = examination.why_unreadable
        output.warn(f"{images} cannot be read and {are} left out. {why}")
    if examination.is_untraced:
        output.warn(
            "The training may have learned from some of these images, so the figures are "
            "optimistic. It is not written down which."
        )


def warn_of_little(run: Run, output: Output) -> None:
    """Say on stderr that a training was stopped before its model had learned much."""
    if run.bundle is not None and run.bundle.stopped_in_first_epoch:
        output.warn(
            f"The training of {run.name} was stopped before its first epoch ended, so the model "
            f"has learned little. Go on with it: cnn-studio resume {shlex.quote(run.name)}"
        )


def warn_of_learned(answers: Answers, output: Output) -> None:
    """Say on stderr how many of the images were learned from, and the figure without them."""
    from cnn_studio.models.answers import learned_in_words

    words = learned_in_words(answers)
    if words:
        output.warn(words)


def say_weak(weak: Sequence[WeakClass], output: Output) -> None:
    """Name the classes that an accuracy over all hides."""
    from cnn_studio.models.weak_classes import weak_in_words

    words = weak_in_words(weak)
    if words:
        output.say(words)


def ends(interval: Interval) -> str:
    """A 95 % interval as a person reads it."""
    return f"95 % interval {percent(interval.low)} to {percent(interval.high)}"


def _which(run: Run, questions: Questions, examination: Examination) -> str:
    """Which images they are, and when the model was asked about them if it learned from them."""
    folds = run.bundle.folds if run.bundle is not None else 0
    if examination.is_from_before and folds:
        return (
            f"cross-validation in {folds} folds, each by what was learned from the others; the "
            "model itself learned from all of them"
        )
    if folds and questions.scope == "validation":
        return "the images of its training"
    when = ", before it went on to learn from them as well" if examination.is_from_before else ""
    return f"{_IN_WORDS[questions.scope]}{when}"


def _values(examination: Examination, scores: Scores, weak: Sequence[WeakClass]) -> dict[str, Any]:
    answers = examination.answers
    return {
        "unreadable": len(examination.unreadable),
        **scores.to_dict(),
        "interval": scores.interval.to_list(),
        "learned_from": None if examination.is_untraced else answers.learned_count,
        "without_learned": _without_learned(answers),
        "weak_classes": [
            {"class": each.name, "right": each.right, "count": each.count, "few": each.is_few}
            for each in weak
        ],
        "per_class": _class_values(scores),
    }


def _without_learned(answers: Answers) -> dict[str, Any] | None:
    """The figure on the images that were not learned from; None where that is all, or none."""
    rest = answers.without_learned()
    if rest is None or not answers.learned_count:
        return None
    scores = rest.scores()
    return {
        "accuracy": scores.accuracy,
        "count": scores.count,
        "interval": scores.interval.to_list(),
    }


def _class_values(scores: Scores) -> list[dict[str, Any]]:
    return [
        {
            "class": name,
            "count": own.count,
            "precision": own.precision,
            "precision_interval": intervals.precision.to_list(),
            "recall": own.recall,
            "recall_interval": intervals.recall.to_list(),
            "f1": own.f1,
            "f1_interval": intervals.f1.to_list(),
        }
        for name, own, intervals in zip(
            scores.classes, scores.per_class, scores.class_intervals, strict=True
        )
    ]


def _mistakes(answers: Answers, most: int) -> list[dict[str, Any]]:
    told = (answers.answer(int(place)) for place in answers.mistakes()[:most])
    return [
        {"path": each.name, "label": each.label, "said": each.said, "probability": each.confidence}
        for each in told
    ]


def _print_tables(output: Output, scores: Scores) -> None:
    numbers = ("IMAGES", "PRECISION", "RECALL", "F1")
    output.table(
        [Column("CLASS"), *(Column(number, is_number=True) for number in numbers)],
        [
            (
                name,
                f"{own.count:,}",
                _with_ends(own.precision, intervals.precision),
                _with_ends(own.recall, intervals.recall),
                _with_ends(own.f1, intervals.f1),
            )
            for name, own, intervals in zip(
                scores.classes, scores.per_class, scores.class_intervals, strict=True
            )
        ],
    )
    output.table(
        [Column("TRUE \\ SAID"), *(Column(name, is_number=True) for name in scores.classes)],
        [
            (name, *map(str, row))
            for name, row in zip(scores.classes, scores.confusion, strict=True)
        ],
    )


def _print_mistakes(output: Output, mistakes: Sequence[dict[str, Any]]) -> None:
    if mistakes:
        output.table(
            [Column("MISTAKE"), Column("SAID"), Column("PROBABILITY", is_number=True)],
            [(each["path"], each["said"], percent(each["probability"])) for each in mistakes],
        )


def _with_ends(share: float, interval: Interval) -> str:
    return f"{percent(share)} ({interval.low * 100:.0f} to {interval.high * 100:.0f})"
