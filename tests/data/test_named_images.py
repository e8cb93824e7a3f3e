"""Images read by their names, which may come from a file that anyone could have changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data.catalog import Dataset, create_dataset, find_dataset
from cnn_studio.data.named_images import NamedImages
from cnn_studio.errors import ImageError
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_png
from tests.data.pictures import write_part


@pytest.fixture
def things(workspace: Workspace) -> Dataset:
    dataset = create_dataset(workspace, "Things", ["pen"])
    (dataset.folder / "pen").mkdir(exist_ok=True)
    (dataset.folder / "pen" / "1.png").write_bytes(encode_png(np.full((4, 5, 3), 7, np.uint8)))
    return dataset


def test_a_file_is_read_by_its_name(things: Dataset) -> None:
    images = NamedImages(things)
    assert images.has("pen/1.png")
    assert images.read("pen/1.png").shape == (4, 5, 3)
    assert not images.has("pen/2.png")
    with pytest.raises(ImageError, match="not there"):
        images.read("pen/2.png")


@pytest.mark.parametrize("name", ["", "..", "../outside.png", "pen/../../x.png", "/etc/passwd"])
def test_no_name_leads_out_of_the_dataset(things: Dataset, name: str) -> None:
    (things.folder.parent / "outside.png").write_bytes(b"x")
    images = NamedImages(things)
    assert not images.has(name)
    with pytest.raises(ImageError, match="no such image"):
        images.read(name)


def test_packed_images_are_read_by_part_and_place(workspace: Workspace, tmp_path: Path) -> None:
    dataset = find_dataset(workspace, "fashion-mnist")
    for prefix, level in (("train", 10), ("t10k", 200)):
        write_part(dataset.folder, prefix, np.full((3, 28, 28), level, np.uint8), [0, 1, 2])
    images = NamedImages(dataset)
    assert images.read("train/00002").max() == 10
    assert images.read("test/00000").max() == 200
    for name in ("test/9", "else/1", "test/x"):
        with pytest.raises(ImageError, match="no such image"):
            images.read(name)
