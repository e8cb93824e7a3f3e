"""Files made wrong in many ways, each by a random generator so that a seed gives them again."""

from __future__ import annotations

import copy
import io
import json
import random
import re
import stat
import struct
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

_LARGE = (0x7FFFFFFF, 0xFFFFFFFF, 0x40000000, 0xFFFF, 0x10000, 0)
_ODD_VALUES = (
    None,
    -1,
    0,
    1e308,
    10**30,
    "",
    "x" * 5000,
    [],
    {},
    [[]],
    True,
    float("nan"),
    "../..",
)
_EVIL_NAMES = (
    "../evil.txt",
    "../../evil.txt",
    "/tmp/cnn-studio-evil.txt",
    "C:\\evil.txt",
    "a/../../b",
)

_HEADERS = re.compile(rb"PK\x01\x02|PK\x03\x04|PK\x05\x06")

Members = dict[str, bytes]


def mutated(data: bytes, dice: random.Random) -> bytes:
    """A file's bytes with flips, a cut, a splice or a size enlarged."""
    how = dice.choice((_flipped, _flipped, _truncated, _spliced, _enlarged, _enlarged))
    for _ in range(dice.choice((1, 1, 2, 4))):
        data = how(data, dice)
    return data


def mutated_zip(members: Mapping[str, bytes], dice: random.Random) -> bytes:
    """A zip of these files that is wrong: in its bytes, its headers, its names or its files."""
    how = dice.choice((_bytes_wrong, _headers_wrong, _files_wrong, _files_wrong, _names_wrong))
    return how(dict(members), dice)


def mutated_json(text: bytes, dice: random.Random) -> bytes:
    """A JSON text with a value replaced, removed or deeply nested, or with its bytes changed."""
    if dice.random() < 0.3:
        return mutated(text, dice)
    values = json.loads(text)
    for _ in range(dice.choice((1, 1, 2, 3))):
        change_value(values, dice)
    return json.dumps(values).encode("utf-8")


def packed(members: Mapping[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def _flipped(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    # The structure of most files is at their ends, and chance would hit the weights alone.
    near = min(len(data), 4096)
    for _ in range(dice.choice((1, 2, 8, 64))):
        where = dice.choice(
            (dice.randrange(len(data)), dice.randrange(near), -1 - dice.randrange(near))
        )
        changed[where] ^= 1 << dice.randrange(8)
    return bytes(changed)


def _truncated(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.randrange(1, max(2, len(data)))]


def _spliced(data: bytes, dice: random.Random) -> bytes:
    start, length = dice.randrange(len(data)), dice.randrange(1, 200)
    where = dice.randrange(len(data))
    piece = dice.choice((data[start : start + length], dice.randbytes(length)))
    keep = dice.choice((0, len(piece)))
    return data[:where] + piece + data[where + keep :] or b"\0"


def _enlarged(data: bytes, dice: random.Random) -> bytes:
    if len(data) < 8:
        return data
    changed = bytearray(data)
    where = dice.randrange(min(len(data), dice.choice((256, 4096, len(data)))) - 4) & ~3
    struct.pack_into("<I", changed, max(0, where), dice.choice(_LARGE))
    return bytes(changed)


def _bytes_wrong(members: Members, dice: random.Random) -> bytes:
    return mutated(packed(members, dice.choice((0, 8))), dice)


def _headers_wrong(members: Members, dice: random.Random) -> bytes:
    """Fields of the local headers, the directory or its end replaced."""
    data = bytearray(packed(members, dice.choice((0, 8))))
    places = [found.start() for found in _HEADERS.finditer(data) if found.start() + 46 < len(data)]
    for _ in range(dice.choice((1, 2, 4))):
        if places:
            where = dice.choice(places) + dice.randrange(4, 42)
            value = dice.choice((*_LARGE, dice.getrandbits(32)))
            struct.pack_into("<I", data, where, value)
    return bytes(data)


def _files_wrong(members: Members, dice: random.Random) -> bytes:
    """Files changed inside a zip that is right, so that they are looked at."""
    name = dice.choice(sorted(members))
    change: Callable[[bytes, random.Random], bytes] = mutated
    if name.endswith(".json") and dice.random() < 0.7:
        change = mutated_json
    if dice.random() < 0.1:
        del members[name]
    else:
        members[name] = change(members[name], dice)
    return packed(members, dice.choice((0, 8)))


def _names_wrong(members: Members, dice: random.Random) -> bytes:
    """A file more: under a name that leads out, as a link, twice, or unpacking to very much."""
    target, how = io.BytesIO(), dice.randrange(10)
    link = zipfile.ZipInfo(dice.choice(("link", *sorted(members))))
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    if 4 <= how < 7:
        members.pop(link.filename, None)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        if how < 4:
            archive.writestr(dice.choice(_EVIL_NAMES), b"evil")
        elif how < 7:
            archive.writestr(link, "/etc/passwd")
        elif how < 9 and members:
            name = dice.choice(sorted(members))
            archive.filelist.append(_again(archive.getinfo(name)))
        else:
            archive.writestr("zeros.bin", bytes(64 << 20))
    return target.getvalue()


def _again(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    twin = zipfile.ZipInfo(info.filename)
    for field in ("header_offset", "CRC", "compress_size", "file_size", "compress_type"):
        setattr(twin, field, getattr(info, field))
    return twin


def change_value(values: Any, dice: random.Random) -> None:
    """Walk down to a random value and replace it."""
    while isinstance(values, dict | list) and values:
        key: Any = (
            dice.choice(sorted(values)) if isinstance(values, dict) else dice.randrange(len(values))
        )
        inner = values[key]
        if isinstance(inner, dict | list) and inner and dice.random() < 0.75:
            values = inner
            continue
        if dice.random() < 0.1:
            del values[key]
        elif isinstance(inner, int | float) and dice.random() < 0.5:
            values[key] = inner * dice.choice((-1, 0, 1000, 10**9))
        elif dice.random() < 0.05:
            nested: Any = 1
            for _ in range(500):
                nested = [nested]
            values[key] = nested
        else:
            values[key] = copy.deepcopy(dice.choice(_ODD_VALUES))  # the next change may go into it
        return
