"""What can be changed in a dataset of class folders, each as a Change to be carried out.

Nothing here touches a file: `ClassFolders.carry_out` does, and the inverse of what it returns
takes the change back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cnn_studio.data.cards import DatasetCard, Orientation
from cnn_studio.data.changes import Change
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.class_names import check_class_name
from cnn_studio.data.file_moves import free_path
from cnn_studio.data.marks import Mark
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session, sequence_of
from cnn_studio.data.trash import TRASH_NAME, TrashedSample
from cnn_studio.errors import DatasetError


def class_addition(folders: ClassFolders, name: str, *, background: bool = False) -> Change:
    """Add a class, last on the card.

    Args:
        folders: The dataset.
        name: What it is to be called.
        background: Whether it is the class of pictures that show none of the others.

    Raises:
        DatasetError: The name cannot be used.
    """
    checked = check_class_name(name, folders.classes())
    card = folders.card_for_writing()
    after = card.with_classes((*card.classes, checked))
    return _of_card(card, replace(after, background=checked) if background else after)


def class_rename(folders: ClassFolders, old: str, new: str) -> Change:
    """Give a class and its folder another name.

    Raises:
        DatasetError: There is no such class, or the new name cannot be used.
    """
    card = _card_with(folders, old)
    checked = check_class_name(new, [name for name in folders.classes() if name != old])
    moves = ((old, checked),) if folders.folder_of(old).is_dir() else ()
    return Change(moves, (), card, card.with_renamed(old, checked))


def class_removal(folders: ClassFolders, name: str, at_most: int | None = None) -> Change:
    """Take a class off the card and put its images, and what else is in its folder, into the trash.

    Args:
        folders: The dataset.
        name: The class.
        at_most: How many images it may hold, where somebody has agreed to a number.

    Raises:
        DatasetError: There is no such class, or it holds more images.
    """
    card = _card_with(folders, name)
    samples = folders.samples(name)
    if at_most is not None and len(samples) > at_most:
        raise DatasetError(
            f"{name} was not deleted: it holds {len(samples):,} images by now, not {at_most:,}."
        )
    after = card.with_classes(entry for entry in card.classes if entry != name)
    moves = (*_to_trash(folders, samples), *_rest_to_trash(folders, name, samples))
    return Change(moves, (), card, after)


def removal_of_empty(folders: ClassFolders, names: Iterable[str]) -> Change:
    """Take classes off the card that hold nothing; those that hold something stay."""
    empty = {
        name
        for name in names
        if not folders.folder_of(name).is_dir() or not any(folders.folder_of(name).iterdir())
    }
    card = folders.card_for_writing()
    after = card.with_classes(name for name in card.classes if name not in empty)
    return Change(card_before=card, card_after=after)


def class_merge(folders: ClassFolders, source: str, target: str) -> Change:
    """Move all images of one class to another and take the first one off the card.

    Raises:
        DatasetError: There is no such class, or both are the same.
    """
    if source == target:
        raise DatasetError(f"A class cannot be merged with itself: {source}.")
    card = _card_with(folders, source)
    _card_with(folders, target)
    samples = folders.samples(source)
    moves = (*_to_class(folders, samples, target), *_rest_to_trash(folders, source, samples))
    return Change(moves, (), card, card.with_classes(n for n in card.classes if n != source))


def class_order(folders: ClassFolders, names: Sequence[str]) -> Change:
    """Put the classes into another order.

    Raises:
        DatasetError: These are not all the classes.
    """
    if sorted(names) != sorted(folders.classes()):
        raise DatasetError("The order must name every class once.")
    card = folders.card_for_writing()
    return _of_card(card, card.with_classes(names))


def class_switch(folders: ClassFolders, name: str, enabled: bool) -> Change:
    """Have trainings use a class, or leave it out.

    Raises:
        DatasetError: There is no such class.
    """
    card = _card_with(folders, name)
    others = tuple(entry for entry in card.disabled if entry != name)
    return _of_card(card, replace(card, disabled=others if enabled else (*others, name)))


def class_colour(folders: ClassFolders, name: str, colour: str) -> Change:
    """Give a class a colour, "#RRGGBB", or the usual one with an empty text.

    Raises:
        DatasetError: There is no such class, or the text is no colour.
    """
    card = _card_with(folders, name)
    colours = {entry: value for entry, value in card.colours.items() if entry != name}
    return _of_card(card, replace(card, colours={**colours, name: colour} if colour else colours))


def background_class(folders: ClassFolders, name: str) -> Change:
    """Say which class holds the pictures that show none of the others; empty for none.

    Raises:
        DatasetError: There is no such class.
    """
    card = _card_with(folders, name) if name else folders.card_for_writing()
    return _of_card(card, replace(card, background=name))


def image_orientation(folders: ClassFolders, orientation: Orientation) -> Change:
    """Say whether the images of a dataset have an up."""
    card = folders.card_for_writing()
    return _of_card(card, replace(card, orientation=orientation))


def image_targets(folders: ClassFolders, targets: Sequence[int]) -> Change:
    """Say how many images of each class to aim at, one step after the other.

    Raises:
        DatasetError: There are none or too many, or one is no number of images.
    """
    card = folders.card_for_writing()
    return _of_card(card, card.with_targets(targets))


def relabelling(folders: ClassFolders, samples: Iterable[Sample], class_name: str) -> Change:
    """Move images to another class.

    Raises:
        DatasetError: The name could not be a class's.
    """
    folders.folder_of(class_name)
    return Change(_to_class(folders, samples, class_name), (), *_card_gaining(folders, class_name))


def deletion(folders: ClassFolders, samples: Iterable[Sample]) -> Change:
    """Move images to the trash."""
    return Change(_to_trash(folders, samples))


def restoration(folders: ClassFolders, trashed: Iterable[TrashedSample]) -> Change:
    """Bring images back from the trash into the classes that they were in."""
    entries = list(trashed)
    moves = tuple(
        (_inside(folders, entry.path), _inside(folders, entry.sample.path)) for entry in entries
    )
    return Change(moves, (), *_card_gaining(folders, *(e.sample.class_name for e in entries)))


def marking(folders: ClassFolders, samples: Iterable[Sample], mark: Mark, on: bool) -> Change:
    """Put a mark on images, or take it off."""
    names = [_inside(folders, sample.path) for sample in samples]
    return Change(markings=(folders.marks.would_change(mark, on, names),))


def review(folders: ClassFolders, sample: Sample, class_name: str) -> Change:
    """Say that an image was looked at and shows this class."""
    return reviews(folders, {sample: class_name})


def reviews(folders: ClassFolders, labels: Mapping[Sample, str]) -> Change:
    """Say of images that they were looked at, and which class each of them shows.

    Raises:
        DatasetError: A name could not be a class's.
    """
    names: dict[str, str] = {}
    taken: set[Path] = set()
    for sample, class_name in labels.items():
        target = folders.folder_of(class_name) / sample.path.name
        if class_name != sample.class_name:
            target = free_path(target, taken)  # two of them may have one name
            taken.add(target)
        names[_inside(folders, sample.path)] = _inside(folders, target)
    marked = folders.marks.would_change(Mark.REVIEWED, True, names)
    reviewed = replace(marked, names=tuple(names[name] for name in marked.names))
    moves = tuple((name, target) for name, target in names.items() if name != target)
    return Change(moves, (reviewed,), *_card_gaining(folders, *labels.values()))


def regrouping(folders: ClassFolders, samples: Iterable[Sample], session: Session) -> Change:
    """Have images belong to one session, in their order; those that do already stay as they are."""
    taken: set[Path] = set()
    moves: list[tuple[str, str]] = []
    for sample in samples:
        if sample.session == session:
            continue
        folder = sample.path.parent
        place = sequence_of(sample.path.name) or len(moves) + 1
        name = session.file_name(place, sample.path.suffix.lower())
        target = free_path(folder / name, taken)
        taken.add(target)
        moves.append((_inside(folders, sample.path), _inside(folders, target)))
    return Change(tuple(moves))


def _of_card(before: DatasetCard, after: DatasetCard) -> Change:
    return Change(card_before=before, card_after=after)


def _card_with(folders: ClassFolders, name: str) -> DatasetCard:
    """The card, with a class on it that may so far have been a folder only."""
    card = folders.card_for_writing()
    if name not in folders.classes():
        raise DatasetError(f"{card.title} has no class of this name: {name}.")
    return card if name in card.classes else card.with_classes((*card.classes, name))


def _card_gaining(
    folders: ClassFolders, *names: str
) -> tuple[DatasetCard | None, DatasetCard | None]:
    """The card before and after classes have come back; None where they are all on it."""
    card = folders.card_for_writing()
    new = [name for name in dict.fromkeys(names) if name not in folders.classes()]
    return (card, card.with_classes((*card.classes, *new))) if new else (None, None)


def _to_class(
    folders: ClassFolders, samples: Iterable[Sample], class_name: str
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (_inside(folders, sample.path), f"{class_name}/{sample.path.name}")
        for sample in samples
        if sample.class_name != class_name
    )


def _to_trash(folders: ClassFolders, samples: Iterable[Sample]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            _inside(folders, sample.path),
            f"{TRASH_NAME}/{sample.class_name}/{sample.path.name}",
        )
        for sample in samples
    )


def _rest_to_trash(
    folders: ClassFolders, name: str, samples: Sequence[Sample]
) -> tuple[tuple[str, str], ...]:
    """The move of a class's folder, if it holds more than its images."""
    folder = folders.folder_of(name)
    images = {sample.path.name for sample in samples}
    try:
        rest = any(entry.name not in images for entry in folder.iterdir())
    except OSError:  # it was never made
        return ()
    trash = folders.dataset.folder / TRASH_NAME
    return ((name, _inside(folders, free_path(trash / f"{name} (other files)"))),) if rest else ()


def _inside(folders: ClassFolders, path: Path) -> str:
    return path.relative_to(folders.dataset.folder).as_posix()
