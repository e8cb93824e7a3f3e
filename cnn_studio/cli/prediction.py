"""`cnn-studio predict`: say what images show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnn_studio.cli import COULD_NOT, DONE
from cnn_studio.cli.interrupts import stop_on_interrupt
from cnn_studio.cli.options import (
    JsonOption,
    ModelArgument,
    WorkspaceOption,
    chosen_workspace,
)
from cnn_studio.cli.output import Column, Output, percent
from cnn_studio.errors import ImageError, UsageError

if TYPE_CHECKING:
    from cnn_studio.prediction.batch import FilePrediction

NOT_MEASURED = (
    "It was not measured how familiar images are to this model, so --accept changes nothing. Train "
    "it anew, with 20 or more images held back."
)


def predict(
    context: typer.Context,
    model: ModelArgument,
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Images, or folders of them.", show_default=False),
    ],
    top: Annotated[
        int, typer.Option(metavar="K", help="How many classes to name for each image.")
    ] = 3,
    accept: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            help="The share of the images held back in training that are answered, 0 to 1; less "
            "familiar images than those are called unknown.",
            show_default="0.95",
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> int:
    """Say what each image shows, the most probable class first.

    A file that cannot be read is told of and does not stop the others; the exit code is 1 only
    if no file could be read.
    """
    from cnn_studio.models.runs import find_run
    from cnn_studio.prediction.batch import classify_files, expand_paths
    from cnn_studio.prediction.classifier import Classifier

    if top < 1:
        raise UsageError(f"The number of classes to name must be 1 or more. Received: {top}.")
    output = Output(as_json)
    run = find_run(chosen_workspace(context, workspace), model)
    files = expand_paths(paths)
    if not files:
        raise ImageError(f"There is no image in {', '.join(map(str, paths))}.")
    classifier = Classifier.open(run.folder)
    if accept is not None:
        classifier.accept = accept
        if classifier.bundle.unknown is None:
            output.warn(NOT_MEASURED)
    done: list[FilePrediction] = []
    with stop_on_interrupt() as stop, output.progress("Classifying") as report:
        for answer in classify_files(classifier, files, stop.is_set):
            output.line(_values(answer, top))
            done.append(answer)
            report(len(done), len(files))
    _tell(output, done, top)
    if len(done) < len(files):
        output.warn(f"Stopped after {len(done)} of {len(files)} files.")
        return COULD_NOT
    return DONE


def _tell(output: Output, done: Sequence[FilePrediction], top: int) -> None:
    """Print the table, and on stderr what cannot be read.

    Raises:
        ImageError: Nothing can be read.
    """
    answered = [answer for answer in done if answer.prediction is not None]
    unread = [answer.error for answer in done if answer.error is not None]
    if not answered:
        raise ImageError(_none_sentence(unread))
    if not output.is_json:
        for sentence in unread:
            output.warn(sentence)
    columns = [Column("PATH"), Column("CLASS"), Column("PROBABILITY", is_number=True)]
    if top > 1:
        columns.append(Column("ELSE"))
    output.table(columns, [_row(answer, top) for answer in answered])


def _none_sentence(errors: Sequence[str]) -> str:
    if len(errors) == 1:
        return errors[0]
    if errors:
        return f"None of the {len(errors)} files can be read. {errors[0]}"
    return "Stopped before the first file."


def _values(answer: FilePrediction, top: int) -> dict[str, object]:
    if answer.prediction is None:
        return {"path": str(answer.path), "error": answer.error}
    ranked = answer.prediction.ranked[:top]
    name, probability = ranked[0]
    return {
        "path": str(answer.path),
        "class": name,
        "probability": probability,
        "top": [list(pair) for pair in ranked],
        "unknown": answer.prediction.unknown,
        "score": answer.prediction.score,
    }


def _row(answer: FilePrediction, top: int) -> tuple[str, ...]:
    if answer.prediction is None:
        return ()
    (name, probability), *others = answer.prediction.ranked[:top]
    if answer.prediction.unknown:
        name = f"unknown ({name}?)"
    row = (str(answer.path), name, percent(probability))
    return row if top == 1 else (*row, ", ".join(f"{c} {percent(p)}" for c, p in others))
