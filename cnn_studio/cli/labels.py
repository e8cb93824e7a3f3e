"""`cnn-studio labels`: find samples that stand in the wrong class."""

from __future__ import annotations

import typer

from cnn_studio.cli.interrupts import stop_on_interrupt
from cnn_studio.cli.options import DatasetArgument, JsonOption, WorkspaceOption, chosen_workspace
from cnn_studio.cli.output import Column, Output, percent

_SHOWN = 50


def labels(
    context: typer.Context,
    dataset: DatasetArgument,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find labels that are likely wrong, the worst first; nothing is changed.

    Each image is judged by what was learned from others. With --json each doubted sample is a
    line; `score` is how probable its label is. The answer is kept, and of a dataset in the
    workspace the window's checkup and gallery show it.
    """
    from cnn_studio.data.catalog import find_dataset
    from cnn_studio.data.class_folders import ClassFolders
    from cnn_studio.data.label_doubts import standing_doubts

    output = Output(as_json)
    chosen = find_dataset(chosen_workspace(context, workspace), dataset)
    with stop_on_interrupt() as stop, output.progress("Looking at the images") as bar:
        from cnn_studio.training.events import Event, Message, Working
        from cnn_studio.training.label_search import LabelTask, search_labels

        def tell(event: Event) -> None:
            if isinstance(event, Working):
                bar.describe("Judging labels")
                bar(event.done, event.total)
            elif isinstance(event, Message):
                bar.say(event.text)

        found = search_labels(LabelTask(chosen), tell, stop)
    doubts = standing_doubts(ClassFolders(chosen), found)
    for doubt in doubts:
        output.line(
            {
                "path": str(chosen.folder / doubt.name),
                "label": doubt.label,
                "suggested": doubt.suggested,
                "score": doubt.score,
            }
        )
    if doubts:
        columns = (Column("image"), Column("may be"), Column("label's probability", True))
        rows = [(doubt.name, doubt.suggested, percent(doubt.score)) for doubt in doubts[:_SHOWN]]
        output.table(columns, rows)
    more = len(doubts) - _SHOWN
    if more > 0:
        output.say(f"and {more:,} more, which --json lists.")
    output.say(f"{len(doubts):,} of {found.images:,} labels of {chosen.title} are doubted.")
