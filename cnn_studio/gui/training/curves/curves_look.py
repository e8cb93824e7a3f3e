"""How the picture of the curves looks on a widget: its size, colours and words."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.curves.plot_choices import PlotChoices
from cnn_studio.gui.training.curves.plot_look import PlotLook

_tr = partial(QCoreApplication.translate, "Training")


def curves_look(
    widget: QWidget,
    theme: Theme,
    pixel_ratio: float | None = None,
    *,
    choices: PlotChoices | None = None,
    heading: str | None = None,
) -> PlotLook:
    """The look of a picture that fills a widget.

    Args:
        widget: What it fills.
        theme: The colours.
        pixel_ratio: How sharp; None is as sharp as the widget's screen.
        choices: How the curves are shown.
        heading: Whose they are, for a picture that stands by itself and so names its lines; None
            for one in the window, which has that beside it.
    """
    tokens = theme.tokens
    return PlotLook(
        width=max(1, widget.width()),
        height=max(1, widget.height()),
        pixel_ratio=pixel_ratio or widget.devicePixelRatioF(),
        font_family=QFontInfo(widget.font()).family(),
        surface=tokens.surface,
        line=tokens.line,
        text=tokens.text,
        text_quiet=tokens.text_quiet,
        training=tokens.training,
        validation=tokens.validation,
        loss=_tr("Loss"),
        accuracy=_tr("Accuracy"),
        epoch=_tr("epoch"),
        of_training=_tr("training"),
        of_validation=_tr("validation"),
        of_batches=_tr("each batch"),
        of_best=_tr("best epoch"),
        step=_tr("step"),
        time=_tr("time ({unit})"),
        units=(_tr("s"), _tr("min"), _tr("h")),
        heading=heading or "",
        has_legend=heading is not None,
        choices=choices or PlotChoices(),
    )
