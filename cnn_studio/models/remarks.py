"""The notes on a run as a person reads them: equal ones as one sentence, the weightiest first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cnn_studio.data.class_names import listed
from cnn_studio.models.bundle import NOT_OURS

_NUMBER = re.compile(r"(?<![\w.\-])\d[\d,]*(?![\w\-]|\.\d)")
_ALL_FROM = 3  # classes: of two, both names are as short as "All 2 classes"
# What makes the figures of a run doubtful, from the worst on; words of data/split.py,
# data/grouping.py and training/cross_validation.py.
_WEIGHTY = (
    ("not measured", "has no image of"),
    ("for an honest figure", "a little too good"),
    ("has one image only",),
    ("used for validation, where",),
)

# What such words become where they are said of several classes; each of data/split.py.
_SEVERAL = (
    (" has one image only: it is used", " have one image each, which is used"),
    (" has ", " have "),
    ("so it is not measured. Record it for", "so they are not measured. Record them for"),
)


@dataclass(frozen=True)
class Remark:
    """One sentence, and the notes that it stands for.

    Attributes:
        sentence: What is to be known.
        notes: The notes, word for word, in their order; one where nothing was joined.
    """

    sentence: str
    notes: tuple[str, ...]


def remarks(notes: Sequence[str], classes: Sequence[str]) -> list[Remark]:
    """Join notes that say the same of several classes, and put first what matters most.

    Args:
        notes: What a bundle or a split has to say, in sentences.
        classes: The classes' names, all of them.

    Returns:
        The remarks; those of a model from elsewhere stay in the order in which they explain it.
    """
    if NOT_OURS in notes[:1]:
        return [Remark(note, (note,)) for note in notes]
    groups: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for place, note in enumerate(notes):
        name = _about(note, classes)
        rest = note[len(name) :]
        key = (_NUMBER.sub("#", rest), "") if name else (note, str(place))
        groups.setdefault(key, []).append((name, rest))
    found = [_joined(group, classes) for group in groups.values()]
    return sorted(found, key=_weight)


def _about(note: str, classes: Sequence[str]) -> str:
    """The class that a note begins with; "" if it is of none, or of several."""
    ends = (": ", " has ")
    fitting = (name for name in classes if note.startswith(tuple(name + end for end in ends)))
    return max(fitting, key=len, default="")


def _joined(group: Sequence[tuple[str, str]], classes: Sequence[str]) -> Remark:
    notes = tuple(name + rest for name, rest in group)
    if len(group) == 1:
        return Remark(_with_all(notes[0], classes), notes)
    rest = _summed([rest for _name, rest in group])
    for one, several in _SEVERAL if rest.startswith(" has ") else ():
        rest = rest.replace(one, several, 1)
    return Remark(_called([name for name, _rest in group], classes) + rest, notes)


def _with_all(note: str, classes: Sequence[str]) -> str:
    """A note that lists every class says so in their place."""
    names = listed(classes)
    is_whole = len(classes) >= _ALL_FROM and note.startswith(f"{names} have ")
    return _called(classes, classes) + note[len(names) :] if is_whole else note


def _called(names: Sequence[str], classes: Sequence[str]) -> str:
    is_whole = len(classes) >= _ALL_FROM and set(names) == set(classes)
    return f"All {len(classes)} classes" if is_whole else listed(names)


def _summed(texts: Sequence[str]) -> str:
    """Texts that differ in their numbers only, as one with the sum of each number."""
    numbers = [[int(n.replace(",", "")) for n in _NUMBER.findall(text)] for text in texts]
    sums = iter([sum(each) for each in zip(*numbers, strict=True)])
    return _NUMBER.sub(lambda _number: f"{next(sums):,}", texts[0])


def _weight(remark: Remark) -> int:
    for weight, signs in enumerate(_WEIGHTY):
        if any(sign in note for note in remark.notes for sign in signs):
            return weight
    return len(_WEIGHTY)
