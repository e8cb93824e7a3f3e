"""`cnn-studio report`: a run told in one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnn_studio.cli.comparing import RunArgument
from cnn_studio.cli.evaluation import examine
from cnn_studio.cli.options import (
    JsonOption,
    OwnDatasetOption,
    WorkspaceOption,
    chosen_workspace,
    own_dataset,
)
from cnn_studio.cli.output import Output
from cnn_studio.errors import DatasetError

if TYPE_CHECKING:
    from cnn_studio.data.catalog import Dataset
    from cnn_studio.models.answers import Answers
    from cnn_studio.models.runs import Run


def report(
    context: typer.Context,
    run: RunArgument,
    file: Annotated[
        Path, typer.Argument(metavar="FILE.html", help="Where to write it.", show_default=False)
    ],
    dataset: OwnDatasetOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write one HTML file with a run's recipe, curves, matrix, reliability, mistakes and versions.

    It holds everything it shows, so it can be sent and printed. A run from before its answers were
    kept is asked once more, if its dataset is there.
    """
    from cnn_studio.data.named_images import NamedImages
    from cnn_studio.models.runs import find_run
    from cnn_studio.report.page import write_report
    from cnn_studio.training.networks import network_of

    output = Output(as_json)
    place = chosen_workspace(context, workspace)
    found = find_run(place, run)
    own = None
    try:
        own = own_dataset(place, found, dataset)
    except DatasetError as error:
        if dataset is not None:
            raise
        output.warn(f"The report has no single images. {error}")
    answers = _answers(found, own, output)
    read = NamedImages(own).read if own is not None else None
    path = file.expanduser()
    fields = None if found.bundle is None else network_of(found.bundle.network).fields
    write_report(path, found, answers, read, fields)
    output.line({"run": found.name, "report": str(path)})
    output.say(f"The report on {found.name} is in {path}.")


def _answers(run: Run, dataset: Dataset | None, output: Output) -> Answers | None:
    """What the run's model said: as it was kept, else asked now; None where neither can be."""
    from cnn_studio.models.answers import kept_answers
    from cnn_studio.prediction.evaluation import Scope, questions_about

    kept = kept_answers(run)
    if kept is not None:
        return kept
    if dataset is None:
        return None
    try:
        questions = questions_about(dataset, [run])
        if questions.scope is Scope.ALL:
            return None  # the training learned from them, and figures on them would flatter
        answers = examine(run, questions, output).answers
    except DatasetError as error:
        output.warn(f"The report has no single images. {error}")
        return None
    if answers.without_learned() is None:
        output.warn(
            "The model went on to learn from the images held back, and what it said of them before "
            "was not kept, so the report has no single images."
        )
        return None
    return answers
