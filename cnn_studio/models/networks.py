"""The two networks that a run may have."""

from __future__ import annotations

from enum import StrEnum


class NetworkKind(StrEnum):
    """A network. Its value is its name on the command line, in recipes and in studio.json."""

    CNN = "cnn"
    """The shared CNN, which learns to see from the images of its dataset alone."""
    PRETRAINED = "pretrained"
    """EfficientNet-Lite0, which has learned to see on ImageNet, with a linear layer of its own."""

    @property
    def label(self) -> str:
        """What a person calls it."""
        return {"cnn": "Shared CNN", "pretrained": "Pretrained"}[self.value]
