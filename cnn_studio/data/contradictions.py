"""One picture in several classes: what becomes of its files once a person has said which it is.

Nothing is lost by an answer. Of files that are the very same, one stays in the class that was
named, and the others go to the trash. Files that show the picture in different forms, larger or
smaller or cut otherwise, all move to that class; which of them to keep is another question.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from cnn_studio.data.changes import Change
from cnn_studio.data.class_changes import deletion, reviews
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.findings import Finding, FindingKind
from cnn_studio.data.label_doubts import content_of
from cnn_studio.data.samples import Sample


class Fate(StrEnum):
    """What becomes of an image."""

    STAYS = "stays"
    MOVES = "moves"
    GOES = "goes"
    LEFT_OUT = "left-out"


def fates(finding: Finding, class_name: str) -> dict[Sample, Fate]:
    """What becomes of each file once the picture is said to be of a class.

    Args:
        finding: One picture in several classes.
        class_name: What it is; one of those classes or another one.
    """
    exact = finding.kind is FindingKind.EXACT_DUPLICATE
    kept = [sample for sample in finding.samples if sample.class_name == class_name]
    kept = (kept or list(finding.samples))[:1] if exact else list(finding.samples)
    found = {}
    for sample in finding.samples:
        stands = Fate.STAYS if sample.class_name == class_name else Fate.MOVES
        found[sample] = stands if sample in kept else Fate.GOES
    return found


def decision(folders: ClassFolders, finding: Finding, class_name: str) -> Change:
    """Say which class a picture is of: see `fates`. What stays or moves there counts as reviewed.

    Reads the files that were the very same, since only those that still are go to the trash.

    Args:
        folders: The dataset.
        finding: One picture in several classes.
        class_name: What it is; one of those classes or another one.

    Raises:
        DatasetError: The name could not be a class's.
    """
    planned = fates(finding, class_name)
    if Fate.GOES in planned.values():
        planned = _confirmed(planned, class_name)
    stay = [sample for sample, fate in planned.items() if fate is not Fate.GOES]
    kept = reviews(folders, dict.fromkeys(stay, class_name))
    gone = deletion(folders, (sample for sample, fate in planned.items() if fate is Fate.GOES))
    return replace(kept, moves=(*kept.moves, *gone.moves))


def _confirmed(planned: dict[Sample, Fate], class_name: str) -> dict[Sample, Fate]:
    """The plan with only those files going that are byte for byte the one that is kept."""
    contents = {sample: content_of(sample.path) for sample in planned}
    there = [sample for sample in planned if contents[sample]]
    if not there:
        return planned
    kept = next((sample for sample in there if planned[sample] is not Fate.GOES), None)
    kept = kept or next((sample for sample in there if sample.class_name == class_name), there[0])
    found = {}
    for sample in planned:
        stands = Fate.STAYS if sample.class_name == class_name else Fate.MOVES
        is_copy = sample is not kept and contents[sample] == contents[kept]
        found[sample] = Fate.GOES if is_copy else stands
    return found
