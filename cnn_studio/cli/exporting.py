"""`cnn-studio export`: a model for other programs."""

from __future__ import annotations

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
    own_dataset,
)
from cnn_studio.cli.output import Column, Output, percent

if TYPE_CHECKING:
    from cnn_studio.exporting.verification import ExportReport

_IN_WORDS = {
    "validation": "of the validation part",
    "test": "of the dataset's test part",
    "train": "that it has learned from, as none were left out",
    "all": "of the dataset",
}


def export(
    context: typer.Context,
    model: ModelArgument,
    formats: Annotated[
        list[str],
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="keras, savedmodel, tflite, tflite-dynamic, tflite-int8 or onnx; may be repeated.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Where each format gets a folder of its own."),
    ],
    dataset: Annotated[
        str | None,
        typer.Option(
            metavar="DATASET",
            help="Whose images the exports are compared on.",
            show_default="what the model was trained on",
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> int:
    """Write a model for other programs, with labels.txt and a sample program beside it.

    Each file is run by its own runtime on up to 200 images, which were held back from the training
    where there are such. One that does not say what the studio says is not handed over, and the
    exit code is 1.
    """
    from cnn_studio.exporting.export import ExportOrder, Step, export_run
    from cnn_studio.exporting.formats import formats_named
    from cnn_studio.models.runs import find_run

    output = Output(as_json)
    chosen = formats_named(formats)
    place = chosen_workspace(context, workspace)
    run = find_run(place, model)
    order = ExportOrder(run.folder, own_dataset(place, run, dataset), chosen, out.absolute())
    with stop_on_interrupt() as stop, output.progress("Getting TensorFlow ready") as bar:

        def tell(told: Step | ExportReport) -> None:
            if isinstance(told, Step):
                bar.describe(f"{told.format}: {told.stage}")
                bar(told.done, told.total)
            else:
                output.line(told.to_dict())

        reports = export_run(order, tell, stop.is_set)
    _print(output, reports)
    return DONE if all(report.accepted for report in reports) else COULD_NOT


def _print(output: Output, reports: list[ExportReport]) -> None:
    headings = ("AGREEMENT", "DIFFERENCE", "SIZE", "MS/IMAGE")
    columns = [
        Column("FORMAT"),
        *(Column(heading, is_number=True) for heading in headings),
        Column("PATH"),
    ]
    output.table(columns, [_row(report) for report in reports])
    compared = reports[0]
    output.say(f"Compared on {compared.images} images {_IN_WORDS[compared.compared_on]}.")
    if any(report.accepted for report in reports):
        output.say("labels.txt beside each model names its classes, one a line.")
    for report in reports:
        if not report.accepted and not output.is_json:
            output.warn(f"{report.format} is not handed over. {report.why}")


def _row(report: ExportReport) -> tuple[str, ...]:
    return (
        report.format,
        percent(report.agreement),
        "-" if report.largest_difference is None else f"{report.largest_difference:.1e}",
        "-" if report.bytes is None else f"{report.bytes / 1e6:.1f} MB",
        "-" if report.ms_per_image is None else f"{report.ms_per_image:.2f}",
        report.path or "refused",
    )
