"""Where the network looks, in colours over the picture."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QImage

from cnn_studio.gui.widgets.frame_view import image_of
from cnn_studio.prediction.heatmap import Heat

# From dark to light without a step, so that more is also seen in grey and by the colour-blind:
# (heat, red, green, blue).
_COLOURS = np.array(
    [
        (0.00, 30, 10, 70),
        (0.25, 96, 18, 120),
        (0.50, 180, 42, 98),
        (0.75, 240, 116, 40),
        (1.00, 255, 236, 120),
    ]
)
_MOST_OPAQUE = 0.72
_CLEAR_BELOW = 0.08  # where next to nothing speaks for the class the picture stays as it is


def heat_image(heat: Heat) -> QImage:
    """The colours to lay over what the network saw; transparent where it finds nothing.

    Args:
        heat: (height, width), float32, 0..1.

    Returns:
        An image of the same size, to be enlarged smoothly.
    """
    levels = np.clip(heat, 0.0, 1.0)
    colours = [np.interp(levels, _COLOURS[:, 0], _COLOURS[:, band]) for band in (1, 2, 3)]
    rising = np.clip((levels - _CLEAR_BELOW) / (0.6 - _CLEAR_BELOW), 0.0, 1.0)
    alpha = rising * _MOST_OPAQUE * 255
    return image_of(np.stack([*colours, alpha], axis=2).round().astype(np.uint8))
