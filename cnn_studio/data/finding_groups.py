"""The findings of a checkup kind by kind: each by itself, and all of a kind as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cnn_studio.data.findings import Finding, FindingKind, Fix

_AT_ONCE = (Fix.DELETE, Fix.EXCLUDE, Fix.CONFIRM_LABEL, Fix.ACCEPT_SUGGESTION, Fix.RELABEL)
_COPIES_TEACH_NOTHING = (
    "Copies teach nothing new, and one on each side of the split makes the accuracy look better "
    "than it is."
)
_REASONS = {
    FindingKind.UNREADABLE: "{images} cannot be read: counted in the folder, but of no use to any "
    "training.",
    FindingKind.EXACT_DUPLICATE: "{sets} are the very same image. " + _COPIES_TEACH_NOTHING,
    FindingKind.NEAR_DUPLICATE: "{sets} show nearly the same picture. " + _COPIES_TEACH_NOTHING,
    FindingKind.BLURRED: "{images} {are} blurred. A network learns from edges; what a person "
    "cannot make out, it learns wrongly.",
    FindingKind.DARK: "{images} {are} too dark. In the dark every object looks the same.",
    FindingKind.BRIGHT: "{images} {are} burnt out. Where there is only white nothing can be "
    "learned.",
    FindingKind.SHAPE: "{images} {are} tiny, or very long and narrow: there is little to see.",
    FindingKind.IMBALANCE: "Some classes have many times more images than others. A network that "
    "answers with the large ones too often then still looks good.",
    FindingKind.ONE_SESSION: "{classes} are from one recording each: one place, one light. The "
    "network may learn the background instead. Record them again elsewhere.",
    FindingKind.WRONG_LABEL: "{images} may stand in the wrong class, say networks that had not "
    "learned from them. A doubt is no proof: look at each, the most doubted first.",
}
_CONTRADICTION = (
    "{sets} show one picture in several classes. It cannot be both: the network is given two "
    "answers, and at least one of them is wrong."
)


@dataclass(frozen=True)
class FindingGroup:
    """The findings of one kind.

    Attributes:
        findings: At least one; all across classes or none.
        whole: All of them as one, which can be put right at once as far as each of them can.
    """

    findings: tuple[Finding, ...]
    whole: Finding

    @property
    def key(self) -> tuple[FindingKind, bool]:
        """The kind, and whether each picture stands in several classes."""
        return self.whole.kind, self.whole.across_classes


def grouped(
    findings: Iterable[Finding], before: Iterable[FindingGroup] = ()
) -> tuple[FindingGroup, ...]:
    """Findings with those of one kind together, in the order in which each kind first comes.

    Args:
        findings: What was found.
        before: What was found earlier. What is the same now stays the same objects, findings and
            samples, so that a list of them stays where it is.
    """
    known = {(old.kind, old.paths): old for group in before for old in group.findings}
    samples = {sample.path: sample for old in known.values() for sample in old.samples}
    kinds: dict[tuple[FindingKind, bool], list[Finding]] = {}
    for found in findings:
        earlier = known.get((found.kind, found.paths))
        if earlier != found:
            own = (samples.get(sample.path, sample) for sample in found.samples)
            earlier = replace(found, samples=tuple(own))
        kinds.setdefault((found.kind, found.across_classes), []).append(earlier)
    return tuple(FindingGroup(tuple(some), together(some)) for some in kinds.values())


def together(findings: Sequence[Finding]) -> Finding:
    """Findings of one kind as one.

    Doubted labels stand the most doubted first, whatever their classes. No image that stays as the
    one of its set is taken away as a copy in another.

    Args:
        findings: At least one; of one kind, all across classes or none.
    """
    first = findings[0]
    if len(findings) == 1:
        return first
    paths = dict.fromkeys(path for finding in findings for path in finding.paths)
    samples = {sample.path: sample for finding in findings for sample in finding.samples}
    doubts = {
        path: doubt
        for finding in findings
        for path, doubt in zip(finding.paths, finding.doubts, strict=False)
    }
    every = tuple(sorted(doubts, key=lambda path: doubts[path].rank)) if doubts else tuple(paths)
    stays = {path for finding in findings for path in set(finding.paths) - set(finding.surplus)}
    surplus = (path for finding in findings for path in finding.surplus if path not in stays)
    shared = (fix for fix in first.fixes if all(fix in other.fixes for other in findings))
    classes = tuple(dict.fromkeys(name for finding in findings for name in finding.classes))
    return Finding(
        first.kind,
        every,
        reason(first, images=len(every), sets=len(findings), classes=len(classes)),
        classes,
        tuple(fix for fix in shared if fix in _AT_ONCE),
        tuple(dict.fromkeys(surplus)),
        max(finding.severity for finding in findings),
        first.across_classes,
        tuple(doubts[path] for path in every if doubts),
        tuple(samples[path] for path in every if samples),
    )


def reason(finding: Finding, *, images: int, sets: int = 1, classes: int = 1) -> str:
    """Why findings of this kind matter, for so many images in so many sets and classes."""
    text = _CONTRADICTION if finding.across_classes else _REASONS[finding.kind]
    of_images = "1 image" if images == 1 else f"{images:,} images"
    return text.format(
        images=of_images,
        are="is" if images == 1 else "are",
        sets=of_images if sets == 1 else f"{sets:,} sets of images",
        classes=f"{classes} classes",
    )
