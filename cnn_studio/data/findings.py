"""What a checkup can find in a dataset, and why it matters. Plain values, no files."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from cnn_studio.data.label_doubts import Doubt
from cnn_studio.data.samples import Sample


class FindingKind(StrEnum):
    """What was found."""

    UNREADABLE = "unreadable"
    EXACT_DUPLICATE = "exact_duplicate"
    NEAR_DUPLICATE = "near_duplicate"
    BLURRED = "blurred"
    DARK = "dark"
    BRIGHT = "bright"
    SHAPE = "shape"
    IMBALANCE = "imbalance"
    ONE_SESSION = "one_session"
    WRONG_LABEL = "wrong_label"


COPIES = (FindingKind.EXACT_DUPLICATE, FindingKind.NEAR_DUPLICATE)


class Fix(StrEnum):
    """What can be done about it."""

    DELETE = "delete"
    RELABEL = "relabel"
    EXCLUDE = "exclude"
    MERGE_SESSIONS = "merge-sessions"
    DISABLE_CLASS = "disable-class"
    CAPTURE = "capture"
    ACCEPT_SUGGESTION = "relabel-to-suggested"
    CONFIRM_LABEL = "reviewed"
    CHOOSE_CLASS = "choose-class"


@dataclass(frozen=True)
class Finding:
    """Something in a dataset that a person should look at.

    Attributes:
        kind: What it is.
        paths: The images it is about; for an imbalance the folders of the classes.
        why: What it is and why it matters, in plain words.
        classes: The classes it is about; for a wrong label the one it says, and the suggested.
        fixes: What can be done, the best first.
        surplus: Those of `paths` that a deletion takes away, so that one image of each is left. Of
            copies, those that follow an image which stays are copies of that one. Empty where only
            a person can say which one to keep.
        severity: How much it matters, 1 (little) to 5 (spoils the accuracy or its measurement).
        across_classes: Whether one picture stands in several classes.
        doubts: For wrong labels what is doubted of each of `paths`.
        samples: The images among `paths`, as edits take them; made from `paths` where not given.
    """

    kind: FindingKind
    paths: tuple[Path, ...]
    why: str
    classes: tuple[str, ...]
    fixes: tuple[Fix, ...]
    surplus: tuple[Path, ...] = ()
    severity: int = 1
    across_classes: bool = False
    doubts: tuple[Doubt, ...] = ()
    samples: tuple[Sample, ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.samples and self.kind is not FindingKind.IMBALANCE:
            made = tuple(Sample(path, path.parent.name) for path in self.paths)
            object.__setattr__(self, "samples", made)

    @property
    def order(self) -> tuple[Any, ...]:
        """What findings are sorted by: what matters most, and what is doubted most, comes first."""
        most_doubted = self.doubts[0].rank if self.doubts else ()
        return -self.severity, self.kind, most_doubted, self.paths


@dataclass(frozen=True)
class Checkup:
    """What was found in a dataset.

    Attributes:
        findings: What matters most comes first.
        images: How many images were looked at.
        is_complete: Whether it was not ended early.
    """

    findings: tuple[Finding, ...]
    images: int
    is_complete: bool = True
