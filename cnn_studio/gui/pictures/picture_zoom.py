"""How large a picture is shown, and which part of it. Plain arithmetic."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize

ZOOM_STEP = 1.25
"""What one notch of the wheel or one press of a key enlarges by."""

WHEEL_NOTCH = 120
"""What a wheel turns by at once, in eighths of a degree; a touchpad turns it by less."""

_MOST = 32.0  # pixels of the screen that a pixel of the picture may be wide
_SAME = 1.001  # scales that differ by less than this factor are one


class PictureZoom:
    """Fits a picture into its room until somebody zooms; then it stays where it was put.

    Lengths are those of the widget; `scale` is how many of them a pixel of the picture is wide.

    Args:
        most_fitted: How many times a small picture is enlarged at most to fit; None for any.
    """

    def __init__(self, most_fitted: float | None = None) -> None:
        self._most_fitted = most_fitted
        self._size = QSize()
        self._room = QRectF()
        self._pixel = 1.0  # how wide a pixel of the screen is
        self._scale: float | None = None  # None fits
        self._middle = QPointF()  # of the room, in pixels of the picture

    @property
    def is_fitted(self) -> bool:
        """Whether all of the picture is shown, as large as there is room."""
        return self._scale is None

    @property
    def is_larger(self) -> bool:
        """Whether parts of the picture are out of sight, so that it can be moved."""
        width, height = self._shown_size(self.scale)
        return width > self._room.width() + 1 or height > self._room.height() + 1

    @property
    def scale(self) -> float:
        """How wide a pixel of the picture is."""
        return self._fitted if self._scale is None else self._scale

    @property
    def share(self) -> float:
        """How many pixels of the screen a pixel of the picture is wide; 1 is 1:1."""
        return self.scale / self._pixel

    @property
    def target(self) -> QRectF:
        """Where the whole picture lies, parts of it out of sight perhaps."""
        width, height = self._shown_size(self.scale)
        target = QRectF(0, 0, width, height)
        if self._scale is None:
            target.moveCenter(self._room.center())
        else:
            target.moveTopLeft(self._room.center() - self._middle * self._scale)
        return target

    def set_picture(self, size: QSize) -> None:
        """Show another picture, of this size in its own pixels: all of it."""
        self._size = size
        self.fit()

    def set_room(self, room: QRectF, pixel_ratio: float) -> None:
        """Say where there is room, and how many pixels of the screen are in one length."""
        self._room, self._pixel = room, 1 / pixel_ratio
        self._keep_in_sight()

    def fit(self) -> None:
        """Show all of it."""
        self._scale = None

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Make it larger or smaller; what is at `about` stays there, or what is in the middle."""
        self._set_scale(self.scale * factor, about)
        if factor < 1 and self._scale is not None and self._scale <= self._fitted * _SAME:
            self.fit()

    def show_pixels(self, about: QPointF | None = None) -> None:
        """Show each pixel of the picture as one of the screen's; show all of it if it is so."""
        if self._scale is not None and 1 / _SAME < self.share < _SAME:
            self.fit()
        else:
            self._set_scale(self._pixel, about)

    def move(self, by: QPointF) -> None:
        """Shift what is in sight; nothing where all of it is."""
        if self._scale is not None:
            self._middle -= by / self._scale
            self._keep_in_sight()

    @property
    def _fitted(self) -> float:
        if self._size.isEmpty() or self._room.isEmpty():
            return 1.0
        across = self._room.width() / self._size.width()
        scale = min(across, self._room.height() / self._size.height())
        return scale if self._most_fitted is None else min(scale, self._most_fitted)

    def _shown_size(self, scale: float) -> tuple[float, float]:
        return self._size.width() * scale, self._size.height() * scale

    def _set_scale(self, wanted: float, about: QPointF | None) -> None:
        most = max(_MOST * self._pixel, self._fitted)
        scale = min(max(wanted, min(self._fitted, self._pixel)), most)
        fixed = self._room.center() if about is None else about
        before = self.target
        at = (fixed - before.topLeft()) / self.scale  # in pixels of the picture
        self._scale = scale
        self._middle = at + (self._room.center() - fixed) / scale
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        """No empty stripe beside a picture that is larger than its room; else its middle."""
        if self._scale is None or self._scale <= 0:
            return
        half_width = self._room.width() / 2 / self._scale
        half_height = self._room.height() / 2 / self._scale
        self._middle = QPointF(
            _between(self._middle.x(), half_width, self._size.width()),
            _between(self._middle.y(), half_height, self._size.height()),
        )


def _between(middle: float, half: float, whole: int) -> float:
    return whole / 2 if 2 * half >= whole else min(max(middle, half), whole - half)
