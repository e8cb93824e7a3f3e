"""`cnn-studio predict`: say what images show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnn_studio.cli import COULD_NOT, DONE
from cnn_studio.cli.evaluation import ends, warn_of_little
from cnn_studio.cli.interrupts import stop_on_interrupt
from cnn_studio.cli.models_of_others import ImageSizeOption, PixelsOption, model_named
from cnn_studio.cli.options import (
    AnyModelArgument,
    JsonOption,
    WorkspaceOption,
    chosen_workspace,
)
from cnn_studio.cli.output import Column, Output, percent
from cnn_studio.errors import ImageError, UsageError

if TYPE_CHECKING:
    from cnn_studio.models.learned import LearnedImages
    from cnn_studio.models.runs import Run
    from cnn_studio.prediction.batch import FilePrediction
    from cnn_studio.prediction.classifier import Classifier
    from cnn_studio.prediction.tally import Tally

NOT_MEASURED = (
    "It was not measured how familiar images are to this model, so --accept changes nothing. Train "
    "it again, with 20 or more images held back."
)


def predict(
    context: typer.Context,
    model: AnyModelArgument,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="Images, videos, zips, tars, or folders of images and videos.",
            show_default=False,
        ),
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
    fps: Annotated[
        float | None,
        typer.Option(metavar="RATE", help="How many frames a second of a video.", show_default="2"),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option(
            "--csv", metavar="FILE", help="Also write a table into this file.", show_default=False
        ),
    ] = None,
    pixels: PixelsOption = None,
    image_size: ImageSizeOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> int:
    """Say what each image shows, the most probable class first.

    A file that cannot be read is named and does not stop the others; the exit code is 1 only
    if no file could be read. Where folders are called after the model's classes, a last sentence
    says how often the model is right about the images in them, and how many of them it has learned
    from; --json has `true_class` and `learned_from` instead.
    """
    from cnn_studio.prediction.answer_files import values_of, write_answers_as_csv
    from cnn_studio.prediction.batch import classify_pictures
    from cnn_studio.prediction.pictures import DEFAULT_RATE, Pictures
    from cnn_studio.prediction.tally import Tally

    if top < 1:
        raise UsageError(f"The number of classes to name must be 1 or more, not {top}.")
    output = Output(as_json)
    run = model_named(chosen_workspace(context, workspace), model, pixels, image_size, output)
    classifiers, learned = _opened(run, accept, output)
    if accept is not None and classifiers[0].bundle.unknown is None:
        output.warn(NOT_MEASURED)
    done: list[FilePrediction] = []
    tally = Tally()
    rate = DEFAULT_RATE if fps is None else fps
    with (
        stop_on_interrupt() as stop,
        Pictures(paths, rate, stop.is_set, classifiers[0].bundle.pixel_readings) as pictures,
        output.progress("Classifying") as report,
    ):
        if not len(pictures) and not stop.is_set():
            raise ImageError(f"There is no image in {', '.join(map(str, paths))}.")
        for answer in classify_pictures(classifiers, pictures, stop.is_set, learned=learned):
            output.line(values_of(answer, top))
            done.append(answer)
            report(len(done), max(len(done), len(pictures)))
        stopped = stop.is_set()
    for sentence in pictures.names_said:
        output.warn(sentence)
    tally.add(done)
    _tell(output, done, top, stopped)
    if table is not None:
        write_answers_as_csv(table, done, top)
    _tell_accuracy(output, tally)
    if stopped:
        output.warn(f"Stopped after {len(done)} of about {len(pictures)} files.")
        return COULD_NOT
    return DONE


def _opened(
    run: Run, accept: float | None, output: Output
) -> tuple[list[Classifier], LearnedImages]:
    """A run's model, opened once for each thread, and what it has learned from.

    Raises:
        ModelError: It cannot be used.
        UsageError: `accept` is no share.
    """
    from cnn_studio.models.learned import LearnedImages
    from cnn_studio.prediction.batch import open_classifiers

    warn_of_little(run, output)
    return open_classifiers(run.folder, accept), LearnedImages.of(run)


def _tell(output: Output, done: Sequence[FilePrediction], top: int, stopped: bool) -> None:
    """Print the table, and on stderr what cannot be read.

    Raises:
        ImageError: Nothing can be read.
    """
    answered = [answer for answer in done if answer.prediction is not None]
    unread = [answer.error for answer in done if answer.error is not None]
    if not answered and stopped:
        count = len(done)
        so_far = f"after {count:,} files, none of which can be read" if count else ""
        raise ImageError(f"Stopped {so_far or 'before the first file'}.")
    if not answered:
        raise ImageError(_none_sentence(unread))
    if not output.is_json:
        for sentence in unread:
            output.warn(sentence)
    columns = [Column("PATH"), Column("CLASS"), Column("PROBABILITY", is_number=True)]
    if top > 1:
        columns.append(Column("ELSE"))
    output.table(columns, [_row(answer, top) for answer in answered])


def _tell_accuracy(output: Output, tally: Tally) -> None:
    """Say how often the model is right, where folders say what is true."""
    from cnn_studio.models.weak_classes import weak_classes, weak_in_words

    scores = tally.scores()
    if scores is None:
        return
    weak = weak_in_words(weak_classes(scores, absent=False))
    answered, interval = tally.answered_accuracy
    output.say(
        f"Accuracy {percent(scores.accuracy)} ({ends(scores.interval)}) on {scores.count:,} "
        f"images in folders that are called after a class. {weak}".rstrip()
    )
    if tally.learned:
        output.say(_about_learned(tally))
    if tally.unknown:
        output.say(
            f"{tally.unknown:,} of them are called unknown; of the others "
            f"{percent(answered)} ({ends(interval)}) are right."
        )


def _about_learned(tally: Tally) -> str:
    """That the model has learned from some of the images, and how often it is right without."""
    begin = (
        f"The model has learned from {tally.learned:,} of these {tally.count:,} images, so this "
        "is optimistic"
    )
    rest = tally.scores_without_learned()
    if rest is None:
        return f"{begin}, and there is no figure without them."
    return (
        f"{begin}. Without them: accuracy {percent(rest.accuracy)} ({ends(rest.interval)}) on "
        f"{rest.count:,} images."
    )


def _none_sentence(errors: Sequence[str]) -> str:
    if len(errors) == 1:
        return errors[0]
    return f"None of the {len(errors)} files can be read. {errors[0] if errors else ''}".strip()


def _row(answer: FilePrediction, top: int) -> tuple[str, ...]:
    if answer.prediction is None:
        return ()
    (name, probability), *others = answer.prediction.ranked[:top]
    if answer.prediction.unknown:
        name = f"unknown ({name}?)"
    moment = answer.picture.name.removeprefix(answer.path.name)
    row = (f"{answer.path}{moment}", name, percent(probability))
    return row if top == 1 else (*row, ", ".join(f"{c} {percent(p)}" for c, p in others))
