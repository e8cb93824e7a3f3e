"""What is called as a model and is none that may be read whole costs one sentence."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.lite import LiteModel
from cnn_studio.models.onnx import OnnxModel
from cnn_studio.models.opening.found import find_network

_HOLES_BYTES = 20 << 30


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes of this kind")
@pytest.mark.parametrize("suffix", [".tflite", ".onnx", ".keras", ".h5", ".zip"])
def test_a_pipe_a_device_and_a_file_of_holes_are_refused_at_once(
    suffix: str, tmp_path: Path
) -> None:
    pipe, device, holes = (tmp_path / f"{name}{suffix}" for name in ("pipe", "device", "holes"))
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")
    with holes.open("wb") as stream:
        stream.truncate(_HOLES_BYTES)
    for path in (pipe, device, holes):
        with pytest.raises(ModelError, match=r"device or a pipe|not there|more than|damaged"):
            find_network(path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes of this kind")
@pytest.mark.parametrize("kind", [LiteModel, OnnxModel])
def test_a_run_whose_model_is_a_pipe_or_all_holes_is_not_waited_for(
    kind: type[LiteModel] | type[OnnxModel], tmp_path: Path
) -> None:
    pipe, holes = tmp_path / "pipe.model", tmp_path / "holes.model"
    os.mkfifo(pipe)
    with holes.open("wb") as stream:
        stream.truncate(_HOLES_BYTES)
    with pytest.raises(ModelError, match="device or a pipe"):
        kind(pipe)
    with pytest.raises(ModelError, match="more than 1,024 MB"):
        kind(holes)
