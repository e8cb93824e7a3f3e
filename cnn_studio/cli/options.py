"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

from cnn_studio.cli.window import WORKSPACE_VARIABLE, workspace_at
from cnn_studio.paths import Workspace

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
ModelArgument = Annotated[
    str,
    typer.Argument(metavar="MODEL", help="A run's name, or its folder.", show_default=False),
]
AnyModelArgument = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="A run's name or folder, or a model file: .tflite, .keras, .onnx, a zip with one.",
        show_default=False,
    ),
]


def chosen_workspace(context: typer.Context, folder: str | None) -> Workspace:
    """The workspace named behind the command, else before it, else the usual one."""
    before: str | None = context.find_root().params.get("workspace")
    return workspace_at(folder or before)
