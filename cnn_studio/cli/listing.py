"""`cnn-studio cameras` and `cnn-studio runs`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cnn_studio.cli.options import JsonOption, WorkspaceOption, chosen_workspace
from cnn_studio.cli.output import Column, Output, percent

if TYPE_CHECKING:
    from cnn_studio.models.runs import Run


def cameras(as_json: JsonOption = False) -> None:
    """List the cameras, each with the SPEC that names it."""
    from cnn_studio.camera.listing import list_cameras

    output = Output(as_json)
    found = list_cameras()
    for camera in found:
        output.line({"spec": str(camera.spec), "name": camera.name})
    output.table(
        [Column("SPEC"), Column("NAME")], [(str(camera.spec), camera.name) for camera in found]
    )


def runs(
    context: typer.Context,
    network: Annotated[
        Literal["cnn", "pretrained"] | None,
        typer.Option(help="Those of one network alone.", show_default="both"),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the trainings, newest first; those with a star have a * in front."""
    from cnn_studio.models.runs import list_runs

    output = Output(as_json)
    place = chosen_workspace(context, workspace)
    found = [run for run in list_runs(place) if network in (None, run.network)]
    for run in found:
        output.line(_run_values(run))
        if run.is_damaged and not as_json:
            output.warn(f"{run.name} cannot be used: {run.problem}")
    if not found and network is not None:
        output.say(f"There is no training of this network in {place.runs}.")
        return
    if not found:
        output.say(
            f"There is no training yet in {place.runs}. Begin with: cnn-studio train objects"
        )
        return
    headings = ("", "RUN", "TITLE", "DATASET", "NETWORK", "STATUS")
    figures = ("EPOCHS", "VALIDATION", "TEST")
    output.table(
        [*map(Column, headings), *(Column(figure, is_number=True) for figure in figures)],
        map(_run_row, found),
    )


def _run_row(run: Run) -> tuple[str, ...]:
    star = "*" if run.notes.starred else ""
    named = (star, run.name, run.notes.title, run.dataset, run.network.label, _status(run))
    if run.bundle is None:
        return (*named, *[percent(None)] * 3)
    return (
        *named,
        str(run.bundle.epochs_done),
        percent(run.bundle.val_accuracy),
        percent(run.bundle.test_accuracy),
    )


def _status(run: Run) -> str:
    return "training" if run.is_training else str(run.status)


def _run_values(run: Run) -> dict[str, Any]:
    bundle = run.bundle
    return {
        "run": run.name,
        "folder": str(run.folder),
        "title": run.notes.title,
        "starred": run.notes.starred,
        "note": run.notes.note,
        "dataset": run.dataset,
        "network": str(run.network),
        "status": _status(run),
        "created": run.created.isoformat(timespec="seconds"),
        "classes": list(bundle.classes) if bundle else None,
        "epochs": bundle.epochs_done if bundle else None,
        "accuracy": bundle.train_accuracy if bundle else None,
        "val_accuracy": bundle.val_accuracy if bundle else None,
        "test_accuracy": bundle.test_accuracy if bundle else None,
        "problem": run.problem,
    }
