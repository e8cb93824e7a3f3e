"""Labels that are likely wrong, as findings of the checkup."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.findings import Finding, FindingKind, Fix
from cnn_studio.data.label_doubts import Doubt, standing_doubts

_FIXES = (Fix.ACCEPT_SUGGESTION, Fix.CONFIRM_LABEL, Fix.EXCLUDE, Fix.RELABEL)


def wrong_labels(folders: ClassFolders) -> list[Finding]:
    """What the last search for wrong labels doubts: a finding for each pair of classes.

    There are none before the first search. The pair with the most doubted label stands first, and
    in each finding the most doubted label.
    """
    by_pair: dict[tuple[str, str], list[Doubt]] = defaultdict(list)
    for doubt in standing_doubts(folders):
        by_pair[doubt.label, doubt.suggested].append(doubt)
    return [of_pair(folders.dataset.folder, doubts) for doubts in by_pair.values()]


def of_pair(dataset_folder: Path, doubts: Sequence[Doubt]) -> Finding:
    """The finding of labels that are doubted.

    Args:
        dataset_folder: Where the classes are.
        doubts: At least one; of one class, and with one class suggested for all. The most doubted
            first.
    """
    label, suggested = doubts[0].label, doubts[0].suggested
    them = "1 image" if len(doubts) == 1 else f"{len(doubts):,} images"
    why = (
        f"{them} of {label} may really show {suggested}, say networks that had not learned from "
        f"{'it' if len(doubts) == 1 else 'them'}. A doubt is no proof: look at each, the most "
        "doubted first."
    )
    return Finding(
        FindingKind.WRONG_LABEL,
        tuple(dataset_folder / doubt.name for doubt in doubts),
        why,
        (label, suggested),
        _FIXES,
        severity=3,
        doubts=tuple(doubts),
    )
