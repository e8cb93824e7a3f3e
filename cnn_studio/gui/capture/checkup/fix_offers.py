"""What can be done about a finding, and to which of its images. Plain values, no widgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnn_studio.data.findings import Finding, FindingKind, Fix
from cnn_studio.data.samples import Sample


@dataclass(frozen=True)
class Offer:
    """One thing that can be done.

    Attributes:
        finding: What it is about.
        fix: What is done.
        samples: The images that it is done to; empty where it is done to a class.
    """

    finding: Finding
    fix: Fix
    samples: tuple[Sample, ...]


def samples_of(finding: Finding) -> list[Sample]:
    """The images that a finding shows."""
    return [Sample(path, path.parent.name) for path in finding.images]


def offers(finding: Finding, selected: Sequence[Sample]) -> list[Offer]:
    """What can be done about a finding, the best first.

    Args:
        finding: The finding.
        selected: The images that a person has selected among those it shows. Without any, a
            deletion leaves one image of each set, nothing is done to images whose labels are only
            doubted, and everything else is done to all.
    """
    if finding.kind is FindingKind.WRONG_LABEL and not selected:
        return []
    every = samples_of(finding)
    surplus = set(finding.surplus)
    found = []
    for fix in finding.fixes:
        usual = [s for s in every if s.path in surplus] if fix is Fix.DELETE else every
        to_classes = fix in (Fix.DISABLE_CLASS, Fix.CAPTURE)
        found.append(Offer(finding, fix, () if to_classes else tuple(selected or usual)))
    return found
