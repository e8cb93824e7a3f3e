"""What a stranger may send and a broken disk may hold, in the place of any file of the studio.

`TEXTS` are contents of files, `THINGS` stand where a file should be and are none, and `variations`
puts a value of another kind, range or size at each place of a record that is good otherwise.
"""

from __future__ import annotations

import copy
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

DEEP = 100_000
SPARSE_BYTES = 20 << 30

JSON_TEXTS: Mapping[str, bytes] = {
    "half an object": b'{"a": 1',
    "a list opened 100,000 times": b"[" * DEEP,
    "a list 100,000 deep": b"[" * DEEP + b"]" * DEEP,
    "a list 3,000 deep": b"[" * 3_000 + b"]" * 3_000,
    "an object 3,000 deep": b'{"a":' * 3_000 + b"1" + b"}" * 3_000,
    "a number that is none": b'{"a": NaN}',
    "infinity": b"[Infinity, -Infinity]",
    "a number past all": b"[1e999]",
    "5,000 digits": b"9" * 5_000,
    "400 digits": b"1" + b"0" * 400,
    "nothing": b"null",
    "true": b"true",
    "a number": b"-5",
    "a text": b'"text"',
    "an empty list": b"[]",
    "a list of kinds": b'[null, true, -1, 1e308, "a", [], {}]',
    "an empty object": b"{}",
    "half a character": rb'{"\ud800": "\udfff"}',
    "half a character as a text": rb'"\ud800"',
    "a zero character": rb'{"a\u0000": "\u0000"}',
    "100,000 keys": b"{" + b",".join(b'"%d":{}' % number for number in range(DEEP)) + b"}",
}
"""Some are JSON and some are none; no record of the studio is among them."""

TOML_TEXTS: Mapping[str, bytes] = {
    "no value": b"a =",
    "infinity in TOML": b"a = inf\nb = -inf\nc = nan",
    "a list in TOML 3,000 deep": b"a = " + b"[" * 3_000 + b"]" * 3_000,
    "a table in TOML 2,000 deep": b"a = " + b"{a = " * 2_000 + b"1" + b"}" * 2_000,
    "a key of 100,000 parts": b".".join([b"a"] * DEEP) + b" = 1",
    "10,000 tables in TOML": b"[[a]]\n" * 10_000,
}

YAML_TEXTS: Mapping[str, bytes] = {
    "a billion laughs": b"a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    + b"".join(
        b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 10)
    )
    + b"names: *a9\n",
    "a list within itself": b"names: &a [*a, *a]\n",
    "a mapping within itself": b"names: &a {0: *a}\n",
    "a list in YAML 3,000 deep": b"names: " + b"[" * 3_000 + b"]" * 3_000,
    "dashes 3,000 deep": b"- " * 3_000 + b"a",
    "a Python object": b"names: !!python/object/apply:os.getcwd []\n",
    "a day that is none": b"names: 2026-99-99\n",
    "a mapping as a key": b"? {a: 1}\n: b\n",
    "infinity in YAML": b"names: [.inf, .nan]\nnc: .inf\n",
}

LINE_TEXTS: Mapping[str, bytes] = {
    "no bytes": b"",
    "one zero byte": b"\0",
    "1,000 zero bytes": b"\0" * 1_000,
    "bytes that are no text": bytes(range(256)) * 40,
    "not UTF-8": b'{"\xe9": "\xff\xfe"}\n\xe9,\xff\n',
    "the mark of UTF-16 alone": b"\xff\xfe",
    "UTF-16": '{"a": 1}\n'.encode("utf-16"),
    "UTF-8 with a mark": b'\xef\xbb\xbf{"a": 1}\n',
    "a line of 1 MB": b"a" * (1 << 20),
    "a quote that never ends": b'a,"' + b"b\n" * 100_000,
    "100,000 empty lines": b"\n" * DEEP,
    "100,000 commas": b"," * DEEP,
    "lines that end in a carriage return": b"a\rb\rc\r",
    "control characters": b"\x1b[2J\x07\x08\x7f\xc2\x9b2J\n",
}

