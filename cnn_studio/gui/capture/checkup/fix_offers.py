"""What can be done about a finding, to which of its images, and what becomes of each.

Of copies one stays and nothing is lost, so the others can be deleted at once. What only a person
knows, which class is right, whether a dark picture is a bad one or a file that cannot be read is
worth something, is never decided for all images at once: it is done to those that are selected.
Plain values, no widgets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cnn_studio.data.contradictions import Fate
from cnn_studio.data.findings import COPIES, Finding, FindingKind, Fix
from cnn_studio.data.label_doubts import Doubt
from cnn_studio.data.samples import Sample

MOST_UNASKED = 20
"""How many images a fix changes without a question."""

_TO_CLASSES = (Fix.DISABLE_CLASS, Fix.CAPTURE)
_FATES = {
    Fix.DELETE: Fate.GOES,
    Fix.EXCLUDE: Fate.LEFT_OUT,
    Fix.RELABEL: Fate.MOVES,
    Fix.ACCEPT_SUGGESTION: Fate.MOVES,
}


@dataclass(frozen=True)
class Offer:
    """One thing that can be done.

    Attributes:
        finding: What it is about.
        fix: What is done.
        samples: The images that it is done to; empty where it is done to a class.
        classes: The classes that it can be done to, or that images can go to; one of them is
            chosen where there are several. Empty where no class is to be named.
    """

    finding: Finding
    fix: Fix
    samples: tuple[Sample, ...]
    classes: tuple[str, ...] = ()

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """For wrong labels what is doubted of the images, in no order."""
        return tuple(doubt for doubt in self.finding.doubts if doubt.name in self._names)

    @property
    def suggestions(self) -> dict[Sample, str]:
        """For wrong labels the class that each of the images is more likely of."""
        suggested = {doubt.name: doubt.suggested for doubt in self.doubts}
        return {sample: suggested[sample.mark_name] for sample in self.samples}

    @property
    def needs_question(self) -> bool:
        """Whether it changes so many images that it needs a question first."""
        return len(self.samples) > MOST_UNASKED

    def fate(self, sample: Sample) -> Fate:
        """What becomes of an image if it is done."""
        return _FATES.get(self.fix, Fate.STAYS) if id(sample) in self._taken else Fate.STAYS

    @cached_property
    def _taken(self) -> frozenset[int]:
        # Of all samples that a finding shows each is one object; its hash takes ten times as long.
        return frozenset(map(id, self.samples))

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(sample.mark_name for sample in self.samples)


def offers(
    finding: Finding, selected: Sequence[Sample], classes: Sequence[str] = ()
) -> list[Offer]:
    """What can be done about a finding, the best first.

    Args:
        finding: The finding.
        selected: The images that a person has selected among those it shows. Without any, copies
            are deleted but for one image of each set, and nothing is done to other images.
        classes: Those of the dataset.
    """
    if finding.across_classes:
        return []
    found = []
    for fix in finding.fixes:
        if fix in _TO_CLASSES:
            found.append(Offer(finding, fix, (), _named(finding)))
        elif selected or finding.kind in COPIES:
            samples = tuple(selected) or _usual(finding, fix)
            targets = tuple(classes) if fix is Fix.RELABEL else ()
            found.append(Offer(finding, fix, samples, targets))
    return found


def is_for_selection(finding: Finding) -> bool:
    """Whether something can be done to the images of a finding, but only to selected ones."""
    of_images = any(fix not in _TO_CLASSES for fix in finding.fixes)
    return of_images and not finding.across_classes and finding.kind not in COPIES


def offer_in_view(found: Sequence[Offer]) -> Offer | None:
    """The offer that the images show the outcome of while no button is pointed at."""
    deletion = (o for o in found if o.fix is Fix.DELETE and o.finding.kind in COPIES)
    return next(deletion, found[0] if found else None)


def _named(finding: Finding) -> tuple[str, ...]:
    """The classes that a finding is about; of unequal classes the small ones."""
    few = finding.classes[:-1] if finding.kind is FindingKind.IMBALANCE else finding.classes
    return few or finding.classes


def _usual(finding: Finding, fix: Fix) -> tuple[Sample, ...]:
    if fix is not Fix.DELETE:
        return finding.samples
    surplus = set(finding.surplus)
    return tuple(sample for sample in finding.samples if sample.path in surplus)
