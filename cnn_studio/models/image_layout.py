"""How the input of a network lies: which side is the height, which the channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnn_studio.errors import ModelError
from cnn_studio.vision.preparation import MAX_SIZE, MIN_SIZE

USUAL_SIZE = 224
"""Of a network that takes any size and does not say for which it was made."""

_CHANNELS = (1, 3)


class SizeError(ModelError):
    """A network that takes images of any size does not work for this one."""


@dataclass(frozen=True)
class ImageLayout:
    """An input of one image.

    Attributes:
        height, width: In pixels; None where the network takes any.
        channels: 3 for colour, 1 for grey.
        is_channels_first: Whether it takes (channels, height, width), as PyTorch has it.
    """

    height: int | None
    width: int | None
    channels: int
    is_channels_first: bool = False

    @classmethod
    def of(cls, sides: Sequence[int | None]) -> ImageLayout:
        """Of an input with these sides, None where one is free; the first is the batch.

        Raises:
            ModelError: It is not one square image, in colour or grey; the sentence says why.
        """
        shown = " x ".join("any" if side is None else str(side) for side in sides) or "nothing"
        if len(sides) != 4:
            raise ModelError(
                "It must take one image: a batch, height, width and channels, "
                f"not an input of {shown}."
            )
        batch, *image = sides
        if batch not in (None, 1):
            raise ModelError(
                f"It takes {batch} images at once and no single one. Export it with a batch of 1 "
                "or a free one."
            )
        first, *_, last = image
        if last in _CHANNELS:
            height, width, channels = image
            is_channels_first = False
        elif first in _CHANNELS:
            channels, height, width = image
            is_channels_first = True
        else:
            raise ModelError(
                f"It must take images of 3 channels (colour) or 1 (grey), not an input of {shown}."
            )
        _check_square(height, width)
        return cls(height, width, channels or 3, is_channels_first)

    @property
    def is_free(self) -> bool:
        """Whether it takes images of any size."""
        return self.height is None and self.width is None

    def shape(self, size: int | None) -> tuple[int, int, int]:
        """(height, width, channels) of the image, with `size` for sides that are free."""
        free = size or USUAL_SIZE
        side = self.height or self.width or free
        return side, side, self.channels

    def sides(self, size: int | None) -> list[int]:
        """The sides of the input for a batch of one, in the network's order."""
        height, width, channels = self.shape(size)
        image = [channels, height, width] if self.is_channels_first else [height, width, channels]
        return [1, *image]


def _check_square(height: int | None, width: int | None) -> None:
    known = [side for side in (height, width) if side is not None]
    if len(set(known)) > 1:
        raise ModelError(
            f"It takes images {height} pixels high and {width} wide; the studio prepares square "
            "ones only. Export it for square images."
        )
    if known and not MIN_SIZE <= known[0] <= MAX_SIZE:
        raise ModelError(
            f"It must take a square image of {MIN_SIZE} to {MAX_SIZE} pixels, "
            f"not {known[0]} x {known[0]}."
        )
