"""Exit codes, one sentence on stderr, and a start that loads nothing it does not need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnn_studio import __version__
from cnn_studio.cli import main
from cnn_studio.cli.output import Column, Output, percent
from cnn_studio.paths import Workspace
from tests.cli.conftest import Cli


def studio_process(*words: str, stdout: int = subprocess.PIPE) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    command = [sys.executable, "-m", "cnn_studio", *words]
    return subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    ("words", "part_of_sentence"),
    [
        (["nonsense"], "No such command"),
        (["datasets"], "Missing command"),
        (["train"], "DATASET"),
        (["train", "objects", "--epochs", "many"], "--epochs"),
        (["train", "objects", "--epochs", "0"], "Epochs must be 1 to"),
        (["train", "objects", "--batch-size", "0"], "Batch size must be 1 to"),
        (["train", "objects", "--validation", "2"], "0 to 0.5"),
        (["train", "objects", "--augmentation", "huge"], "'off', 'light', 'strong'"),
        (
            ["train", "objects", "--recipe", "grandmas"],
            "There are pretrained, best, classic, thorough, quick",
        ),
        (["train", "objects", "--ema", "1"], "Weight averaging (EMA) must be 0 to 0.9999"),
        (["train", "objects", "--task", "1"], "--cluster and --task belong together"),
        (["train", "objects", "--cluster", "nowhere.toml", "--task", "0"], "nowhere.toml"),
        (["capture", "shoe", "--camera", "demo", "--count", "0"], "1 or more"),
        (["capture", "shoe", "--camera", "demo:tree"], "shoe"),
        (["capture", "shoe", "--camera", "demo", "--fps", "0"], "above 0"),
        (["capture", "shoe", "--camera", "demo", "--size", "1280x720"], "Only a webcam"),
        (["capture", "shoe", "--camera", "0", "--size", "large"], "1280x720"),
        (["predict", "model", "image.jpg", "--top", "0"], "1 or more"),
        (["--camera", "demo", "cameras"], "behind capture"),
        (["--nonsense"], "No such option"),
    ],
)
def test_wrong_use_is_one_sentence_and_code_2(
    cli: Cli, words: list[str], part_of_sentence: str
) -> None:
    answer = cli(*words)
    assert answer.code == 2
    assert part_of_sentence in answer.sentence
    assert answer.sentence.endswith(".")


@pytest.mark.parametrize(
    ("words", "part_of_sentence"),
    [
        (["train", "nothing-of-that-name"], "objects, satellite, fashion-mnist"),
        (["train", "objects"], "no images"),
        (["resume", "no-run"], "no run 'no-run'"),
        (["evaluate", "no-model", "objects"], "no run 'no-model'"),
        (["predict", "no-model", "image.jpg"], "no run 'no-model'"),
        (["capture", "shoe", "--camera", "/nowhere/clip.avi"], "clip.avi"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_code_1(
    cli: Cli, words: list[str], part_of_sentence: str
) -> None:
    answer = cli(*words)
    assert answer.code == 1
    assert part_of_sentence in answer.err
    assert len(answer.err.splitlines()) == 1


def test_a_workspace_that_is_a_file_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.touch()
    assert main(["runs", "--workspace", str(file)]) == 2
    assert "must be a folder" in capsys.readouterr().err


def test_a_workspace_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "datasets").touch()  # where a folder would have to be made
    words = ["capture", "shoe", "--camera", "demo", "--count", "1", "--workspace", str(tmp_path)]
    assert main(words) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_workspace_may_stand_before_or_behind_the_command_or_in_the_environment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a" / "datasets" / "mine" / "one").mkdir(parents=True)
    (tmp_path / "a" / "datasets" / "mine" / "card.toml").write_text('title = "Mine"')
    place = str(tmp_path / "a")
    monkeypatch.chdir(tmp_path)
    for words in (
        ["--workspace", place, "datasets", "list", "--json"],
        ["datasets", "list", "--json", "--workspace", "a"],
    ):
        assert main(words) == 0
        assert '"mine"' in capsys.readouterr().out
    monkeypatch.setenv("CNN_STUDIO_WORKSPACE", place)
    assert main(["datasets", "list", "--json"]) == 0
    assert '"mine"' in capsys.readouterr().out


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"CNN Studio {__version__}\n"
    assert main(["--help"]) == 0
    assert "--workspace" in capsys.readouterr().out


def test_the_main_module_is_light_for_the_engine_that_imports_it_again() -> None:
    code = (
        "import sys, cnn_studio.__main__\n"
        "heavy = {'typer', 'rich', 'numpy', 'cv2', 'PySide6', 'tensorflow', 'platformdirs'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_help_loads_no_pixels_and_no_window() -> None:
    code = (
        "import sys\nfrom cnn_studio.cli import main\nmain(['train', '--help'])\n"
        "heavy = {'numpy', 'cv2', 'PySide6', 'tensorflow', 'sklearn'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_a_reader_that_closes_the_pipe_is_no_traceback(workspace: Workspace) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    words = ("--workspace", str(workspace.root), "datasets", "list", "--json")
    process = studio_process(*words, stdout=write_end)
    os.close(write_end)
    _out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, "")


def test_a_table_is_not_cut_where_it_is_piped(capsys: pytest.CaptureFixture[str]) -> None:
    path = "/a/very/long/folder" * 20
    Output(as_json=False).table([Column("PATH"), Column("N", is_number=True)], [(path, "1")])
    assert path in capsys.readouterr().out


def test_names_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(as_json=False)
    output.table([Column("CLASS")], [("[red]:smile:",)])
    output.say("[bold]shoe[/bold]")
    out = capsys.readouterr().out
    assert "[red]:smile:" in out
    assert "[bold]shoe[/bold]" in out


def test_json_has_no_nan(capsys: pytest.CaptureFixture[str]) -> None:
    Output(as_json=True).line({"loss": float("nan"), "losses": (1.0, float("inf"))})
    assert capsys.readouterr().out == '{"loss": null, "losses": [1.0, null]}\n'


def test_people_see_nothing_of_json_and_programs_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Output(as_json=False).line({"a": 1})
    Output(as_json=True).say("Hello.")
    Output(as_json=True).table([Column("A")], [("b",)])
    assert capsys.readouterr().out == ""


def test_shares_are_told_in_percent() -> None:
    assert (percent(0.5), percent(None)) == ("50.0 %", "-")
