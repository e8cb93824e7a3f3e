"""`cnn-studio datasets show`, `rename`, `duplicate`, `delete`, `restore`: datasets as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cnn_studio.cli.interrupts import stop_on_interrupt
from cnn_studio.cli.options import (
    DatasetArgument,
    JsonOption,
    WorkspaceOption,
    chosen_workspace,
)
from cnn_studio.cli.output import Column, Output
from cnn_studio.errors import StudioError

if TYPE_CHECKING:
    from cnn_studio.data.catalog import Dataset

TitleArgument = Annotated[
    str, typer.Argument(metavar="TITLE", help="What it is called.", show_default=False)
]


def show(
    context: typer.Context,
    dataset: DatasetArgument,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a dataset holds, its size on disk, and how its images are prepared."""
    from cnn_studio.data.catalog import find_dataset
    from cnn_studio.data.dataset_copy import disk_use
    from cnn_studio.data.image_sets import count_all
    from cnn_studio.data.trash import count_trash
    from cnn_studio.models.dataset_moves import runs_of

    output = Output(as_json)
    place = chosen_workspace(context, workspace)
    found = find_dataset(place, dataset)
    counts = count_all(found)
    use, spec = disk_use(found.folder), found.card.input
    runs = [run.name for run in runs_of(place, found) if run.folder.parent == place.runs]
    values = {
        **_named(found),
        "counts": counts,
        "images": sum(counts.values()),
        "trash": count_trash(found.folder),
        "bytes": use.total,
        "trash_bytes": use.trash,
        "input": spec.to_dict(),
        "target_per_class": found.card.target_per_class,
        "runs": runs,
        "problem": found.problem or None,
    }
    output.line(values)
    colours = "grey" if spec.channels == 1 else "colour"
    output.table(
        [Column("DATASET"), Column(found.name)],
        [
            ("title", found.title),
            ("folder", str(found.folder)),
            ("images", f"{values['images']:,} in {len(counts):,} classes"),
            ("in its trash", f"{values['trash']:,} images"),
            ("on disk", f"{use.total / 1e6:,.1f} MB, {use.trash / 1e6:,.1f} MB of it trash"),
            ("network sees", f"{spec.size} x {spec.size} {colours}, {spec.fit}, {spec.polarity}"),
            ("runs", f"{len(runs):,}"),
        ],
    )
    if found.problem and not as_json:
        output.warn(found.problem)


def rename(
    context: typer.Context,
    dataset: DatasetArgument,
    title: TitleArgument,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a dataset another title, and its folder the name that goes with it.

    Its runs stay linked to it. What comes with the program keeps its name.
    """
    from cnn_studio.data.catalog import find_dataset
    from cnn_studio.models.dataset_moves import rename_dataset

    output = Output(as_json)
    place = chosen_workspace(context, workspace)
    before = find_dataset(place, dataset)
    renamed = rename_dataset(place, before, title, output.warn)
    output.line({**_named(renamed), "before": before.name})
    output.say(f"{before.title} is called {renamed.title} now, in {renamed.folder}.")


def duplicate(
    context: typer.Context,
    dataset: DatasetArgument,
    title: TitleArgument,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a second dataset with the same images and card. Ctrl+C stops, and no copy is made."""
    from cnn_studio.data.catalog import find_dataset
    from cnn_studio.data.dataset_copy import duplicate_dataset
    from cnn_studio.data.image_sets import count_all

    output = Output(as_json)
    place = chosen_workspace(context, workspace)
    found = find_dataset(place, dataset)
    with stop_on_interrupt() as stop, output.progress("Copying") as bar:
        copy = duplicate_dataset(place, found, title, progress=bar, cancelled=stop.is_set)
    if copy is None:
        raise StudioError("Stopped; no copy was made.")
    images = sum(count_all(copy).values())
    output.line({**_named(copy), "images": images, "of": found.name})
    output.say(f"{copy.title} has the same {images:,} images as {found.title}, in {copy.folder}.")


def delete(
    context: typer.Context,
    dataset: DatasetArgument,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Move a dataset to the trash of datasets, with its images; `datasets restore` brings it back.

    What comes with the program stays, and so does what a training or an import is at work on.
    """
    from cnn_studio.data.catalog import find_dataset
    from cnn_studio.data.image_sets import count_all
    from cnn_studio.models.dataset_moves import delete_dataset

    output = Output(as_json)
    place = chosen_workspace(context, workspace)
    found = find_dataset(place, dataset)
    images = sum(count_all(found).values())
    trashed = delete_dataset(place, found)
    output.line({**_named(trashed.dataset), "images": images, "key": trashed.key})
    output.say(
        f"{found.title} and its {images:,} images are in the trash. Bring them back with: "
        f"cnn-studio datasets restore {found.name}"
    )


def restore(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A deleted dataset.", show_default="list them")
    ] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring a deleted dataset back with its images; without NAME, list what is in the trash.

    Of several of one name it is the one deleted last; the KEY of the list names any of them.
    """
    from cnn_studio.data.dataset_trash import find_trashed, list_trashed_datasets
    from cnn_studio.data.image_sets import count_all
    from cnn_studio.models.dataset_moves import restore_dataset

    output = Output(as_json)
    place = chosen_workspace(context, workspace)
    if name:
        restored = restore_dataset(place, find_trashed(place, name))
        images = sum(count_all(restored).values())
        output.line({**_named(restored), "images": images})
        output.say(f"{restored.title} is back with its {images:,} images, in {restored.folder}.")
        return
    rows = []
    for trashed in list_trashed_datasets(place):
        images = sum(count_all(trashed.dataset).values())
        deleted = trashed.deleted.isoformat()
        output.line(
            {
                **_named(trashed.dataset),
                "images": images,
                "deleted": deleted,
                "key": trashed.key,
            }
        )
        moment = f"{trashed.deleted.astimezone():%Y-%m-%d %H:%M}"
        rows.append(
            (trashed.dataset.name, trashed.dataset.title, f"{images:,}", moment, trashed.key)
        )
    columns = [Column("DATASET"), Column("TITLE"), Column("IMAGES", is_number=True)]
    output.table([*columns, Column("DELETED"), Column("KEY")], rows)


def _named(dataset: Dataset) -> dict[str, Any]:
    return {"dataset": dataset.name, "title": dataset.title, "folder": str(dataset.folder)}
