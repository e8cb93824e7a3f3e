"""What may come from anybody is read within limits, or refused in one sentence."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from cnn_studio.errors import DatasetError, ModelError, StudioError
from cnn_studio.untrusted_files import (
    MAX_LEVELS,
    json_in,
    open_regular,
    read_bytes,
    read_json,
    read_toml,
    toml_in,
    understanding,
)

_DEEP = MAX_LEVELS + 1


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\0",
        b"\xff\xfe",
        b"{",
        b'{"a": 1',
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b"[" * _DEEP + b"]" * _DEEP,
        b'{"a":' * 3_000 + b"1" + b"}" * 3_000,
        b'{"share": NaN}',
        b'{"share": Infinity}',
        b"[-Infinity]",
        b"[1e999]",
        b"[-1e999]",
        b"[" + b"9" * 5_000 + b"]",
        b'["\xe9"]',
    ],
)
def test_json_that_no_honest_program_writes_is_refused_in_a_sentence(text: bytes) -> None:
    with pytest.raises(DatasetError, match=r"^card\.json is not understood: .+\.$"):
        json_in(text, "card.json", DatasetError)


@pytest.mark.parametrize(
    "text",
    [
        b"\xff",
        b"a",
        b"a = inf",
        b"a = -inf",
        b"a = nan",
        b"a = 1e999",
        b"a = " + b"[" * 3_000 + b"]" * 3_000,
        b"a = " + b"[" * _DEEP + b"]" * _DEEP,
        b".".join([b"a"] * 150) + b" = 1",
        b".".join([b"a"] * 500_000) + b" = 1",
        b" . ".join([b'"a"'] * 200_000) + b" = 1",
        b'# """\n' + b".".join([b"a"] * 400_000) + b' = 1\n# """',
        b"x = {" + b".".join([b"a"] * 400_000) + b" = 1}",
        b"[" + b".".join([b"a"] * 400_000) + b"]",
        b"a = " + b"{a = " * 2_000 + b"1" + b"}" * 2_000,
    ],
)
def test_toml_that_no_honest_program_writes_is_refused_in_a_sentence(text: bytes) -> None:
    with pytest.raises(DatasetError, match=r"^card\.toml is not understood: .+\.$"):
        toml_in(text, "card.toml", DatasetError)


def test_dots_are_counted_in_keys_alone() -> None:
    many = ", ".join(f'"thing{number}.n.01"' for number in range(500))
    prose = "It is so. " * 300
    text = f"""
a = [{many}]  # {prose}
b = "{prose}"
c = '''{prose}
{prose}'''
d = [{", ".join(["0.5"] * 500)}]
"x.y".z = 1
"""
    values = toml_in(text, "card.toml")
    assert len(values["a"]) == len(values["d"]) == 500
    assert values["b"] == prose
    assert values["x.y"] == {"z": 1}


def test_what_people_and_programs_write_is_read() -> None:
    deep = "[" * MAX_LEVELS + "]" * MAX_LEVELS
    assert json_in(deep, "x") is not None
    assert json_in('{"a": [1, 2.5, -1e300]}'.encode("utf-16"), "x") == {"a": [1, 2.5, -1e300]}
    assert json_in(b'\xef\xbb\xbf{"a": "\xc3\xa9"}', "x") == {"a": "é"}
    assert toml_in(b'\xef\xbb\xbfa = "\xc3\xa9"\nb = 0.5', "x") == {"a": "é", "b": 0.5}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")
def test_a_pipe_a_device_and_a_folder_are_never_read(tmp_path: Path) -> None:
    pipe = tmp_path / "card.json"
    os.mkfifo(pipe)
    for path, reason in (
        (pipe, "it is a device or a pipe and no file"),
        (Path("/dev/zero"), "it is a device or a pipe and no file"),
        (tmp_path, "Is a directory"),
    ):
        with pytest.raises(ModelError) as caught:
            read_json(path, error=ModelError)
        assert str(caught.value) == f"The file cannot be read: {path.name} ({reason})."
    # Somebody who writes makes no difference.
    writer = os.open(pipe, os.O_RDWR)
    os.write(writer, b"{}")
    with pytest.raises(OSError, match="a device or a pipe"):
        open_regular(pipe)
    os.close(writer)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    sparse = tmp_path / "card.toml"
    with sparse.open("wb") as stream:
        stream.truncate(20 << 30)
    with pytest.raises(DatasetError, match=r"^The file has more than 1 MB: card\.toml\.$"):
        read_toml(sparse, error=DatasetError)
    small = tmp_path / "small"
    small.write_bytes(b"12345")
    assert read_bytes(small, 5) == b"12345"
    with pytest.raises(StudioError, match=r"^The file has more than 4 bytes: small\.$"):
        read_bytes(small, 4)


def test_a_file_that_is_not_there_can_be_told_from_one_that_is_broken(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"^The file is not there: none\.$") as caught:
        read_json(tmp_path / "none")
    assert isinstance(caught.value.__cause__, FileNotFoundError)


def test_a_thread_with_a_small_stack_survives_what_is_deep() -> None:
    caught: list[StudioError] = []

    def read() -> None:
        try:
            json_in("[" * 1_000_000, "deep.json")
        except StudioError as error:
            caught.append(error)

    before = threading.stack_size(256 << 10)
    try:
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert [str(error) for error in caught] == [
        "deep.json is not understood: it is nested too deep."
    ]


def test_whatever_a_reader_stumbles_over_becomes_one_sentence() -> None:
    for cause, reason in (
        (KeyError("classes"), "'classes' is missing"),
        (ValueError("a must be 1."), "a must be 1"),
        (ValueError(), "a value is of another kind than expected"),
        (AttributeError("'int' object has no attribute 'items'"), "a value is of another kind"),
        (ModelError("'a' must be 1."), "'a' must be 1"),
    ):
        with (
            pytest.raises(DatasetError, match=rf"^run\.json is not understood: {reason}.*\.$"),
            understanding("run.json", DatasetError),
        ):
            raise cause
