"""Options that several commands have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cnn_studio.cli.window import WORKSPACE_VARIABLE, workspace_at
from cnn_studio.paths import RENAMING, Workspace

if TYPE_CHECKING:
    from cnn_studio.data.catalog import Dataset
    from cnn_studio.models.runs import Run

WorkspaceOption = Annotated[
    str | None,
    typer.Option(
        "--workspace",
        metavar="DIR",
        help="The folder of datasets and runs.",
        show_default=f"${WORKSPACE_VARIABLE}, else CNN Studio in your documents",
    ),
]
JsonOption = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON object a line, for other programs."),
]
NamesEncodingOption = Annotated[
    str,
    typer.Option(
        "--names-encoding",
        metavar="NAME",
        help="The code page of names in an archive that do not say it, as in cp932 or gbk.",
        show_default="found out",
    ),
]
DatasetArgument = Annotated[
    str,
    typer.Argument(
        metavar="DATASET",
        help="A dataset's name; or a folder of class folders, as in ./NAME or NAME/.",
        show_default=False,
    ),
]
DATASET_OPTION = "--dataset DATASET"
OwnDatasetArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="DATASET",
        help="A dataset's name; or a folder of class folders, as in ./NAME or NAME/.",
        show_default="what the model learned from",
    ),
]
OwnDatasetOption = Annotated[
    str | None,
    typer.Option(
        "--dataset",
        metavar="DATASET",
        help="The dataset or folder with the images, if it has moved or changed.",
        show_default="what the run learned from",
    ),
]
ModelArgument = Annotated[
    str,
    typer.Argument(metavar="MODEL", help="A run's name, or its folder.", show_default=False),
]
AnyModelArgument = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="A run's name or folder, or a model file: .tflite, .keras, .h5, .onnx, or a zip.",
        show_default=False,
    ),
]


def own_dataset(
    place: Workspace, run: Run, named: str | None, option: str = DATASET_OPTION
) -> Dataset:
    """The dataset that is named, else the one that a run learned from.

    Args:
        place: The workspace.
        run: The run.
        named: What was named on the command line; None for nothing.
        option: How it is named there.

    Raises:
        DatasetError: There is no such dataset; or none is named, and the run's is gone or changed.
    """
    from cnn_studio.data.catalog import find_dataset
    from cnn_studio.models.opening.opened import is_own
    from cnn_studio.models.run_dataset import (
        ImagesGoneError,
        dataset_folder,
        dataset_of,
        why_no_dataset,
    )

    if named is not None:
        return find_dataset(place, named)
    # A file of a stranger's may be called like a dataset that it has never seen.
    is_run = is_own(place, run.folder) or dataset_folder(run) is not None
    found = dataset_of(run, place) if is_run else None
    if found is None:
        raise ImagesGoneError(f"{why_no_dataset(run, place)} {name_them(option)}")
    return found


def name_them(option: str) -> str:
    """The sentence that says how to name the images of a run."""
    return f"Name the folder or dataset with its images: {option}."


def chosen_workspace(context: typer.Context, folder: str | None) -> Workspace:
    """The workspace named behind the command, else before it, else the usual one."""
    before: str | None = context.find_root().params.get("workspace")
    place = workspace_at(folder or before)
    if (place.datasets / RENAMING).is_dir():  # a kill has cut one short
        from cnn_studio.models.dataset_moves import finish_renames

        finish_renames(place)
    return place
