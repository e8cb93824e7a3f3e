"""Finds images that a dataset has more than once, and says what is wrong with that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from cnn_studio.data.checked_file import CheckedFile
from cnn_studio.data.facts import FactsStore, Progress
from cnn_studio.data.findings import Finding, FindingKind, Fix
from cnn_studio.data.near_duplicates import near_duplicate_groups
from cnn_studio.data.sessions import sequence_of
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
    files: Sequence[CheckedFile],
    store: FactsStore,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> list[Finding]:
    """Files that show one and the same photo though they differ, and frames held still.

    Args:
        files: Readable images whose facts are in the store.
        store: What is known of them.
        progress: Told how many are compared, and of how many.
        cancelled: Asked often; once it says True, what was found so far is returned.
    """
    copies = store.small_copies([file.path for file in files])
    groups = near_duplicate_groups(
        copies,
        [file.facts.content for file in files],
        [file.burst for file in files],
        [file.worth for file in files],
        store,
        progress=progress,
        cancelled=cancelled,
    )
    found = [
        _duplicates(FindingKind.NEAR_DUPLICATE, [files[place] for place in group])
        for group in groups
    ]
    return [*found, *_held_still(files, copies)]


def _duplicates(kind: FindingKind, group: Sequence[CheckedFile]) -> Finding:
    """The finding of files that show one and the same photo; the first is the one to keep."""
    classes = tuple(dict.fromkeys(file.class_name for file in group))
    exact = kind is FindingKind.EXACT_DUPLICATE
    what = "are the very same image" if exact else "show nearly the same picture"
    paths = tuple(file.path for file in group)
    surplus = paths[1:]
    if len(classes) > 1:
        why = (
            f"{len(group)} files in {_listed(classes)} {what}. One picture cannot be both: the "
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


def _held_still(files: Sequence[CheckedFile], copies: Sequence[SmallCopy]) -> list[Finding]:
    """The frames of each recording that show the same as the one before."""
    by_burst: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, file in enumerate(files):
        if file.burst:
            by_burst[file.class_name, file.burst].append(place)
    findings = []
    for (name, _burst), places in by_burst.items():
        places.sort(key=lambda place: sequence_of(files[place].path.name) or 0)
        looks = {place: look(copies[place].grey) for place in places}
        repeated: dict[int, list[int]] = {}
        kept = places[0]
        for place in places[1:]:
            if nearly_same(looks[kept], looks[place]):
                repeated.setdefault(kept, []).append(place)
            else:
                kept = place
        surplus = tuple(files[place].path for again in repeated.values() for place in again)
        if surplus:
            shown = [place for first, again in repeated.items() for place in (first, *again)]
            paths = tuple(files[place].path for place in shown)
            why = (
                f"{len(surplus)} of the {len(places)} frames of a recording of {name} show the "
                "same as the one kept before: it was held still. Copies teach nothing new."
            )
            fixes = (Fix.DELETE, Fix.CAPTURE)
            findings.append(
                Finding(FindingKind.NEAR_DUPLICATE, paths, why, (name,), fixes, surplus)
            )
    return findings


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
