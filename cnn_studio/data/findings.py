"""What a checkup can find in a dataset, and why it matters. Plain values, no files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


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


class Fix(StrEnum):
    """What can be done about it."""

    DELETE = "delete"
    RELABEL = "relabel"
    EXCLUDE = "exclude"
    MERGE_SESSIONS = "merge-sessions"
    DISABLE_CLASS = "disable-class"
    CAPTURE = "capture"


@dataclass(frozen=True)
class Finding:
    """Something in a dataset that a person should look at.

    Attributes:
        kind: What it is.
        paths: The images it is about; for an imbalance the folders of the classes.
        why: What it is and why it matters, in plain words.
        classes: The classes it is about.
        fixes: What can be done, the best first.
        surplus: Those of `paths` that a deletion takes away, so that one image of each is left.
        severity: How much it matters, 1 (little) to 5 (spoils the accuracy or its measurement).
    """

    kind: FindingKind
    paths: tuple[Path, ...]
    why: str
    classes: tuple[str, ...]
    fixes: tuple[Fix, ...]
    surplus: tuple[Path, ...] = ()
    severity: int = 1

    @property
    def across_classes(self) -> bool:
        """Whether copies of one photo stand in several classes."""
        duplicate = self.kind in (FindingKind.EXACT_DUPLICATE, FindingKind.NEAR_DUPLICATE)
        return duplicate and len(self.classes) > 1


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
