"""`cnn-studio flattering`: what a random split would have claimed of a run."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from cnn_studio.cli.evaluation import ends
from cnn_studio.cli.interrupts import stop_on_interrupt
from cnn_studio.cli.options import JsonOption, ModelArgument, WorkspaceOption, chosen_workspace
from cnn_studio.cli.output import Output, percent
from cnn_studio.errors import ModelError


def flattering(
    context: typer.Context,
    model: ModelArgument,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a run's recipe once more on a random split, to show what that would have claimed.

    It takes as long as the run's own training did. Both figures are kept with a run of the
    workspace; the second network is not.
    """
    from cnn_studio.data.catalog import find_dataset
    from cnn_studio.models.opening.opened import is_own
    from cnn_studio.models.runs import find_run

    output = Output(as_json)
    place = chosen_workspace(context, workspace)
    run = find_run(place, model)
    dataset = find_dataset(place, _dataset_folder(run.folder))
    with stop_on_interrupt() as stop, output.progress("Training on a random split") as bar:
        from cnn_studio.training.events import Event, Working
        from cnn_studio.training.flattering import FlatteringTask, claim_of_random_split

        def tell(event: Event) -> None:
            if isinstance(event, Working):
                bar(event.done, event.total)

        with TemporaryDirectory(prefix="cnn-studio-") as work:
            work_folder = None if is_own(place, run.folder) else Path(work)
            task = FlatteringTask(run.folder, dataset, work_folder)
            found = claim_of_random_split(task, tell, stop)
    output.line(
        {
            "run": run.name,
            "honest": found.honest,
            "honest_interval": found.honest_interval.to_list(),
            "honest_count": found.honest_count,
            "random": found.random,
            "random_interval": found.random_interval.to_list(),
            "random_count": found.random_count,
            "changes": asdict(found.changes),
            "why": found.why,
        }
    )
    for name, share, interval, count in (
        ("Honest", found.honest, found.honest_interval, found.honest_count),
        ("Random", found.random, found.random_interval, found.random_count),
    ):
        output.say(f"{name} split: {percent(share)} ({ends(interval)}) of {count:,} images.")
    output.say(f"{found.about_changes} {found.why}".strip())


def _dataset_folder(run_folder: Path) -> str:
    from cnn_studio.models.runs import RECIPE_FILE

    try:
        values = json.loads((run_folder / RECIPE_FILE).read_text(encoding="utf-8"))
        return str(values["dataset_folder"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"It is not written down what {run_folder.name} was trained on."
        ) from error
