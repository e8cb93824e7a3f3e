"""`cnn-studio import` of images with many bits or bands: decided, said, and refused in doubt."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cnn_studio.paths import Workspace
from cnn_studio.vision.images import read_image
from tests.cli.conftest import Cli
from tests.data.pictures import jpeg
from tests.vision.test_bands import tile_file
from tests.vision.test_pixel_ranges import tif


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _warm(folder: Path) -> Path:
    for number in range(3):
        values = np.linspace(29_000, 30_000 + number, 1600).reshape(40, 40)
        _put(folder / "warm" / f"{number}.tif", tif(values.astype(np.uint16)))
    return folder


def _tiles(folder: Path) -> Path:
    random = np.random.default_rng(2)
    for number in range(3):
        pixels = random.integers(0, 3000, (24, 24, 13)).astype(np.uint16)
        _put(folder / "field" / f"{number}.tif", tile_file(pixels, planar=number == 1))
    return folder


def _stored(workspace: Workspace, dataset: str, name: str) -> list[Path]:
    return sorted((workspace.datasets / dataset / name).iterdir())


def test_what_was_done_with_the_pixels_is_said(cli: Cli, tmp_path: Path) -> None:
    values = np.linspace(0, 4000, 1600).reshape(40, 40).astype(np.uint16)
    _put(tmp_path / "in" / "mug" / "a.tif", tif(values))
    answer = cli("import", "deep", tmp_path / "in")
    assert answer.code == 0
    said = "1 image of 16 bits, with values of 0..4000: 0..4095 is black to white."
    assert said in " ".join(answer.out.split())
    _put(tmp_path / "in" / "mug" / "a.tif", tif(values - values // 2))
    last = cli("import", "deep", tmp_path / "in", "--json").lines[-1]
    assert last["imported"] == 1
    (sentence,) = last["pixels"]
    as_before = "1 image is read as those before: 0..4095 from black to white"
    assert sentence == f"{as_before}; only 48 % of that is used."


def test_what_is_in_doubt_is_refused_with_the_option_that_decides(
    cli: Cli, tmp_path: Path, workspace: Workspace
) -> None:
    source = _warm(tmp_path / "in")
    refused = cli("import", "heat", source)
    assert refused.code == 1
    assert "use only 2 % of 0..65535" in " ".join(refused.err.split())
    assert "--range 29000..30002 or --range 0..65535" in " ".join(refused.err.split())
    assert not (workspace.datasets / "heat").exists()
    decided = cli("import", "heat", source, "--range", "29000..30002", "--json").lines[-1]
    assert decided["imported"] == 3
    assert read_image(_stored(workspace, "heat", "warm")[2]).max() == 255


def test_bands_are_named_and_said(cli: Cli, tmp_path: Path, workspace: Workspace) -> None:
    source = _tiles(tmp_path / "in")
    first = cli("import", "plain", source, "--json").lines[-1]
    assert "1, 2 and 3 are shown as red, green and blue" in first["pixels"][0]
    chosen = cli("import", "chosen", source, "--bands", "4,3,2", "--json").lines[-1]
    assert chosen["imported"] == 3
    assert "4, 3 and 2 are shown as red, green and blue" in chosen["pixels"][0]
    a, b = (read_image(_stored(workspace, name, "field")[0]) for name in ("plain", "chosen"))
    assert np.abs(a[..., 1].astype(int) - b[..., 2]).max() <= 1


def test_a_wrong_choice_imports_nothing(cli: Cli, tmp_path: Path, workspace: Workspace) -> None:
    source = _tiles(tmp_path / "in")
    for words, sentence in (
        (("--bands", "14,3,2"), "The bands must be from 1 to 13"),
        (("--bands", "red"), "three numbers as in 4,3,2"),
        (("--range", "4095"), "as in 0..4095"),
    ):
        answer = cli("import", "none", source, *words)
        assert answer.code == 2
        assert sentence in " ".join(answer.err.split())
    assert not (workspace.datasets / "none").exists()


def test_a_photo_without_its_end_comes_in_whole_and_a_cut_one_says_how_much(
    cli: Cli, tmp_path: Path, workspace: Workspace
) -> None:
    data = jpeg(3)
    _put(tmp_path / "in" / "mug" / "notes.jpg", data[:-2] + b"\0\0\x01notes of a telephone")
    _put(tmp_path / "in" / "mug" / "cut.jpg", data[: len(data) * 8 // 10])
    skipped, last = cli("import", "photos", tmp_path / "in", "--json").lines
    assert (last["imported"], last["skipped"]) == (1, 1)
    assert "damaged, about" in skipped["reason"]
    assert "% of it is there: cut.jpg." in skipped["reason"]
    (stored,) = _stored(workspace, "photos", "mug")
    assert stored.read_bytes() == data
