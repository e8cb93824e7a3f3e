"""The checkup: what in a dataset would spoil a training, or the figures it is measured by."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from cnn_studio.data.cards import Storage
from cnn_studio.data.catalog import Dataset
from cnn_studio.data.checked_file import CheckedFile
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.compared_files import look_and_compare
from cnn_studio.data.copies import exact_duplicates, near_duplicates
from cnn_studio.data.facts import FactsStore, Progress
from cnn_studio.data.findings import Checkup, Finding, FindingKind, Fix
from cnn_studio.data.image_facts import ImageFacts
from cnn_studio.data.listing import files_in
from cnn_studio.data.marks import Mark
from cnn_studio.data.near_duplicates import NearDuplicates
from cnn_studio.data.paced_progress import PacedProgress
from cnn_studio.data.wrong_labels import wrong_labels
from cnn_studio.errors import DatasetError
from cnn_studio.untrusted_files import leads_to_file
from cnn_studio.vision.images import is_image_name
from cnn_studio.vision.quality import Flaw

_TINY_PX = 32
_MOST_ASPECT = 4.0
_IMBALANCE = 3.0
_LEAST_FOR_BALANCE = 10  # below it a class is simply not finished
_LEAST_FOR_SESSIONS = 10

_FLAW_REASONS = {
    Flaw.BLURRED: "{images} of {name} {are} blurred. A network learns from edges; what a person "
    "cannot make out, it learns wrongly",
    Flaw.DARK: "{images} of {name} {are} too dark. In the dark every object looks the same, so the "
    "class becomes the answer for darkness",
    Flaw.BRIGHT: "{images} of {name} {are} burnt out. Where there is only white nothing can be "
    "learned, and the class becomes the answer for glare",
}


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
        progress: Told how far it is in time: images done, and images in all.
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
    folders = ClassFolders(dataset)
    places = _places(folders)
    paths = list(places)
    pace = PacedProgress(progress or (lambda _done, _total: None), len(paths))
    with FactsStore(store_path) as store:
        compared = look_and_compare(
            paths, store, pace, cancelled=cancelled, then_s=_seconds_of_grouping
        )
        files = [
            CheckedFile(path, name, compared.facts[path]) if path in compared.facts else None
            for path, name in places.items()
        ]
        there = [file for file in files if file is not None]
        good = [file for file in there if not file.facts.error]
        findings = [
            *_unreadable(there),
            *_no_files(folders),
            *exact_duplicates(good),
            *_flawed(good),
            *_odd_shapes(good),
            *_of_counts(folders, good),
            *wrong_labels(folders),
        ]
        if not cancelled():
            pace.begin_part()
            findings += near_duplicates(files, compared.search, pace.tell)
    if not cancelled():
        pace.finish()
    findings.sort(key=lambda finding: finding.order)
    return Checkup(tuple(findings), len(there), not cancelled())


def _seconds_of_grouping(search: NearDuplicates, share: float) -> float:
    """How long it will take to part the chains of all images into groups, by those of a share."""
    return search.chained / share * search.seconds_each


def _places(folders: ClassFolders) -> dict[Path, str]:
    """Every file that a training would look at, with its class."""
    disabled, excluded = folders.dataset.card.disabled, folders.marks.names(Mark.EXCLUDED)
    places = {}
    for name in folders.classes():
        folder = folders.folder_of(name)
        if name in disabled:
            continue
        for path in files_in(folder):
            if f"{name}/{path.name}" not in excluded:
                places[path] = name
    return places


def _unreadable(files: Iterable[CheckedFile]) -> list[Finding]:
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


def _no_files(folders: ClassFolders) -> list[Finding]:
    """What is called as an image in a class folder and is a pipe, a folder or a dead link."""
    disabled, excluded = folders.dataset.card.disabled, folders.marks.names(Mark.EXCLUDED)
    found: list[tuple[str, Path]] = []
    for name in folders.classes():
        if name in disabled:
            continue
        with suppress(OSError), os.scandir(folders.folder_of(name)) as entries:
            found += sorted(
                (name, Path(entry.path))
                for entry in entries
                if not leads_to_file(entry)
                and is_image_name(Path(entry.name))
                and f"{name}/{entry.name}" not in excluded
            )
    return [
        Finding(
            FindingKind.UNREADABLE,
            (path,),
            f"{path.name} is called as an image, but is {_what_it_is(path)}, so nothing reads it.",
            (name,),
            (),
            severity=1,
        )
        for name, path in found
    ]


def _what_it_is(path: Path) -> str:
    with suppress(OSError):  # where a link leads may be nowhere to look
        if path.is_dir():
            return "a folder"
        if path.exists():
            return "a device or a pipe"
    return "a link that leads nowhere"


def _flawed(files: Sequence[CheckedFile]) -> list[Finding]:
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
            (Fix.EXCLUDE, Fix.DELETE),
            tuple(paths),
            severity=2,
        )
        for (flaw, name), paths in by_flaw.items()
    ]


def _odd_shapes(files: Sequence[CheckedFile]) -> list[Finding]:
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
            fixes = (Fix.EXCLUDE, Fix.DELETE)
            findings.append(
                Finding(FindingKind.SHAPE, tuple(paths), why, (name,), fixes, tuple(paths))
            )
    return findings


def _of_counts(folders: ClassFolders, files: Sequence[CheckedFile]) -> list[Finding]:
    """What the numbers of images and recordings of the classes tell."""
    by_class: dict[str, list[CheckedFile]] = defaultdict(list)
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


def _one_session(name: str, files: Sequence[CheckedFile]) -> Finding:
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


def _images(paths: Sequence[Path]) -> str:
    return "1 image" if len(paths) == 1 else f"{len(paths):,} images"


def _are(paths: Sequence[Path]) -> str:
    return "is" if len(paths) == 1 else "are"
