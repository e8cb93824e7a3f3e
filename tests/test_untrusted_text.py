"""Text of strangers, made fit for a terminal, a window, a page and a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import os

import pytest

from cnn_studio.untrusted_text import (
    html_text,
    name_in_text,
    plain_values,
    quoted_name,
    shown,
    shown_lines,
    shown_list,
    spreadsheet_cell,
    text_of_cell,
    unicode_text,
)

CAFE = os.fsdecode(b"caf\xe9")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain, größe, 猫, 👩‍👩‍👧, نمی‌خواهم", "plain, größe, 猫, 👩‍👩‍👧, نمی‌خواهم"),
        (CAFE, r"caf\xe9"),
        ("\x1b[2Jgone\x07", r"\x1b[2Jgone\x07"),
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\x7f\x85\x9b31m", r"\x7f\u0085\u009b31m"),
        ("a\u202egpj.exe\u202c\u2066\u2069", r"a\u202egpj.exe\u202c\u2066\u2069"),
        ("\u2067\u05d0", "\\u2067\u05d0"),
        ("\u2067a\u202eb\u2069\u2069", "\u2067a\\u202eb\u2069\\u2069"),
        ("\u2067\u05d0 1\u2069", "\u2067\u05d0 1\u2069"),
        ("\u1781\u200b\u1798\u2060", "\u1781\u200b\u1798\u2060"),
        ("ab\ufeff\u2028", r"ab\ufeff\u2028"),
        ("half \ud83d", r"half \ud83d"),
    ],
)
def test_what_a_terminal_would_obey_is_shown_escaped(text: str, expected: str) -> None:
    assert shown(text) == expected
    shown(text).encode()


def test_lines_of_our_own_stay_lines() -> None:
    assert shown_lines("one\ntwo\x1b") == "one\ntwo\\x1b"
    assert shown_list("What now?\n  --a   b\nfaked") == "What now?\n  --a   b\\nfaked"


def test_a_page_shows_what_a_name_says() -> None:
    assert html_text("<img src=x>\x1b") == "&lt;img src=x&gt;\\x1b"


def test_the_name_of_a_folder_comes_back_byte_for_byte() -> None:
    assert unicode_text(CAFE) == r"caf\xe9"
    assert name_in_text(unicode_text(CAFE)) == CAFE
    assert name_in_text("größe") == "größe"


@pytest.mark.parametrize("start", "=+-@\t\r\n＝＋－＠")  # noqa: RUF001
def test_what_a_spreadsheet_would_compute_gets_an_apostrophe_and_loses_it_again(start: str) -> None:
    for text in (f"{start}cmd|' /C calc'!A0", f"'{start}1+1", f"''{start}"):
        cell = spreadsheet_cell(text)
        assert cell == f"'{text}"
        written = io.StringIO()
        csv.writer(written).writerow([cell])
        (read,) = next(csv.reader(io.StringIO(written.getvalue(), newline="")))
        assert text_of_cell(read) == text


@pytest.mark.parametrize("text", ["-1", "+1.5", "-.5e-3", "-1e9", "shoe", "'tis", "a=b", "", "1-2"])
def test_numbers_and_other_texts_stay_as_they_are(text: str) -> None:
    assert spreadsheet_cell(text) == text
    assert text_of_cell(text) == text


@pytest.mark.parametrize("text", ["-1,5", "-0:30", "+49 170 1234", "-12.5%", "-1 %", "-"])
def test_prices_times_and_telephone_numbers_are_no_formulas(text: str) -> None:
    assert spreadsheet_cell(text) == text


@pytest.mark.parametrize("text", ["-1+1", "-1%+A1", "+1;2", "-1 A1", "--1"])
def test_what_begins_with_a_number_is_computed_all_the_same(text: str) -> None:
    assert spreadsheet_cell(text) == f"'{text}"


def test_json_has_odd_names_escaped_and_byte_for_byte() -> None:
    values = {"path": f"/a/{CAFE}", "n": float("nan"), "why": CAFE, "top": [[CAFE, 1.0]]}
    plain = plain_values({**values, "paths": [CAFE, "b"], CAFE: True})
    text = json.dumps(plain, ensure_ascii=False, allow_nan=False)
    assert json.loads(text.encode()) == {
        "path": r"/a/caf\xe9",
        "path_quoted": "/a/caf%E9",
        "n": None,
        "why": r"caf\xe9",
        "top": [[r"caf\xe9", 1.0]],
        "paths": [r"caf\xe9", "b"],
        "paths_quoted": ["caf%E9", "b"],
        r"caf\xe9": True,
    }


def test_json_keeps_keys_that_are_no_text() -> None:
    assert json.loads(json.dumps(plain_values({True: 1, None: [CAFE], 2: 3}))) == {
        "true": 1,
        "null": [r"caf\xe9"],
        "2": 3,
    }


def test_half_a_letter_is_quoted_as_it_is_shown() -> None:
    assert quoted_name("\ud83d.jpg") == "%5Cud83d.jpg"
