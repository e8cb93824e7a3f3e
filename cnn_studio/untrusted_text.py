r"""Text that may come from anybody, made fit for a terminal, a window, a page and a spreadsheet.

The name of a file or a class, a title, a camera's answer: each may hold what a terminal obeys, what
turns the order of letters round, bytes that are no text in UTF-8, or what a spreadsheet computes.
All that is shown or written for other programs goes through here, and shows such things as escapes:
`\xe9` is a byte that is no text, `\n` a line feed, `\u202e` a control character.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from html import escape
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

_FIRST_BYTE = 0xDC80  # how Python keeps the byte 0x80 of a name that is no text (PEP 383)
_LONE = re.compile("[\ud800-\udfff]")
# C0, DEL and C1, line separators, what embeds and overrides directions, and what is never visible.
# Those that join or part letters (U+200B to D, U+2060) are part of many languages' words, of emoji,
# and so does what isolates a direction, if it ends: it turns nothing round but what it embraces.
_CONTROL = "[\0-\x1f\x7f-\x9f\u180e\u2028-\u202e\u2061-\u206f\ufeff\ufff9-\ufffb]"
_TO_SHOW = re.compile(f"[\u2066-\u2068](?P<isolated>[^\u2066-\u2069]+)\u2069|{_CONTROL}")
_BYTE = re.compile(r"\\x([89a-f][0-9a-f])")
_SENTENCES = frozenset({"error", "note", "problem", "reason", "title", "why"})
_INDENT = "\n  "
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
# See OWASP, "CSV Injection"; the wide forms are taken for the plain ones in East Asia.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]")
# Numbers, prices, times and telephone numbers: nothing harmful can be computed of digits alone.
_NUMBER = re.compile(r"[+-]?\d[\d.,: ]*%?|[+-]?\.?\d[\d.]*([eE][+-]?\d+)?|-", re.ASCII)


def shown(text: str | PurePath) -> str:
    r"""A text on one line as a person may see it, with `\x1b` for a control character and the like.

    What has none comes back as it is.
    """
    return _TO_SHOW.sub(_escaped, unicode_text(text))


def shown_list(text: str) -> str:
    """A sentence as a person may see it, and behind it our own lines, which are indented by two."""
    return _INDENT.join(map(shown, text.split(_INDENT)))


def shown_lines(text: str) -> str:
    """A text of several lines as a person may see it in a window, each line by itself."""
    return "\n".join(map(shown, text.split("\n")))


def html_text(text: str) -> str:
    """A text on one line for a page, where it stands as it is and means nothing."""
    return escape(shown(text))


def unicode_text(text: str | PurePath) -> str:
    r"""A text that can be written in UTF-8: what is none in a name of a file stands as `\xe9`.

    Control characters stay: a program that reads it takes none of them for an order.
    """
    return _LONE.sub(_escaped, str(text))


def name_in_text(text: str) -> str:
    """The name of a folder that `unicode_text` wrote; no such name has a backslash in it."""
    return _BYTE.sub(lambda found: chr(int(found[1], 16) - 0x80 + _FIRST_BYTE), text)


def quoted_name(text: str) -> str:
    """A name of a file as a URL has it, with `%E9` for a byte that is no text: none is lost."""
    try:
        return quote(os.fsencode(text))
    except UnicodeEncodeError:  # half a letter from elsewhere, which no name on this disk has
        return quote(unicode_text(text))


def spreadsheet_cell(text: str | PurePath) -> str:
    """A text as a cell of CSV: what a spreadsheet would compute gets an apostrophe before it.

    Plain numbers stay as they are. `text_of_cell` takes the apostrophe off again.
    """
    written = unicode_text(text)
    is_formula = _FORMULA.match(written) and not _NUMBER.fullmatch(written)
    return f"'{written}" if is_formula else written


def text_of_cell(cell: str) -> str:
    """What `spreadsheet_cell` made a cell of."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def plain_values(value: Any) -> Any:
    """Values for JSON that every program reads: no NaN and no infinity, which become null.

    A name of a file that is no text in UTF-8 stands in them with escapes, see `unicode_text`; next
    to it in an object, as "path_quoted" beside "path", it stands byte for byte as a URL has it.
    """
    if isinstance(value, str):
        return unicode_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        plain = {_plain_key(key): plain_values(entry) for key, entry in value.items()}
        named = {key for key in value if isinstance(key, str) and key not in _SENTENCES}
        names = {key: _quoted(value[key]) for key in sorted(named)}
        return {**plain, **{f"{key}_quoted": quoted for key, quoted in names.items() if quoted}}
    if isinstance(value, list | tuple):
        return [plain_values(entry) for entry in value]
    return value


def _plain_key(key: Any) -> Any:
    return unicode_text(key) if isinstance(key, str) else key


def _quoted(value: Any) -> Any:
    """A name, or a list of some, byte for byte; None if all of it is text."""
    if isinstance(value, str):
        return quoted_name(value) if _LONE.search(value) else None
    is_list = isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
    return list(map(quoted_name, value)) if is_list and _LONE.search("".join(value)) else None


def _escaped(found: re.Match[str]) -> str:
    letter = found[0]
    if isolated := found.groupdict().get("isolated"):
        return letter[0] + shown(isolated) + letter[-1]
    code = ord(letter[0])
    if _FIRST_BYTE <= code < _FIRST_BYTE + 0x80:
        return f"\\x{code - 0xDC00:02x}"
    return _SHORT.get(letter) or (f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}")
