"""What the README says can be done can be done."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from cnn_studio.cli import main

CHECKOUT = Path(__file__).parents[1]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")


def words_behind(program: str) -> list[list[str]]:
    """The words behind each mention of a program in the README's code."""
    code = re.findall(r"`([^`\n]+)`|^ {4}(\S.*)$", README, re.MULTILINE)
    lines = [shlex.split(quoted or block) for quoted, block in code]
    return [line[1:] for line in lines if line[0] == program and len(line) > 1]


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("words", words_behind("make"), ids=" ".join)
def test_the_make_commands_exist(words: list[str]) -> None:
    done = subprocess.run(
        ["make", "--dry-run", *words], cwd=CHECKOUT, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert f"make.py {words[0]}" in done.stdout


@pytest.mark.parametrize("words", words_behind("py"), ids=" ".join)
def test_the_windows_commands_exist(words: list[str]) -> None:
    assert words[0] == "make.py"
    assert f"make.py {words[1]}" in (CHECKOUT / "make.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", words_behind("cnn-studio"), ids=" ".join)
def test_the_commands_and_their_options_exist(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    depth = 2 if words[0] == "datasets" else 1
    assert main([*words[:depth], "--help"]) == 0
    told = capsys.readouterr().out
    assert [word for word in words if word.startswith("--") and word not in told] == []


def test_every_command_is_in_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--help"])
    listed = capsys.readouterr().out.partition("Commands")[2]
    commands = set(re.findall(r"^│ (\w+)", listed, re.MULTILINE))
    assert commands
    assert commands <= {words[0] for words in words_behind("cnn-studio")}


def test_the_links_lead_somewhere() -> None:
    targets = re.findall(r"(?<!!)\[[^\]]*\]\((?!http)([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if not (CHECKOUT / target).exists()] == []
