"""Names in an archive that does not say in which code page they are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cnn_studio.data.code_pages import CODE_PAGES, UTF_8, cost, decoded, label_of
from cnn_studio.errors import DatasetError

_DOUBT = 3.6  # readings that differ by less are about as likely; see `code_pages`
_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_SURE_SEQUENCES = 4  # so many letters in UTF-8 by chance are one in thousands


@dataclass(frozen=True)
class NamesReading:
    """How names were read that do not say it.

    Attributes:
        encoding: What they were read in.
        is_certain: Whether that needs no word: they are UTF-8 beyond doubt, or it was chosen.
        is_doubtful: Whether another reading is as plausible, so that somebody has to choose.
        choices: What they can be read in, the most plausible first; those that read alike once.
        examples: One name in each of the choices.
    """

    encoding: str
    is_certain: bool
    is_doubtful: bool
    choices: tuple[str, ...]
    examples: tuple[str, ...]

    def said(self, name: str) -> str:
        """The sentence for what was done with the names in the archive of that name."""
        example = self.examples[self.choices.index(self.encoding)]
        return (
            f"The names in {name} do not say how they are written; they were read as "
            f"{label_of(self.encoding)}, as in {example}."
        )

    def asked(self, name: str) -> str:
        """The sentence where it has to be said how the names are to be read."""
        pairs = zip(self.choices[:3], self.examples[:3], strict=True)
        readings = ", ".join(f"{encoding} ({example})" for encoding, example in pairs)
        return (
            f"The names in {name} do not say how they are written, and more than one reading is "
            f"likely: {readings}. Say which with --names-encoding."
        )


def read_names(
    names: Sequence[bytes],
    archive: str,
    *,
    encoding: str = "",
    is_of_unix: bool = False,
    expected: frozenset[str] = frozenset(),
) -> NamesReading | None:
    """Find out how names are written.

    Args:
        names: Those that do not say it themselves.
        archive: What the archive is called.
        encoding: What was chosen; empty to find it out.
        is_of_unix: Whether the archive was made on another system than Windows or DOS.
        expected: Names that are known to be among them, where there is a list of them.

    Returns:
        The reading; None where all are ASCII, which are the same in all code pages.

    Raises:
        DatasetError: They are not written in what was chosen.
    """
    unsaid = sorted({name for name in names if not name.isascii()})
    if not unsaid:
        return None
    readings = _readings(unsaid, is_of_unix, expected)
    if encoding and encoding not in readings:
        texts = decoded(unsaid, encoding)
        if texts is None:
            usable = ", ".join(readings) or "none that is known"
            raise DatasetError(
                f"The names in {archive} are not written in {encoding}. They can be read as: "
                f"{usable}."
            )
        readings[encoding] = texts
    if not readings:
        raise DatasetError(
            f"The names in {archive} are written in no code page that is known. Unpack it, and "
            "import the folder."
        )
    order = list(readings)
    chosen = encoding or order[0]
    is_expected = bool(expected.intersection(readings[chosen]))
    certain = bool(encoding) or is_expected or (chosen == UTF_8 and _is_surely_utf8(unsaid))
    costs = [_total(readings[name], name, is_of_unix) for name in order if name != UTF_8]
    tie = len(costs) > 1 and costs[1] - costs[0] < _DOUBT
    doubtful = not certain and chosen != UTF_8 and tie
    return NamesReading(chosen, certain, doubtful, *_told_apart(readings))


def _readings(
    names: Sequence[bytes], is_of_unix: bool, expected: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    """What the names can be read as, the most plausible first."""
    found: dict[str, tuple[str, ...]] = {}
    for encoding in (UTF_8, *(page.encoding for page in CODE_PAGES)):
        texts = decoded(names, encoding)
        if texts is not None and texts not in found.values():
            found[encoding] = texts

    def order(encoding: str) -> tuple[int, bool, float]:
        texts = found[encoding]
        missed = -len(expected.intersection(texts))
        return missed, encoding != UTF_8, _total(texts, encoding, is_of_unix)

    return {encoding: found[encoding] for encoding in sorted(found, key=order)}


def _total(texts: tuple[str, ...], encoding: str, is_of_unix: bool) -> float:
    page = next((page for page in CODE_PAGES if page.encoding == encoding), None)
    usual = 0.0 if page is None else page.on_unix if is_of_unix else page.on_windows
    return usual + cost(texts, encoding)


def _told_apart(
    readings: dict[str, tuple[str, ...]],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The encodings, and in each the part of a name that tells most of them apart."""
    order = tuple(readings)
    count = len(next(iter(readings.values())))
    place = max(range(count), key=lambda at: (len({texts[at] for texts in readings.values()}), -at))
    examples = []
    for encoding in order:
        parts = re.split(r"[/\\]", readings[encoding][place])
        odd = [part for part in parts if not part.isascii()]
        examples.append(odd[0] if odd else parts[-1])
    return order, tuple(examples)


def _is_surely_utf8(names: Sequence[bytes]) -> bool:
    found = {match for name in names for match in _SEQUENCE.findall(name)}
    return sum(len(sequence) - 1 for sequence in found) >= _SURE_SEQUENCES
