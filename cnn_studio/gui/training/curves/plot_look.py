"""What goes to the plot's thread and comes back; nothing here needs Matplotlib."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from cnn_studio.gui.training.curves.plot_choices import PlotChoices
from cnn_studio.gui.training.curves.plot_limits import Limits

if TYPE_CHECKING:
    from cnn_studio.gui.training.curves.plot_strokes import Plotted

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class PlotLook:
    """Size, colours, words and choices of a picture.

    Attributes:
        width, height: In logical pixels, 1 or more.
        pixel_ratio: Device pixels a logical pixel.
        font_family: The window's font.
        surface, line, text, text_quiet, training, validation: Colours, "#rrggbb".
        loss, accuracy: Titles of the plots.
        epoch: Under the axes.
        of_training, of_validation, of_batches, of_best: In the legend.
        step, time: Under the axes, where the lines are drawn over those; `time` has a place for
            the `unit`, which is one of the three in `units`: seconds, minutes, hours.
        heading: Whose curves they are, above a picture that is kept; "" for none.
        has_legend: Whether the lines are named on the picture.
        choices: How the curves are shown.
    """

    width: int
    height: int
    pixel_ratio: float
    font_family: str
    surface: str
    line: str
    text: str
    text_quiet: str
    training: str
    validation: str
    loss: str
    accuracy: str
    epoch: str
    of_training: str
    of_validation: str
    of_batches: str
    of_best: str
    step: str = "step"
    time: str = "time ({unit})"
    units: tuple[str, str, str] = ("s", "min", "h")
    heading: str = ""
    has_legend: bool = True
    choices: PlotChoices = field(default_factory=PlotChoices)


@dataclass(frozen=True)
class PlotPicture:
    """A drawn picture.

    Attributes:
        image: With its device pixel ratio set.
        axes: Of each plot (left, bottom, width, height), shares 0..1 of the picture from its lower
            left corner.
        limits: What part of the curves is on it.
        plotted: What is drawn.
    """

    image: QImage
    axes: tuple[Box, ...]
    limits: Limits
    plotted: Plotted
