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

    @property
    def origin(self) -> str:
        """Where its numbers come from, in a sentence or two for whoever gets a model file."""
        return {
            "cnn": "The network learned everything from the pictures of these classes.",
            "pretrained": (
                "The network is EfficientNet-Lite0 (Tan and Le 2019), which learned to see on "
                "ImageNet; its weights are under the Apache License 2.0. Only its last layer "
                "learned from the pictures of these classes."
            ),
        }[self.value]
