"""Files that may come from anybody, or be broken: read within limits, or refused in a sentence.

Every JSON, TOML and YAML file of the studio is read here, its own included: people edit them, disks
break them, and a workspace may come from somebody else. A pipe or a device is never read, which
might never end; a file larger than its kind needs is not read either; and what no honest program
writes (lists a thousand deep, NaN, infinity) is refused before anybody works with it.
"""

from __future__ import annotations

import json
import math
import os
import re
import stat
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, BufferedWriter
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from cnn_studio.errors import NOT_UNDERSTOOD, StudioError

Opened = TypeVar("Opened", BufferedReader, BufferedWriter)

MAX_TEXT_BYTES = 64 << 20
"""No card, recipe or description is larger; a reader of other files names its own limit."""

MAX_LEVELS = 64
"""So deep may lists and tables lie in one another; the studio's own have some ten levels."""

MAX_TOML_BYTES = 1 << 20
"""People write these by hand."""

_LONGEST_REASON = 300  # a value may be of 1 MB
_MOST_PARTS = 200  # of a key in TOML: for one with n of them Python takes n * n steps
_STRING_OR_COMMENT = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*',
    re.DOTALL,
)
_NO_KEY = re.compile(r"[^\w\-. \t]+")
_NEVER_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)


class NoRegularFileError(OSError):
    """What should be read is a pipe, a device or a socket; its `strerror` says so."""


def open_regular(path: Path) -> BufferedReader:
    """Open a file for reading, and never wait for another program in doing so.

    Raises:
        OSError: It is not there, cannot be read, or is no regular file.
    """
    return _checked(open(path, "rb", opener=_open_at_once))


def open_to_add(path: Path) -> BufferedWriter:
    """Open a file for adding to its end, as `open_regular` does; it is made if it is not there.

    Raises:
        OSError: It cannot be written to, or is no regular file.
    """
    return _checked(open(path, "ab", opener=_open_at_once))


def leads_to_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder or a link to one; False where that cannot be told, as of a link
    to itself, so that one entry never ends the list of the others."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def leads_to_file(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a regular file or a link to one; see `leads_to_folder`."""
    try:
        return entry.is_file()
    except OSError:
        return False


def read_bytes(
    path: Path,
    most_bytes: int = MAX_TEXT_BYTES,
    error: type[StudioError] = StudioError,
    *,
    name: object = None,
) -> bytes:
    """All bytes of a file.

    Args:
        path: The file.
        most_bytes: A larger one is refused, before it is read if its size is known.
        error: Which kind of error is raised.
        name: What to call it in an error; its own name by default.

    Raises:
        StudioError: Of the kind `error`: it is not there, is no regular file, has more bytes, or
            cannot be read. Its cause is a FileNotFoundError where it is not there.
    """
    called = path.name if name is None else name
    try:
        with open_regular(path) as stream:
            size_bytes = os.fstat(stream.fileno()).st_size
            data = stream.read(size_bytes + 1) if size_bytes <= most_bytes else b""
            if len(data) > size_bytes:  # it has grown, or is one whose size the system does not say
                data += stream.read(max(0, most_bytes + 1 - len(data)))
    except FileNotFoundError as cause:
        raise error(f"The file is not there: {called}.") from cause
    except (OSError, ValueError) as cause:  # a name with a zero byte is no name
        reason = getattr(cause, "strerror", None) or cause
        raise error(f"The file cannot be read: {called} ({reason}).") from cause
    if max(size_bytes, len(data)) > most_bytes:
        raise error(f"The file has more than {_in_words(most_bytes)}: {called}.")
    return data


def read_json(
    path: Path,
    most_bytes: int = MAX_TEXT_BYTES,
    error: type[StudioError] = StudioError,
    *,
    name: object = None,
) -> Any:
    """The values in a JSON file; see `read_bytes` and `json_in`."""
    data = read_bytes(path, most_bytes, error, name=name)
    return json_in(data, path.name if name is None else name, error)


def read_toml(
    path: Path,
    most_bytes: int = MAX_TOML_BYTES,
    error: type[StudioError] = StudioError,
    *,
    name: object = None,
) -> dict[str, Any]:
    """The values in a TOML file; see `read_bytes` and `toml_in`."""
    data = read_bytes(path, most_bytes, error, name=name)
    return toml_in(data, path.name if name is None else name, error)


