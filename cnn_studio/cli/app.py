"""All commands in one place, and how typer's own complaints become exit codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from cnn_studio import __version__
from cnn_studio.cli import INTERRUPTED, WRONG_USE, datasets
from cnn_studio.cli.capturing import capture
from cnn_studio.cli.checkup import check
from cnn_studio.cli.comparing import compare
from cnn_studio.cli.evaluation import evaluate
from cnn_studio.cli.exporting import export
from cnn_studio.cli.flattering import flattering
from cnn_studio.cli.importing import import_, pack
from cnn_studio.cli.labels import labels
from cnn_studio.cli.listing import cameras, runs
from cnn_studio.cli.options import WorkspaceOption
from cnn_studio.cli.prediction import predict
from cnn_studio.cli.reporting import report
from cnn_studio.cli.sorting import sort
from cnn_studio.cli.training import resume, train
from cnn_studio.cli.window import open_window
from cnn_studio.errors import StudioError, UsageError

app = typer.Typer(
    add_completion=False,
    context_settings={"help_option_names": ["--help", "-h"]},
    pretty_exceptions_enable=False,
)
app.command()(cameras)
app.add_typer(datasets.app, name="datasets")
app.command()(capture)
app.command("import")(import_)
app.command()(check)
app.command()(labels)
app.command()(sort)
app.command()(pack)
app.command()(train)
app.command()(resume)
app.command()(runs)
app.command()(evaluate)
app.command()(compare)
app.command()(report)
app.command()(flattering)
app.command()(predict)
app.command()(export)


@app.callback(invoke_without_command=True)
def studio(
    context: typer.Context,
    workspace: WorkspaceOption = None,
    camera: Annotated[
        str | None,
        typer.Option(
            metavar="SPEC",
            help="The window's camera: 0, a name, a video, a folder of images, a URL, demo.",
            show_default="the last one used",
        ),
    ] = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> int:
    """Teach a computer to see: capture images, train a network, classify live.

    Without a command the window opens.
    """
    if version:
        print(f"CNN Studio {__version__}")
        return 0
    if context.invoked_subcommand is None:
        return open_window(workspace, camera)
    if camera is not None:
        raise UsageError("--camera before a command is for the window; name it behind capture.")
    return 0


def run_command(words: Sequence[str]) -> int:
    """Run one command; its exit code.

    Raises:
        StudioError: The command could not do its job.
        UsageError: The words make no command.
        KeyboardInterrupt: Ctrl+C ended it at once.
    """
    command = typer.main.get_command(app)
    try:
        code = command.main(list(words), prog_name="cnn-studio", standalone_mode=False)
    except typer.TyperException as error:
        sentence = error.format_message().replace("Value error, ", "").rstrip(".") + "."
        kind = UsageError if error.exit_code == WRONG_USE else StudioError
        raise kind(sentence) from error
    if code == INTERRUPTED:  # what typer makes of a KeyboardInterrupt
        raise KeyboardInterrupt
    return code if isinstance(code, int) else 0
