"""What an image file may be called where a dataset goes to another system.

On Linux a file may be called "12:30.jpg", and "A.jpg" stand beside "a.jpg"; elsewhere that cannot
be written, or one is written over the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cnn_studio.data.class_names import folded, is_reserved

MAX_BYTES = 240
"""Below the 255 of every file system, with room for a number."""

_ELSEWHERE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\ud800-\udfff]')


def portable_names(names: Iterable[str]) -> dict[str, str]:
    """For each file of a folder the name that it can have on every system.

    Most keep theirs. Others differ as little as possible, each in its own way, also where upper and
    lower case are the same; a session's name stays one.
    """
    ordered = sorted(names, key=lambda name: (_portable(name) != name, name))
    taken: set[str] = set()
    found: dict[str, str] = {}
    numbers: dict[str, int] = {}  # the next one for each name, or ten thousand alike take for ever
    for name in ordered:
        wanted = free = _portable(name)
        stem, dot, suffix = wanted.rpartition(".")
        number = numbers.get(folded(wanted), 2)
        while folded(free) in taken:
            free = f"{stem}-{number}{dot}{suffix}"
            number += 1
        numbers[folded(wanted)] = number
        taken.add(folded(free))
        found[name] = free
    return found


def _portable(name: str) -> str:
    plain = _ELSEWHERE.sub("-", name)
    if is_reserved(plain):
        plain = f"_{plain}"
    stem, dot, suffix = plain.rpartition(".")
    room = MAX_BYTES - len(f"{dot}{suffix}".encode())
    return stem.encode()[: max(room, 1)].decode(errors="ignore") + dot + suffix
