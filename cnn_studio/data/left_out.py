"""What was left out, by the reason: many files are left out for few reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path


class AlreadyHere(str):
    """The reason why a file was left out that is no fault: its image is there already."""

    __slots__ = ()


def without_present(
    skipped: Iterable[tuple[Path, str]],
) -> tuple[list[tuple[Path, str]], int]:
    """What was left out for a reason that a person should know, and how many are there already."""
    every = list(skipped)
    others = [(path, reason) for path, reason in every if not isinstance(reason, AlreadyHere)]
    return others, len(every) - len(others)


def by_reason(skipped: Iterable[tuple[Path, str]]) -> dict[str, list[Path]]:
    """The files by the sentence that says why, without their own names in it; the commonest first.

    Args:
        skipped: Each file, with a sentence that ends in its name as in "It is empty: a.jpg."
    """
    reasons: dict[str, list[Path]] = {}
    for path, sentence in skipped:
        reason = sentence.removesuffix(f": {path.name}.").removesuffix(".")
        reasons.setdefault(reason, []).append(path)
    return dict(sorted(reasons.items(), key=lambda item: -len(item[1])))


def reasons_in_words(unreadable: Mapping[str, str]) -> str:
    """Why images cannot be read, as in "The file is damaged (2 of them)."; empty if all can.

    Args:
        unreadable: The images' names, each with the sentence that says why.
    """
    reasons = by_reason((Path(name), sentence) for name, sentence in unreadable.items())
    if len(reasons) == 1:
        return f"{next(iter(reasons))}."
    return " ".join(f"{reason} ({len(paths):,} of them)." for reason, paths in reasons.items())