def json_in(text: bytes | str, name: object, error: type[StudioError] = StudioError) -> Any:
    """The values in a JSON text.

    Args:
        text: The text; bytes may be in UTF-8, with or without a mark before it, or in UTF-16 or 32.
        name: What to call it in an error, as in "recipe.json".
        error: Which kind of error is raised.

    Returns:
        Plain values; all numbers among them are finite, and no more than `MAX_LEVELS` deep.

    Raises:
        StudioError: Of the kind `error`: it is no JSON, has NaN or infinity, or is too deep.
    """
    with understanding(name, error):
        if not isinstance(text, str):
            text = text.decode(json.detect_encoding(text), "surrogatepass")
        values = _DECODER.decode(text)
        if text.count("[") + text.count("{") > MAX_LEVELS:  # else it cannot be deeper
            _check_levels(values)
        return values


def toml_in(
    text: bytes | str, name: object, error: type[StudioError] = StudioError
) -> dict[str, Any]:
    """The values in a TOML text; see `json_in`. Bytes are in UTF-8.

    Raises:
        StudioError: Of the kind `error`: it is no TOML, has NaN or infinity, or is too deep.
    """
    with understanding(name, error):
        decoded = text if isinstance(text, str) else text.decode("utf-8-sig")
        keys = _NO_KEY.split(_STRING_OR_COMMENT.sub("s", decoded))
        if any(key.count(".") > _MOST_PARTS for key in keys):
            raise ValueError(f"a key has more than {_MOST_PARTS} parts")
        values = tomllib.loads(decoded, parse_float=_finite)
        _check_levels(values)
        return values


def yaml_in(text: str, name: object, error: type[StudioError] = StudioError) -> Any:
    """The values in a YAML text, all of them texts; see `json_in`.

    Raises:
        StudioError: Of the kind `error`: it is no YAML, is too deep, or has an alias: a few of
            those in one another make a billion values of a line.
    """
    import yaml  # only some datasets of others have it

    class Plain(yaml.BaseLoader):  # type: ignore[misc]
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                raise ValueError("it has an alias")
            return super().compose_node(parent, index)

    with understanding(name, error):
        try:
            values = yaml.load(text, Plain)
        except yaml.YAMLError as cause:
            raise ValueError(f"it is no YAML ({getattr(cause, 'problem', cause)})") from cause
        _check_levels(values)
        return values


@contextmanager
def understanding(name: object, error: type[StudioError] = StudioError) -> Iterator[None]:
    """Within it, whatever the reading of unexpected values raises becomes one sentence.

    Args:
        name: What is being understood, as in "recipe.json".
        error: Which kind of error is raised.

    Raises:
        StudioError: Of the kind `error`: something in it is not as expected.
    """
    try:
        yield
    except StudioError as cause:
        raise error(f"{name} is not understood: {_clipped(str(cause))}") from cause
    except RecursionError as cause:
        raise error(f"{name} is not understood: it is nested too deep.") from cause
    except NOT_UNDERSTOOD as cause:
        raise error(f"{name} is not understood: {_reason(cause)}.") from cause


def _checked(stream: Opened) -> Opened:
    try:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise NoRegularFileError(0, "it is a device or a pipe and no file", str(stream.name))
    except BaseException:
        stream.close()
        raise
    return stream


def _open_at_once(name: str, flags: int) -> int:
    return os.open(name, flags | _NEVER_WAIT, 0o666)


def _check_levels(values: object) -> None:
    level = [values]
    for _ in range(MAX_LEVELS):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise RecursionError


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"a number must be finite, received {text[:20]}")


def _reason(cause: BaseException) -> str:
    if isinstance(cause, KeyError):
        return f"{_clipped(str(cause))} is missing"
    if isinstance(cause, UnicodeDecodeError):
        return "it is no text in UTF-8"
    if isinstance(cause, ValueError) and str(cause):
        return _clipped(str(cause).rstrip("."))
    return "a value is of another kind than expected"


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}…"


def _in_words(size_bytes: int) -> str:
    return f"{size_bytes >> 20:,} MB" if size_bytes >= 1 << 20 else f"{size_bytes:,} bytes"


_DECODER = json.JSONDecoder(parse_constant=_no_number, parse_float=_finite)
"""Made once: there are files with a record in each of a million lines."""
