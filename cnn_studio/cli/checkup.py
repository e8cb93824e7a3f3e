"""`cnn-studio check`: find what would spoil a training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cnn_studio.cli.interrupts import stop_on_interrupt
from cnn_studio.cli.options import DatasetArgument, JsonOption, WorkspaceOption, chosen_workspace
from cnn_studio.cli.output import Output
from cnn_studio.errors import StudioError

if TYPE_CHECKING:
    from cnn_studio.data.findings import Finding

_PATHS_SHOWN = 3


def check(
    context: typer.Context,
    dataset: DatasetArgument,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find duplicates, unreadable, blurred, dark and odd images, and unequal classes.

    What matters most comes first. With --json each finding is a line. Nothing is changed, and
    findings are no error: the exit code is 0.
    """
    from cnn_studio.data.catalog import find_dataset
    from cnn_studio.data.checkup import check_dataset

    output = Output(as_json)
    chosen = find_dataset(chosen_workspace(context, workspace), dataset)
    with stop_on_interrupt() as stop, output.progress("Looking at images") as report:
        checkup = check_dataset(chosen, progress=report, cancelled=stop.is_set)
    for finding in checkup.findings:
        output.line(_values(finding))
        _say(finding, output)
    if not checkup.is_complete:
        raise StudioError(f"Stopped; {checkup.images:,} images were looked at.")
    found = f"{len(checkup.findings):,} findings" if checkup.findings else "Nothing to put right"
    output.say(f"{found} in {checkup.images:,} images of {chosen.title}.")


def _values(finding: Finding) -> dict[str, object]:
    return {
        "kind": str(finding.kind),
        "paths": [str(path) for path in finding.paths],
        "across_classes": finding.across_classes,
        "why": finding.why,
        "classes": list(finding.classes),
        "fixes": [str(fix) for fix in finding.fixes],
        "severity": finding.severity,
    }


def _say(finding: Finding, output: Output) -> None:
    output.say(f"[{finding.kind.replace('_', ' ')}] {finding.why}")
    for path in finding.paths[:_PATHS_SHOWN]:
        output.say(f"    {path.parent.name}/{path.name}")
    more = len(finding.paths) - _PATHS_SHOWN
    if more > 0:
        output.say(f"    and {more:,} more")
