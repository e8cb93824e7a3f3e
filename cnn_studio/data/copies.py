"""Finds images that a dataset has more than once, and says what is wrong with that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from cnn_studio.data.checked_file import CheckedFile
from cnn_studio.data.class_names import listed
from cnn_studio.data.findings import Finding, FindingKind, Fix
from cnn_studio.data.near_duplicates import NearDuplicates, Progress
from cnn_studio.data.sessions import sequence_of
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.likeness import SmallCopy
from cnn_studio.vision.quality import look, nearly_same


def exact_duplicates(files: Sequence[CheckedFile]) -> list[Finding]:
    """Files of one and the same content, byte for byte."""
    by_content = defaultdict(list)
    for file in files:
        by_content[file.facts.content].append(file)
    return [
        _duplicates(FindingKind.EXACT_DUPLICATE, group)
        for group in by_content.values()
        if len(group) > 1
    ]


def near_duplicates(
    files: Sequence[CheckedFile | None], search: NearDuplicates, progress: Progress
) -> list[Finding]:
    """Files that show one and the same photo though they differ, and frames held still.

    Args:
        files: The files by the places that the search knows them by; None for one that has gone.
        search: Has compared them all.
        progress: Told how many are sorted into groups, and of how many.
    """
    worth = [file.worth if file is not None else () for file in files]
    groups = [[files[place] for place in group] for group in search.groups(worth, progress)]
    found = [
        _duplicates(FindingKind.NEAR_DUPLICATE, [file for file in group if file is not None])
        for group in groups
    ]
    recorded = [
        (file, search.copies[place])
        for place, file in enumerate(files)
        if file is not None and file.burst and place in search.copies
    ]
    return [*found, *_held_still(recorded)]


def _duplicates(kind: FindingKind, group: Sequence[CheckedFile]) -> Finding:
    """The finding of files that show one and the same photo; the first is the one to keep."""
    classes = tuple(dict.fromkeys(file.class_name for file in group))
    exact = kind is FindingKind.EXACT_DUPLICATE
    what = "are the very same image" if exact else "show nearly the same picture"
    paths = tuple(file.path for file in group)
    surplus = paths[1:]
    if len(classes) > 1:
        why = (
            f"{len(group)} files in {listed(classes)} {what}. One picture cannot be both: the "
            "network is given two answers, and at least one of them is wrong."
        )
        # Which of the classes is right only a person knows, so none of the files is surplus.
        fixes = (Fix.CHOOSE_CLASS,)
        return Finding(kind, paths, why, classes, fixes, severity=5, across_classes=True)
    (name,) = classes
    bursts = {file.burst for file in group if file.burst}
    if not exact and len(bursts) > 1:
        why = (
            f"{len(group)} images of {name} from {len(bursts)} recordings {what}. With one of them "
            "to learn from and one to measure on, the accuracy looks better than it is."
        )
        return Finding(
            kind, paths, why, classes, (Fix.MERGE_SESSIONS, Fix.DELETE), surplus, severity=4
        )
    why = (
        f"{len(group)} files of {name} {what}. Copies teach nothing new, and one on each side of "
        "the split makes the accuracy look better than it is."
    )
    return Finding(kind, paths, why, classes, (Fix.DELETE,), surplus, severity=3 if exact else 2)


def _held_still(recorded: Sequence[tuple[CheckedFile, SmallCopy]]) -> list[Finding]:
    """The frames of each recording that show the same as the one before."""
    by_burst: dict[tuple[str, str], list[tuple[CheckedFile, ImageArray]]] = defaultdict(list)
    for file, copy in recorded:
        by_burst[file.class_name, file.burst].append((file, look(copy.grey)))
    findings = []
    for (name, _burst), frames in by_burst.items():
        frames.sort(key=lambda frame: sequence_of(frame[0].path.name) or 0)
        repeated: dict[Path, list[Path]] = {}
        kept, kept_look = frames[0]
        for file, seen in frames[1:]:
            if nearly_same(kept_look, seen):
                repeated.setdefault(kept.path, []).append(file.path)
            else:
                kept, kept_look = file, seen
        surplus = tuple(path for again in repeated.values() for path in again)
        if surplus:
            paths = tuple(path for first, again in repeated.items() for path in (first, *again))
            why = (
                f"{len(surplus)} of the {len(frames)} frames of a recording of {name} show the "
                "same as the one kept before: it was held still. Copies teach nothing new."
            )
            fixes = (Fix.DELETE, Fix.CAPTURE)
            findings.append(
                Finding(FindingKind.NEAR_DUPLICATE, paths, why, (name,), fixes, surplus)
            )
    return findings
