"""Streams that are closed, full or gone, names that are no text, and what is written for others."""

from __future__ import annotations

import csv
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cnn_studio.paths import Workspace
from tests.cli.conftest import Cli, write_picture

ODD = os.fsdecode(b"caf\xe9")
COMMANDS = (("runs",), ("datasets", "list", "--json"), ("--help",))

needs_any_bytes = pytest.mark.skipif(
    sys.platform != "linux", reason="other systems have no such names"
)


def _shell(line: str, workspace: Workspace, **more: str) -> subprocess.CompletedProcess[str]:
    """A line for bash, in which `studio` is the command."""
    environment = {**os.environ, "CNN_STUDIO_WORKSPACE": str(workspace.root), **more}
    studio = f'studio() {{ "{sys.executable}" -m cnn_studio "$@"; }}\n'
    return subprocess.run(
        ["bash", "-c", studio + line], env=environment, capture_output=True, text=True, timeout=60
    )


@pytest.mark.skipif(os.name != "posix", reason="a shell closes the streams")
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_stream_that_is_closed_is_at_most_a_sentence(
    words: tuple[str, ...], workspace: Workspace
) -> None:
    line = " ".join(words)
    for closed in (">&-", "<&-", "2>&-", ">&- 2>&- <&-"):
        answer = _shell(f"studio {line} {closed}", workspace)
        said = "The output is closed, so nothing is printed.\n" if closed == ">&-" else ""
        assert (answer.returncode, answer.stderr) == (0, said), closed
    assert _shell("studio nonsense >&-", workspace).returncode == 2
    assert _shell("studio nonsense 2>&-", workspace).returncode == 2


@pytest.mark.skipif(os.name != "posix", reason="a shell closes the streams")
def test_what_is_printed_never_lands_in_a_file_that_took_the_streams_number(
    workspace: Workspace, tmp_path: Path
) -> None:
    write_picture(workspace.datasets / "animals" / "cat" / "a.jpg", (9, 9, 9))
    packed = tmp_path / "animals.zip"
    answer = _shell(f"studio pack animals {packed} >&- 2>&- <&-", workspace)
    assert answer.returncode == 0
    assert packed.read_bytes().startswith(b"PK\x03\x04")
    assert b"images" not in packed.read_bytes()[-200:]


@pytest.mark.skipif(os.name != "posix", reason="a shell closes the streams")
def test_what_is_started_has_a_closed_stream_open_as_well(tmp_path: Path) -> None:
    opened = f"open({str(tmp_path / 'victim')!r}, 'w').fileno()"
    child = f"import sys; sys.exit({opened})"
    program = (
        "import subprocess, sys; from cnn_studio.cli import main; main(['--version'])\n"
        f"sys.exit(subprocess.run([sys.executable, '-c', {child!r}]).returncode)"
    )
    line = f"{shlex.quote(sys.executable)} -c {shlex.quote(program)} >&- 2>&- <&-"
    assert subprocess.run(["bash", "-c", line], timeout=60).returncode > 2


@needs_any_bytes
def test_a_warning_is_a_line_that_no_terminal_obeys(workspace: Workspace) -> None:
    name = "a\x1b[31mb"
    folder = workspace.datasets / name
    write_picture(folder / "cat" / "a.jpg", (9, 9, 9))
    for kind in ("journal", "imports"):
        (folder / ".studio" / kind).mkdir(parents=True)
        (folder / ".studio" / kind / "q.json").write_text('{"a": 1}')
    answer = _shell("studio datasets list", workspace)
    assert answer.returncode == 0
    assert "\x1b" not in answer.stdout + answer.stderr
    (line,) = [line for line in answer.stderr.splitlines() if "journal" in line]
    assert line.startswith("The journal entry ")
    assert line.endswith("/q.json cannot be carried out: It is not understood.")
    assert "a\\x1b[31mb" in line


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full")
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_full_disk_is_one_sentence(words: tuple[str, ...], workspace: Workspace) -> None:
    line = " ".join(words)
    answer = _shell(f"studio {line} > /dev/full", workspace)
    assert answer.returncode == 1
    assert answer.stderr.splitlines() == ["No space left on device."]
    assert _shell(f"studio {line} > /dev/full 2> /dev/full", workspace).returncode == 1
    assert _shell("studio nonsense > /dev/full 2> /dev/full", workspace).returncode == 2


@pytest.mark.skipif(os.name != "posix", reason="a shell makes the pipe")
def test_a_reader_that_has_enough_is_silence(workspace: Workspace) -> None:
    answer = _shell("studio datasets list | true; exit ${PIPESTATUS[0]}", workspace)
    assert answer.returncode in (0, 1)
    assert answer.stderr == ""


