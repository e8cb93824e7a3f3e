"""The command line, called as a shell calls it but within this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_studio.cli import main
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg


@dataclass(frozen=True)
class Answer:
    """What a command gave."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON objects on stdout; anything else there is an error."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def sentence(self) -> str:
        """The one line on stderr of a command that could not; stdout must be empty."""
        assert self.code != 0
        (line,) = self.err.splitlines()
        assert self.out == ""
        return line


Cli = Callable[..., Answer]


@pytest.fixture
def cli(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Runs `cnn-studio --workspace … WORDS` and returns the answer."""

    def run(*words: object) -> Answer:
        code = main(["--workspace", str(workspace.root), *map(str, words)])
        out, err = capsys.readouterr()
        return Answer(code, out, err)

    return run


def write_picture(path: Path, colour_rgb: tuple[int, int, int]) -> Path:
    """Store an even JPEG image, 40x60, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode_jpeg(np.full((40, 60, 3), colour_rgb, np.uint8)))
    return path
