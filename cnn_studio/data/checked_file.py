"""A file in a class folder as the checkup sees it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cnn_studio.data.image_facts import ImageFacts
from cnn_studio.data.sessions import recording_of


@dataclass(frozen=True)
class CheckedFile:
    """A file in a class folder, and what was found in it."""

    path: Path
    class_name: str
    facts: ImageFacts

    @property
    def burst(self) -> str:
        """The recording that it belongs to; empty if it was not recorded."""
        return recording_of(self.path.name)

    @property
    def worth(self) -> tuple[float, ...]:
        """Which of several copies to keep: the largest, of those the sharpest."""
        facts = self.facts
        sharpness = facts.quality.sharpness if facts.quality is not None else 0.0
        return facts.width * facts.height, sharpness
