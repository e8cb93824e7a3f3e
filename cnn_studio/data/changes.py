"""A change of a dataset: what is moved, marked and written on the card, and how to take it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from cnn_studio.data.cards import DatasetCard
from cnn_studio.data.file_moves import Stamp
from cnn_studio.data.marks import Mark, Marking, renamed
from cnn_studio.errors import DatasetError


@dataclass(frozen=True)
class Change:
    """One step that is taken whole, and can be taken back.

    Attributes:
        moves: Files and folders with where they go, both as paths within the dataset's folder, in
            this order. Nothing is ever moved over something else.
        markings: Marks, by the names that the images have after the moves.
        card_before: The card that it begins with; None if the card stays as it is.
        card_after: The card that it ends with; None if the card stays as it is.
        stamps: Of the files that are moved, in the order of `moves`: a file that is another one by
            then stays where it is. None for a folder. Empty where any file will do.

    Raises:
        DatasetError: A path would lead out of the dataset's folder.
        ValueError: There are stamps, but not one for each move.
    """

    moves: tuple[tuple[str, str], ...] = ()
    markings: tuple[Marking, ...] = ()
    card_before: DatasetCard | None = None
    card_after: DatasetCard | None = None
    stamps: tuple[Stamp | None, ...] = ()

    def __post_init__(self) -> None:
        for path in (path for move in self.moves for path in move):
            if not _stays_inside(path):
                raise DatasetError(f"This path leads out of the dataset: {path!r}.")
        if self.stamps and len(self.stamps) != len(self.moves):
            raise ValueError(f"{len(self.moves)} moves need as many stamps: {len(self.stamps)}.")

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        marked = any(marking.names for marking in self.markings)
        return not self.moves and not marked and self.card_before == self.card_after

    def inverse(self) -> Change:
        """The change that takes this one back."""
        back = tuple((target, source) for source, target in reversed(self.moves))
        by_target = dict(back)
        return Change(
            back,
            tuple(
                replace(
                    marking,
                    on=not marking.on,
                    names=tuple(renamed(name, by_target) for name in marking.names),
                )
                for marking in reversed(self.markings)
            ),
            self.card_after,
            self.card_before,
            self.stamps[::-1],
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "moves": [list(move) for move in self.moves],
            "markings": [
                {"mark": entry.mark, "on": entry.on, "names": list(entry.names)}
                for entry in self.markings
            ],
            "card_before": self.card_before and self.card_before.to_dict(),
            "card_after": self.card_after and self.card_after.to_dict(),
            "stamps": [stamp and list(stamp) for stamp in self.stamps],
        }

    @classmethod
    def from_dict(cls, dataset_name: str, values: Mapping[str, Any]) -> Change:
        """Read what `to_dict` made.

        Raises:
            DatasetError: A path would lead out of the dataset's folder, or a card is none.
            ValueError, TypeError, KeyError: The values are not those of a change.
        """

        def card(key: str) -> DatasetCard | None:
            return DatasetCard.from_dict(dataset_name, values[key]) if values[key] else None

        return cls(
            tuple((str(source), str(target)) for source, target in values["moves"]),
            tuple(
                Marking(Mark(entry["mark"]), bool(entry["on"]), tuple(map(str, entry["names"])))
                for entry in values["markings"]
            ),
            card("card_before"),
            card("card_after"),
            tuple(
                (int(stamp[0]), int(stamp[1])) if stamp else None
                for stamp in values.get("stamps", ())
            ),
        )


def _stays_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return (
        bool(parts)
        and not path.startswith("/")
        and ".." not in parts
        and not set(path) & {"\\", "\0", ":"}
    )
