"""Labels that are likely wrong, as findings of the checkup."""

from __future__ import annotations

from collections import defaultdict

from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.findings import Finding, FindingKind, Fix
from cnn_studio.data.label_doubts import Doubt, standing_doubts

_FIXES = (Fix.ACCEPT_SUGGESTION, Fix.CONFIRM_LABEL, Fix.EXCLUDE, Fix.RELABEL)


def wrong_labels(folders: ClassFolders) -> list[Finding]:
    """What the last search for wrong labels doubts: a finding for each pair of classes.

    There are none before the first search. In each finding the worst stands first.
    """
    by_pair: dict[tuple[str, str], list[Doubt]] = defaultdict(list)
    for doubt in standing_doubts(folders):
        by_pair[doubt.label, doubt.suggested].append(doubt)
    findings = []
    for (label, suggested), doubts in by_pair.items():
        them = "1 image" if len(doubts) == 1 else f"{len(doubts):,} images"
        why = (
            f"{them} of {label} may really show {suggested}, say networks that had not learned "
            "from them. A doubt is no proof: look at each, the most doubted first, and select "
            "those to move or to confirm."
        )
        paths = tuple(folders.dataset.folder / doubt.name for doubt in doubts)
        findings.append(
            Finding(FindingKind.WRONG_LABEL, paths, why, (label, suggested), _FIXES, severity=3)
        )
    return findings
