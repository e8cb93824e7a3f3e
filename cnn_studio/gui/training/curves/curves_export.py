"""The curves on show as a table for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from cnn_studio.gui.training.curves.curves import Curves, Overlay, Shown
from cnn_studio.gui.training.curves.plot_strokes import at_epoch
from cnn_studio.untrusted_text import spreadsheet_cell

_HEAD = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "best")


def curves_csv(shown: Shown) -> str:
    """One row an epoch, as in a run's history.csv; of several runs the first column names each.

    What was not measured is left empty. Names of columns stay as they are in every language.
    """
    text = io.StringIO()
    writer = csv.writer(text)
    if isinstance(shown, Overlay):
        writer.writerow(("run", *_HEAD))
        for run in shown.runs:
            writer.writerows((spreadsheet_cell(run.name), *row) for row in _rows(run.curves))
    else:
        writer.writerow(_HEAD)
        writer.writerows(_rows(shown))
    return text.getvalue()


def _rows(curves: Curves) -> Iterator[tuple[str, ...]]:
    for epoch in map(int, curves.loss.training.x):
        values = (
            at_epoch(curve, epoch)
            for curve in (
                curves.loss.training,
                curves.accuracy.training,
                curves.loss.validation,
                curves.accuracy.validation,
            )
        )
        cells = ["" if value is None else repr(value) for value in values]
        yield str(epoch), *cells, str(int(epoch == curves.best_epoch))
