"""What a checkup can find in a dataset, and why it matters. Plain values, no files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


@dataclass(frozen=True)
class Finding:
    """Something in a dataset that a person should look at.

    Attributes:
        kind: What it is.
        paths: The images it is about; for an imbalance the folders of the classes.
        why: What it is and why it matters, in plain words.
        classes: The classes it is about; for a wrong label the one it says, and the suggested.
        fixes: What can be done, the best first.
        surplus: Those of `paths` that a deletion takes away, so that one image of each is left.
        severity: How much it matters, 1 (little) to 5 (spoils the accuracy or its measurement).
        across_classes: Whether one picture stands in several classes.
    """

    kind: FindingKind
    paths: tuple[Path, ...]
    why: str
    classes: tuple[str, ...]
    fixes: tuple[Fix, ...]
    surplus: tuple[Path, ...] = ()
    severity: int = 1
    across_classes: bool = False

    @property
    def images(self) -> tuple[Path, ...]:
        """The images among `paths`."""
        return () if self.kind is FindingKind.IMBALANCE else self.paths


_OF_MANY = {
    FindingKind.UNREADABLE: "{images} cannot be read. They count in the folder, but no training "
    "can use them.",
    FindingKind.EXACT_DUPLICATE: "{sets} of files are the very same image. Copies teach nothing "
    "new, and one on each side of the split makes the accuracy look better than it is.",
    FindingKind.NEAR_DUPLICATE: "{sets} of images show nearly the same picture. Copies teach "
    "nothing new, and one on each side of the split makes the accuracy look better than it is.",
    FindingKind.BLURRED: "{images} are blurred. A network learns from edges; what a person cannot "
    "make out, it learns wrongly.",
    FindingKind.DARK: "{images} are too dark. In the dark every object looks the same.",
    FindingKind.BRIGHT: "{images} are burnt out. Where there is only white nothing can be learned.",
    FindingKind.SHAPE: "{images} are tiny, or very long and narrow: there is little to see.",
    FindingKind.IMBALANCE: "Some classes have many times more images than others. A network that "
    "answers with the large ones too often then still looks good.",
    FindingKind.ONE_SESSION: "{classes} are from one recording each: one place, one light. The "
    "network may learn the background instead. Record them again elsewhere.",
    FindingKind.WRONG_LABEL: "{images} may stand in the wrong class, say networks that had not "
    "learned from them. A wrong label teaches a wrong answer, but a doubt is no proof: look at "
    "each pair of classes, and select the images to move or to confirm.",
}
_CONTRADICTION = (
    "{sets} show one picture in several classes. It cannot be both: the network is told two "
    "answers, and at least one of them is wrong."
)


def by_kind(findings: Iterable[Finding]) -> list[tuple[Finding, ...]]:
    """Findings with those of one kind together, in the order in which each kind first comes."""
    groups: dict[tuple[FindingKind, bool], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.kind, finding.across_classes), []).append(finding)
    return [tuple(group) for group in groups.values()]


def together(findings: Sequence[Finding]) -> Finding:
    """Findings of one kind as one, which can be put right at once as far as each of them can.

    Args:
        findings: At least one; of one kind, all across classes or none.
    """
    first = findings[0]
    if len(findings) == 1:
        return first
    paths = tuple(dict.fromkeys(path for finding in findings for path in finding.paths))
    classes = tuple(dict.fromkeys(name for finding in findings for name in finding.classes))
    at_once = (Fix.DELETE, Fix.EXCLUDE, Fix.CONFIRM_LABEL)
    shared = [fix for fix in first.fixes if all(fix in other.fixes for other in findings)]
    text = _CONTRADICTION if first.across_classes else _OF_MANY[first.kind]
    return Finding(
        first.kind,
        paths,
        text.format(
            images=f"{len(paths):,} images",
            sets=f"{len(findings):,} sets",
            classes=f"{len(classes)} classes",
        ),
        classes,
        tuple(fix for fix in shared if fix in at_once),
        tuple(dict.fromkeys(path for finding in findings for path in finding.surplus)),
        max(finding.severity for finding in findings),
        first.across_classes,
    )


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