@needs_any_bytes
@pytest.mark.parametrize(
    "how", [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}]
)
def test_names_are_printed_in_every_encoding(how: dict[str, str], workspace: Workspace) -> None:
    for name in (ODD, "größe", "red\x1b[31m"):
        write_picture(workspace.datasets / name / "cat" / "a.jpg", (9, 9, 9))
    answer = _shell("studio datasets list; studio datasets list --json", workspace, **how)
    assert answer.returncode == 0
    assert answer.stderr == ""
    assert r"caf\xe9" in answer.stdout
    assert r"red\x1b[31m" in answer.stdout
    assert "\x1b" not in answer.stdout


@needs_any_bytes
def test_a_dataset_whose_names_are_no_text_is_listed_checked_and_kept(
    cli: Cli, workspace: Workspace
) -> None:
    folder = workspace.datasets / ODD
    for number, class_name in enumerate((os.fsdecode(b"\xff\xfe"), "b\x1b[2J", "c")):
        for each in range(3):
            name = os.fsdecode(b"\xe9%d.jpg" % each)
            write_picture(folder / class_name / name, (40 * number, 50 * each, 9))
    listed = cli("datasets", "list", "--json")
    (own,) = [line for line in listed.lines if line.get("dataset_quoted") == "caf%E9"]
    assert own["dataset"] == r"caf\xe9"
    assert own["images"] == 9
    assert own["counts"] == {"b\x1b[2J": 3, "c": 3, r"\xff\xfe": 3}
    again = cli("datasets", "list", "--json")  # from the card that was written meanwhile
    assert again.out == listed.out
    for words in (("check", ODD), ("datasets", "list"), ("check", ODD, "--json")):
        answer = cli(*words)
        assert answer.code == 0
        assert "\x1b" not in answer.out + answer.err
        answer.out.encode()


@needs_any_bytes
def test_an_odd_name_in_an_error_is_escaped(cli: Cli) -> None:
    assert r"\xe9\x1b[31m\u202e" in cli("check", os.fsdecode(b"\xe9") + "\x1b[31m\u202e").sentence
    assert r"a\nb" in cli("predict", "a\nb", "x.jpg").sentence
    assert r"--\x1b" in cli("runs", "--\x1b").sentence


@pytest.mark.parametrize(
    "camera",
    ["99999999999999999999", "9" * 5000, "-1", "+1", "webcam:-3", "", "/dev/video99999999999",
     "http://a b/", "http://x:99999/", "http://[", "file:///etc/passwd", "ftp://x/y"],
)  # fmt: skip
def test_what_can_be_no_camera_is_wrong_use(cli: Cli, camera: str) -> None:
    answer = cli("capture", "shoe", "--camera", camera)
    assert answer.code == 2
    assert len(answer.sentence) < 200


@pytest.mark.parametrize("camera", ["99999999999999999999", "-1", ""])
def test_a_window_with_no_camera_is_wrong_use(cli: Cli, camera: str) -> None:
    assert cli(f"--camera={camera}").code == 2


def test_a_spreadsheet_computes_nothing_of_a_table_of_answers(tmp_path: Path) -> None:
    from cnn_studio.data.labels.table_rows import rows_in
    from cnn_studio.prediction.answer_files import write_answers_as_csv, write_answers_as_json
    from tests.prediction.answers import answer

    answers = [answer(Path("=1+1.jpg"), true="-cmd"), answer(Path(f"@{ODD}.jpg"), true="+shoe")]
    write_answers_as_csv(tmp_path / "out.csv", answers, 2)
    write_answers_as_json(tmp_path / "out.json", answers, 2)
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        first, second = csv.DictReader(file)
    assert (first["path"], first["true_class"]) == ("'=1+1.jpg", "'-cmd")
    assert (second["path"], second["true_class"]) == (r"'@caf\xe9.jpg", "'+shoe")
    assert not [cell for cell in (*first.values(), *second.values()) if cell[:1] in set("=+-@\t")]
    read = rows_in((tmp_path / "out.csv").read_bytes(), "out.csv")
    assert [row["true_class"] for row in read] == ["-cmd", "+shoe"]
    assert [row["path"] for row in read] == ["=1+1.jpg", r"@caf\xe9.jpg"]
    in_json = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert [each["true_class"] for each in in_json] == ["-cmd", "+shoe"]
    assert in_json[1]["path_quoted"] == "%40caf%E9.jpg"
