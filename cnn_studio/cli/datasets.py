"""`cnn-studio datasets`: listed, fetched, and what is done with one as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cnn_studio.cli.filling import (
    Skipped,
    conclude,
    dataset_to_fill,
    say_left_out,
    say_present,
)
from cnn_studio.cli.interrupts import stop_on_interrupt
from cnn_studio.cli.options import (
    JsonOption,
    NamesEncodingOption,
    WorkspaceOption,
    chosen_workspace,
)
from cnn_studio.cli.output import Column, Output
from cnn_studio.cli.whole_datasets import delete, duplicate, rename, restore, show
from cnn_studio.errors import DatasetError, StudioError

if TYPE_CHECKING:
    from cnn_studio.data.catalog import Dataset

app = typer.Typer(
    help="List the datasets, bring one in, or rename, copy, delete one.", no_args_is_help=False
)
for _command in (show, rename, duplicate, delete, restore):
    app.command()(_command)


@app.command("list")
def list_(
    context: typer.Context, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """List the datasets and how many images each has."""
    from cnn_studio.data.catalog import list_datasets

    output = Output(as_json)
    rows = []
    for dataset in list_datasets(chosen_workspace(context, workspace)):
        values = _values(dataset)
        output.line(values)
        if values["problem"] and not as_json:
            output.warn(values["problem"])
        figures = (len(values["counts"]), values["images"], values["test_images"])
        rows.append((dataset.name, dataset.title, *(f"{figure:,}" for figure in figures)))
    numbers = ("CLASSES", "IMAGES", "TEST")
    output.table(
        [Column("DATASET"), Column("TITLE"), *(Column(name, is_number=True) for name in numbers)],
        rows,
    )


@app.command()
def fetch(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="The dataset's name.", show_default=False),
    ],
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="PATH",
            help="Take the files from here instead: a folder, a zip or a tar.",
            show_default=False,
        ),
    ] = None,
    names_encoding: NamesEncodingOption = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring a dataset's images into the workspace.

    fashion-mnist is taken from --from, wherever its four files lie in it and however they are
    packed, else from where Debian's package dataset-fashion-mnist or Keras puts it, else from the
    web. Other datasets are folders of class folders: name yours with
    --from; one that is not there yet is made. What is there already stays; where nothing comes in
    from --from that is not there, the exit code is 1. Ctrl+C stops and keeps what is whole.
    """
    from cnn_studio.data.cards import Storage
    from cnn_studio.data.catalog import find_dataset

    output = Output(as_json)
    place = chosen_workspace(context, workspace)
    if source is None:  # of a dataset that nobody knows there is nothing to fetch
        find_dataset(place, name)
    with dataset_to_fill(place, name, output) as dataset:
        if dataset.card.storage is Storage.IDX:
            _fetch_fashion_mnist(dataset, source, output)
            _tell(dataset, [], output)
        elif source is not None:
            _import(dataset, source, output, names_encoding)
        else:
            raise DatasetError(
                f"{dataset.title} cannot be downloaded; bring in yours with --from. "
                f"{dataset.card.how_to_get}".strip()
            )


def _tell(dataset: Dataset, skipped: Skipped, output: Output) -> None:
    values = _values(dataset)
    left_out = [{"path": str(path), "reason": reason} for path, reason in skipped]
    output.line({**values, "skipped": left_out})
    output.say(f"{dataset.title} now has {values['images']:,} images in {dataset.folder}.")


def _values(dataset: Dataset) -> dict[str, Any]:
    counts, tested, problem = _counts(dataset)
    return {
        "dataset": dataset.name,
        "title": dataset.title,
        "counts": counts,
        "images": sum(counts.values()),
        "test_images": tested,
        "folder": str(dataset.folder),
        "problem": problem or None,
    }


def _fetch_fashion_mnist(dataset: Dataset, source: Path | None, output: Output) -> None:
    from cnn_studio.data import fashion_mnist

    progress = output.progress("Fetching", in_bytes=True)
    with stop_on_interrupt() as stop, progress as bar:
        is_whole = fashion_mnist.fetch(
            dataset.folder, source=source, progress=bar, cancelled=stop.is_set
        )
    if not is_whole:
        raise StudioError("Stopped; the files that are whole stay, and the next time goes on.")


def _import(dataset: Dataset, source: Path, output: Output, names_encoding: str) -> None:
    from cnn_studio.data.class_folders import ClassFolders
    from cnn_studio.data.code_pages import check_encoding
    from cnn_studio.data.intake import import_class_tree

    encoding = check_encoding(names_encoding) if names_encoding else ""
    said: list[str] = []
    with stop_on_interrupt() as stop, output.progress("Bringing in") as bar:
        report = import_class_tree(
            ClassFolders(dataset),
            source,
            progress=bar,
            cancelled=stop.is_set,
            names_encoding=encoding,
            say=said.append,
        )
    for sentence in said:
        output.warn(f"{sentence} --names-encoding reads them otherwise.")
    say_left_out(output, report.skipped)
    if report.imported or output.is_json:
        _tell(dataset, report.skipped, output)
    say_present(output, len(report.imported), report.skipped)
    conclude(len(report.imported), report.skipped, [source], stop.is_set())


def _counts(dataset: Dataset) -> tuple[dict[str, int], int, str]:
    """Images of each class, images of the test part, and what is wrong with the dataset."""
    from cnn_studio.data.image_sets import Part, count_images

    try:
        tested = sum(count_images(dataset, Part.TEST).values())
        return count_images(dataset), tested, dataset.problem
    except DatasetError as error:
        return {}, 0, str(error)
