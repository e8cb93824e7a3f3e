"""`cnn-studio compare`: two models asked about the same images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cnn_studio.cli.evaluation import PartOption, ends, examine, warn_of
from cnn_studio.cli.models_of_others import (
    ImageSizeOption,
    PixelsOption,
    models_named,
    pixels_of,
)
from cnn_studio.cli.options import (
    JsonOption,
    OwnDatasetArgument,
    WorkspaceOption,
    chosen_workspace,
    own_dataset,
)
from cnn_studio.cli.output import Column, Output, percent

if TYPE_CHECKING:
    from cnn_studio.models.comparison import Comparison
    from cnn_studio.models.runs import Run
    from cnn_studio.models.scores import Scores
    from cnn_studio.training.run_comparison import InCommon

_SHOWN = 10
_IN_WORDS = {
    "test": "the dataset's test images",
    "validation": "the images held back from both trainings",
    "all": "all images of the dataset",
}
RunArgument = Annotated[
    str,
    typer.Argument(
        metavar="RUN", help="A run's name or folder, or a model file.", show_default=False
    ),
]


def compare(
    context: typer.Context,
    first: RunArgument,
    second: RunArgument,
    dataset: OwnDatasetArgument = None,
    part: PartOption = None,
    pixels: PixelsOption = None,
    image_size: ImageSizeOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask two models about the same images, and say which one is right where the other is not.

    McNemar's test tells how probable such a difference is between models that are equally good.
    For two trainings it is also said whether they had the same data, split and recipe.
    Images that either model has learned from are left out where that is possible. With two model
    files of others that take other pixels, --pixels is one for each with a comma between.
    """
    from cnn_studio.models.comparison import compare as compare_answers
    from cnn_studio.prediction.evaluation import Scope, questions_about
    from cnn_studio.training.run_comparison import RunComparison, folds_before, in_common

    output = Output(as_json)
    place = chosen_workspace(context, workspace)
    runs = models_named(place, (first, second), pixels, image_size, output)
    chosen = own_dataset(place, runs[0], dataset, "cnn-studio compare RUN RUN DATASET")
    questions = questions_about(chosen, runs, Scope(part) if part else None)
    examinations = [examine(run, questions, output) for run in runs]
    one, two = examinations
    told = compare_answers(one.answers, two.answers)
    names = _distinct(runs[0].name, runs[1].name)
    sentence = told.in_words(*names)
    # Of a model file of others it is not known how it was trained.
    are_runs = not any(run.bundle is None or run.bundle.is_of_others for run in runs)
    common = in_common(*runs) if are_runs else None
    first_before, second_before = (
        folds_before(run, questions.scope) if examination.is_from_before else None
        for run, examination in zip(runs, examinations, strict=True)
    )
    output.line(
        {
            "part": questions.scope,
            "count": told.first.count,
            "first": {**_named(runs[0]), **_values(told.first)},
            "second": {**_named(runs[1]), **_values(told.second)},
            "both_right": told.both_right,
            "both_wrong": told.both_wrong,
            "only_first": list(told.only_first),
            "only_second": list(told.only_second),
            "p_value": told.p_value,
            "in_words": sentence,
            "in_common": None if common is None else _in_common(common, names),
            "learned_from": None if any(e.is_untraced for e in examinations) else told.learned_from,
            "without_learned": _without_learned(told, names),
        }
    )
    output.say(f"On {told.first.count:,} images: {_IN_WORDS[questions.scope]}.")
    _print(output, told, names)
    found = RunComparison(common, told.count, told, (first_before, second_before))
    if reservations := found.reservations(*names):
        output.say(reservations)
    output.say(sentence)
    warn_of(one if one.is_untraced else two, output)
    _warn_of_learned(told, names, output)


def _in_common(common: InCommon, names: tuple[str, str]) -> dict[str, Any]:
    return {
        "dataset": common.dataset,
        "images": common.images,
        "split": common.split,
        "recipe": [list(difference) for difference in common.recipe],
        "in_words": common.in_words(*names),
    }


def _named(run: Run) -> dict[str, Any]:
    return {"run": run.name, "pixels": pixels_of(run)}


def _values(scores: Scores) -> dict[str, Any]:
    return {"accuracy": scores.accuracy, "interval": scores.interval.to_list()}


def _without_learned(told: Comparison, names: tuple[str, str]) -> dict[str, Any] | None:
    """The same on the images that neither has learned from; None where that is all, or none."""
    rest = told.without_learned
    if rest is None:
        return None
    return {
        "count": rest.first.count,
        "first": _values(rest.first),
        "second": _values(rest.second),
        "p_value": rest.p_value,
        "in_words": rest.in_words(*names),
    }


def _warn_of_learned(told: Comparison, names: tuple[str, str], output: Output) -> None:
    if not told.learned_from:
        return
    begin = (
        f"{told.learned_from:,} of these {told.first.count:,} images were learned from by one of "
        "the models, so the figures are optimistic."
    )
    rest = told.without_learned
    if rest is None:
        output.warn(f"{begin} There is none without them.")
        return
    output.warn(
        f"{begin} On the other {rest.first.count:,}: {names[0]} {percent(rest.first.accuracy)}, "
        f"{names[1]} {percent(rest.second.accuracy)}. {rest.in_words(*names)}"
    )


def _distinct(first: str, second: str) -> tuple[str, str]:
    """Names by which the two can be told apart, should two folders be called the same."""
    return (first, second) if first != second else (f"{first} (1)", f"{second} (2)")


def _print(output: Output, told: Comparison, names: tuple[str, str]) -> None:
    sides: Sequence[tuple[str, Scores, tuple[str, ...]]] = (
        (names[0], told.first, told.only_first),
        (names[1], told.second, told.only_second),
    )
    output.table(
        [
            Column("RUN"),
            Column("ACCURACY", is_number=True),
            Column("INTERVAL"),
            Column("ONLY IT IS RIGHT", is_number=True),
        ],
        [
            (name, percent(scores.accuracy), ends(scores.interval), f"{len(only):,}")
            for name, scores, only in sides
        ],
    )
    for name, _scores, only in sides:
        if only:
            more = f" and {len(only) - _SHOWN:,} more" if len(only) > _SHOWN else ""
            output.say(f"Only {name} is right on {', '.join(only[:_SHOWN])}{more}.")