TEXTS: Mapping[str, bytes] = {**LINE_TEXTS, **JSON_TEXTS, **TOML_TEXTS, **YAML_TEXTS}
"""Each is to be put in the place of each file, whatever kind it should be of."""


def _a_pipe(path: Path) -> None:
    os.mkfifo(path)


def _a_socket(path: Path) -> None:
    here = Path.cwd()
    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(path.parent)  # the address of a socket has 107 letters at most
        try:
            listener.bind(path.name[:100])
        finally:
            os.chdir(here)


def _a_sparse_file(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(SPARSE_BYTES)


def _an_unreadable_file(path: Path) -> None:
    path.write_bytes(b"{}")
    path.chmod(0)


def _a_full_folder(path: Path) -> None:
    path.mkdir()
    (path / "inner.json").write_bytes(b"{")


THINGS: Mapping[str, Callable[[Path], None]] = {
    "a pipe": _a_pipe,
    "a socket": _a_socket,
    "a link to a device without end": lambda path: path.symlink_to("/dev/zero"),
    "a link to a device without content": lambda path: path.symlink_to("/dev/null"),
    "a folder": lambda path: path.mkdir(),
    "a folder with something in it": _a_full_folder,
    "a link to nothing": lambda path: path.symlink_to(path.with_name("nothing is called so")),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to the folder above": lambda path: path.symlink_to(path.parent),
    "a sparse file of 20 GB": _a_sparse_file,
    "a file that may not be read": _an_unreadable_file,
}
"""What stands where a file should be, by what to call it; each is a function that puts it there."""


def _writes(data: bytes) -> Callable[[Path], None]:
    def put(path: Path) -> None:
        path.write_bytes(data)

    return put


EVERYTHING: Mapping[str, Callable[[Path], None]] = {
    **THINGS,
    **{name: _writes(data) for name, data in TEXTS.items()},
}
"""Whatever can stand in the place of a file; each is a function that puts it there."""

ODD_NAMES = (
    b"\xff\xfe",
    b"caf\xe9",
    b"a\x1b[2Jb",
    b"a\nb",
    b"-rf",
    b"=1+1",
    b"a\xe2\x80\xaeb",
    b"%s%n{}",
    b"'; drop table facts; --",
    b"a" * 255,
)
"""Names of files and folders as other systems and strangers give them."""

ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    10**9,
    10**400,
    1e308,
    -0.5,
    "",
    "..",
    "../../elsewhere",
    "a\0b",
    "\x1b[2J",
    "\ud800",
    "a" * 100_000,
    [],
    ["a"] * 3,
    [1, None, {}],
    [str(number) for number in range(DEEP)],
    {},
    {"a": {"b": []}},
    {"..": 1},
)
"""Values that JSON can hold, and that stand in a record where another was expected."""


def variations(good: Any, values: tuple[Any, ...] = ODD_VALUES) -> Iterator[tuple[str, Any]]:
    """A good record with one place in it changed, for each place and each odd value.

    Yields:
        Where it was changed, as in "/input/size", and the record. A place that is missing
        altogether comes first.
    """
    for path in _paths(good):
        where = "/" + "/".join(map(str, path))
        if path:
            changed = copy.deepcopy(good)
            del _at(changed, path[:-1])[path[-1]]
            yield f"{where} is missing", changed
        for value in values:
            changed = copy.deepcopy(good)
            if path:
                _at(changed, path[:-1])[path[-1]] = value
            else:
                changed = value
            yield f"{where} is {str(value)[:40]!r}", changed


def _paths(values: Any) -> Iterator[tuple[str | int, ...]]:
    yield ()
    inner = values.items() if isinstance(values, dict) else enumerate(values)
    for key, value in inner:
        if isinstance(value, dict | list):
            yield from ((key, *path) for path in _paths(value))
        else:
            yield (key,)


def _at(values: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        values = values[key]
    return values
