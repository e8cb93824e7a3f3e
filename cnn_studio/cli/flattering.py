"""`cnn-studio flattering`: what a random split would have claimed of a run."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from cnn_studio.cli.evaluation import ends
from cnn_studio.cli.interrupts import stop_on_interrupt
from cnn_studio.cli.options import (
    JsonOption,
    ModelArgument,
    OwnDatasetOption,
    WorkspaceOption,
    chosen_workspace,
    own_dataset,
)
from cnn_studio.cli.output import Output, percent


def flattering(
    context: typer.Context,
    model: ModelArgument,
    dataset: OwnDatasetOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a run's recipe once more on a random split, to show what that would have claimed.

    It takes as long as the run's own training did. Both figures are kept with a run of the
    workspace; the second network is not.
    """
    from cnn_studio.models.opening.opened import is_own
    from cnn_studio.models.runs import find_run

    output = Output(as_json)
    place = chosen_workspace(context, workspace)
    run = find_run(place, model)
    chosen = own_dataset(place, run, dataset)
    with stop_on_interrupt() as stop, output.progress("Training on a random split") as bar:
        from cnn_studio.training.events import Event, Working
        from cnn_studio.training.flattering import FlatteringTask, claim_of_random_split

        def tell(event: Event) -> None:
            if isinstance(event, Working):
                bar(event.done, event.total)

        with TemporaryDirectory(prefix="cnn-studio-") as work:
            work_folder = None if is_own(place, run.folder) else Path(work)
            task = FlatteringTask(run.folder, chosen, work_folder)
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
