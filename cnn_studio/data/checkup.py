"""The checkup: what in a dataset would spoil a training, or the figures it is measured by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.cards import Storage
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.facts import FactsStore, ImageFacts, gather_facts
from cnn_studio.data.findings import Checkup, Finding, FindingKind, Fix
from cnn_studio.data.marks import Mark
from cnn_studio.data.near_duplicates import groups_of, near_duplicate_groups
from cnn_studio.data.sessions import SessionKind, sequence_of, session_of
from cnn_studio.errors import DatasetError
from cnn_studio.vision.quality import Flaw, look, nearly_same

_TINY_PX = 32
_MOST_ASPECT = 4.0
_IMBALANCE = 3.0
_LEAST_FOR_BALANCE = 10  # below it a class is simply not finished
_LEAST_FOR_SESSIONS = 10

Progress = Callable[[int, int], None]

_FLAW_REASONS = {
    Flaw.BLURRED: "{images} of {name} {are} blurred. A network learns from edges; what a person "
    "cannot make out, it learns wrongly",
    Flaw.DARK: "{images} of {name} {are} too dark. In the dark every object looks the same, so the "
    "class becomes the answer for darkness",
    Flaw.BRIGHT: "{images} of {name} {are} burnt out. Where there is only white nothing can be "
    "learned, and the class becomes the answer for glare",
}


@dataclass(frozen=True)
class _File:
    """A file in a class folder, and what was found in it."""

    path: Path
    class_name: str
    facts: ImageFacts

    @property
    def burst(self) -> str:
        """The recording that it belongs to; empty if it was not recorded."""
        session = session_of(self.path.name)
        recorded = session is not None and session.kind is SessionKind.RECORDING
        return session.id if session is not None and recorded else ""


def check_dataset(
    dataset: Dataset,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    store_path: Path | None = None,
) -> Checkup:
    """Look into every image of a dataset that a training would use, and compare them all.

    Args:
        dataset: A dataset of class folders.
        progress: Told how far it is: steps done, and steps in all.
        cancelled: Asked often; once it says True, what was found so far is returned.
        store_path: Where the facts of images are kept; by default in the cache folder.

    Raises:
        DatasetError: The dataset is kept as it was published, or cannot be read.
    """
    if dataset.card.storage is not Storage.FOLDERS:
        raise DatasetError(
            f"{dataset.title} is kept as it was published; there is nothing to put right in it. "
            "Choose a dataset of class folders."
        )
    report = progress or (lambda _done, _total: None)
    folders = ClassFolders(dataset)
    places = _places(folders)
    total = 2 * len(places)  # once for looking into each image, once for comparing it
    with FactsStore(store_path) as store:
        facts = gather_facts(
            list(places),
            store,
            progress=lambda done, _all: report(done, total),
            cancelled=cancelled,
        )
        files = [_File(path, name, facts[path]) for path, name in places.items() if path in facts]
        good = [file for file in files if not file.facts.error]
        findings = [
            *_unreadable(files),
            *_exact_duplicates(good),
            *_flawed(good),
            *_odd_shapes(good),
            *_of_counts(folders, good),
        ]
        if not cancelled():
            done = total - len(good)
            findings += _near_duplicates(
                good, store, lambda n, _all: report(done + n, total), cancelled
            )
    findings.sort(key=lambda finding: (-finding.severity, finding.kind, finding.paths))
    return Checkup(tuple(findings), len(files), not cancelled())


def _places(folders: ClassFolders) -> dict[Path, str]:
    """Every file that a training would look at, with its class."""
    disabled, excluded = folders.dataset.card.disabled, folders.marks.names(Mark.EXCLUDED)
    places = {}
    for name in folders.classes():
        folder = folders.folder_of(name)
        if name in disabled or not folder.is_dir():
            continue
        for path in sorted(folder.iterdir()):
            hidden = path.name.startswith(".")
            if not hidden and path.is_file() and f"{name}/{path.name}" not in excluded:
                places[path] = name
    return places


def _unreadable(files: Iterable[_File]) -> list[Finding]:
    return [
        Finding(
            FindingKind.UNREADABLE,
            (file.path,),
            f"{file.facts.error} It counts as an image of {file.class_name} in the folder, but no "
            "training can use it.",
            (file.class_name,),
            (Fix.DELETE,),
            surplus=(file.path,),
            severity=4,
        )
        for file in files
        if file.facts.error
    ]


def _exact_duplicates(files: Sequence[_File]) -> list[Finding]:
    by_content = defaultdict(list)
    for file in files:
        by_content[file.facts.content].append(file)
    return [
        _duplicates(FindingKind.EXACT_DUPLICATE, group)
        for group in by_content.values()
        if len(group) > 1
    ]


def _near_duplicates(
    files: Sequence[_File],
    store: FactsStore,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> list[Finding]:
    greys = store.greys([file.path for file in files])
    contents = [file.facts.content for file in files]
    groups = near_duplicate_groups(
        greys,
        contents,
        [file.burst for file in files],
        store,
        progress=progress,
        cancelled=cancelled,
    )
    found = [
        _duplicates(FindingKind.NEAR_DUPLICATE, [files[place] for place in group])
        for group in groups
    ]
    return [*found, *_held_still(files, greys)]


def _duplicates(kind: FindingKind, group: Sequence[_File]) -> Finding:
    """The finding of files that show one and the same photo; the largest is the one to keep."""
    classes = tuple(dict.fromkeys(file.class_name for file in group))
    exact = kind is FindingKind.EXACT_DUPLICATE
    what = "are the very same image" if exact else "show nearly the same picture"
    paths = tuple(file.path for file in group)
    best = max(group, key=lambda file: (file.facts.width * file.facts.height, _sharpness(file)))
    surplus = tuple(path for path in paths if path != best.path)
    if len(classes) > 1:
        why = (
            f"{len(group)} files in {_listed(classes)} {what}. One picture cannot be both: the "
            "network is told two answers, and at least one of them is wrong."
        )
        return Finding(kind, paths, why, classes, (Fix.RELABEL, Fix.DELETE), surplus, severity=5)
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


def _held_still(files: Sequence[_File], greys: NDArray[np.uint8]) -> list[Finding]:
    """The frames of each recording that show the same as the one before."""
    by_burst: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, file in enumerate(files):
        if file.burst:
            by_burst[file.class_name, file.burst].append(place)
    findings = []
    for (name, _burst), places in by_burst.items():
        places.sort(key=lambda place: sequence_of(files[place].path.name) or 0)
        looks = {place: look(greys[place]) for place in places}
        pairs = [(a, b) for a, b in pairwise(places) if nearly_same(looks[a], looks[b])]
        groups = groups_of(len(files), pairs)
        surplus = tuple(files[place].path for group in groups for place in group[1:])
        if surplus:
            paths = tuple(files[place].path for group in groups for place in group)
            why = (
                f"{len(surplus)} of the {len(places)} frames of a recording of {name} show the "
                "same as the one before: it was held still. Copies teach nothing new."
            )
            fixes = (Fix.DELETE, Fix.CAPTURE)
            findings.append(
                Finding(FindingKind.NEAR_DUPLICATE, paths, why, (name,), fixes, surplus)
            )
    return findings


def _flawed(files: Sequence[_File]) -> list[Finding]:
    by_flaw: dict[tuple[Flaw, str], list[Path]] = defaultdict(list)
    for file in files:
        if file.facts.quality is not None:
            for flaw in file.facts.quality.flaws:
                by_flaw[flaw, file.class_name].append(file.path)
    return [
        Finding(
            FindingKind(flaw),
            tuple(paths),
            _FLAW_REASONS[flaw].format(images=_images(paths), name=name, are=_are(paths)) + ".",
            (name,),
            (Fix.DELETE, Fix.EXCLUDE),
            tuple(paths),
            severity=2,
        )
        for (flaw, name), paths in by_flaw.items()
    ]


def _odd_shapes(files: Sequence[_File]) -> list[Finding]:
    findings = []
    for what, is_odd in (
        (f"smaller than {_TINY_PX} pixels, so there is little to see in", _is_tiny),
        ("very long and narrow, so most is lost when a square is cut out of", _is_narrow),
    ):
        by_class: dict[str, list[Path]] = defaultdict(list)
        for file in files:
            if is_odd(file.facts):
                by_class[file.class_name].append(file.path)
        for name, paths in by_class.items():
            them = "it" if len(paths) == 1 else "them"
            why = f"{_images(paths)} of {name} {_are(paths)} {what} {them}."
            fixes = (Fix.DELETE, Fix.EXCLUDE)
            findings.append(
                Finding(FindingKind.SHAPE, tuple(paths), why, (name,), fixes, tuple(paths))
            )
    return findings


def _of_counts(folders: ClassFolders, files: Sequence[_File]) -> list[Finding]:
    """What the numbers of images and recordings of the classes tell."""
    by_class: dict[str, list[_File]] = defaultdict(list)
    for file in files:
        by_class[file.class_name].append(file)
    findings = [
        _one_session(name, of_class)
        for name, of_class in by_class.items()
        if len(of_class) >= _LEAST_FOR_SESSIONS
        and len({file.burst for file in of_class}) == 1
        and of_class[0].burst
    ]
    counts = {name: len(of_class) for name, of_class in by_class.items()}
    return [*findings, *_imbalance(folders, counts)]


def _one_session(name: str, files: Sequence[_File]) -> Finding:
    why = (
        f"All {len(files)} images of {name} are from one recording: one place, one light. The "
        "network may learn the background instead, and there is no other recording to measure "
        "honestly on. Record it again elsewhere."
    )
    paths = tuple(file.path for file in files)
    fixes = (Fix.CAPTURE, Fix.DISABLE_CLASS)
    return Finding(FindingKind.ONE_SESSION, paths, why, (name,), fixes, severity=4)


def _imbalance(folders: ClassFolders, counts: Mapping[str, int]) -> list[Finding]:
    if len(counts) < 2 or max(counts.values()) < _LEAST_FOR_BALANCE:
        return []
    most = max(counts, key=lambda name: counts[name])
    few = [name for name in counts if counts[name] * _IMBALANCE < counts[most]]
    if not few:
        return []
    told = ", ".join(f"{name} {counts[name]:,}" for name in few)
    why = (
        f"{most} has {counts[most]:,} images, more than three times as many as {told}. A network "
        f"that answers {most} too often then still looks good."
    )
    paths = tuple(folders.folder_of(name) for name in (*few, most))
    fixes = (Fix.CAPTURE, Fix.DISABLE_CLASS)
    return [Finding(FindingKind.IMBALANCE, paths, why, (*few, most), fixes, severity=3)]


def _is_tiny(facts: ImageFacts) -> bool:
    return min(facts.width, facts.height) < _TINY_PX


def _is_narrow(facts: ImageFacts) -> bool:
    shorter, longer = sorted((facts.width, facts.height))
    return longer > shorter * _MOST_ASPECT


def _sharpness(file: _File) -> float:
    return file.facts.quality.sharpness if file.facts.quality is not None else 0.0


def _images(paths: Sequence[Path]) -> str:
    return "1 image" if len(paths) == 1 else f"{len(paths):,} images"


def _are(paths: Sequence[Path]) -> str:
    return "is" if len(paths) == 1 else "are"


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
