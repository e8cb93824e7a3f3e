"""Photos without classes are looked at: what they show, which bring nothing new, which are none."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.errors import DatasetError, UsageError
from cnn_studio.instant.instant_model import InstantModel
from cnn_studio.instant.learner import learn_dataset
from cnn_studio.instant.sorting import Sorting
from cnn_studio.instant.unsorted_photos import sort_photos
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg, encode_png, read_image
from tests.training.drawn_shapes import CLASSES, draw, shapes

NEW = 6  # of each class


def put_unsorted(folder: Path, count: int = NEW) -> list[Path]:
    """Drawings of all classes that are in no dataset, side by side; their names tell the class."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for class_name in CLASSES:
        for number in range(100, 100 + count):
            path = folder / f"{class_name}-{number}.jpg"
            path.write_bytes(encode_jpeg(draw(class_name, number)))
            paths.append(path)
    return paths


@pytest.fixture
def dataset(workspace: Workspace) -> Dataset:
    return shapes(workspace)


@pytest.fixture
def folders(dataset: Dataset) -> ClassFolders:
    return ClassFolders(dataset)


@pytest.fixture
def model(dataset: Dataset) -> InstantModel:
    found, _table = learn_dataset(dataset)
    assert found is not None
    return found


def sort(folders: ClassFolders, model: InstantModel, *paths: Path) -> Sorting:
    found = sort_photos(folders, paths, model)
    assert found is not None
    return found


def test_photos_get_the_class_that_they_show(
    folders: ClassFolders, model: InstantModel, tmp_path: Path
) -> None:
    paths = put_unsorted(tmp_path / "new" / "deep")
    single = tmp_path / "stripes-one.jpg"
    single.write_bytes(encode_jpeg(draw("stripes", 300)))
    seen: list[tuple[int, int]] = []
    found = sort_photos(
        folders, [tmp_path / "new", single], model, progress=lambda *step: seen.append(step)
    )
    assert found is not None
    assert found.photos == (*sorted(paths), single)
    assert found.classes == CLASSES
    right = [found.class_of(n) == path.name.split("-")[0] for n, path in enumerate(found.photos)]
    assert sum(right) >= len(right) - 1
    assert found.features.shape == (len(found), 1280)
    assert found.scores is not None
    assert not found.held
    assert not found.unreadable
    assert seen[0] == (0, len(paths) + 1)
    assert seen[-1] == (len(paths) + 1, len(paths) + 1)
    assert not any((tmp_path / "workspace" / "datasets" / "shapes").rglob("stripes-one*"))


@pytest.mark.parametrize("name", ["new.zip", "new.tar", "new.tgz"])
def test_photos_in_an_archive_are_read_as_long_as_they_are_asked_about(
    folders: ClassFolders, model: InstantModel, tmp_path: Path, name: str
) -> None:
    paths = put_unsorted(tmp_path / "new", 2)
    kind = {"zip": "zip", "tar": "tar", "tgz": "gztar"}[name[4:]]
    shutil.make_archive(str(tmp_path / "new"), kind, tmp_path, "new")
    if name == "new.tgz":
        (tmp_path / "new.tar.gz").rename(tmp_path / name)
    found = sort(folders, model, tmp_path / name)
    assert found.photos == tuple(tmp_path / name / "new" / path.name for path in sorted(paths))
    assert np.array_equal(found.read(found.photos[0]), read_image(sorted(paths)[0]))
    read, photo = found.read, found.photos[0]
    del found
    with pytest.raises(DatasetError):
        read(photo)


def test_what_is_there_already_is_named_and_not_proposed(
    dataset: Dataset, folders: ClassFolders, model: InstantModel, tmp_path: Path
) -> None:
    new = tmp_path / "new"
    paths = put_unsorted(new, 2)
    shutil.copy(dataset.folder / "box" / "003.jpg", new / "again.jpg")
    shutil.copy(paths[0], new / "z-copy.jpg")
    # One of a kind that is stored as another: what counts is what an import would store.
    pixels = draw("ball", 500)
    (dataset.folder / "ball" / "stored.png").write_bytes(encode_png(pixels))
    tiff = new / "other-kind.ppm"
    tiff.write_bytes(b"P6\n80 64\n255\n" + pixels.tobytes())
    found = sort(folders, model, new)
    assert set(found.photos) == set(paths)
    assert {path.name: why for path, why in found.held} == {
        "again.jpg": "box has this very image already: again.jpg.",
        "other-kind.ppm": "ball has this very image already: other-kind.ppm.",
        "z-copy.jpg": f"It is the same file as {paths[0]}: z-copy.jpg.",
    }
    assert not found.unreadable


def test_what_cannot_be_read_is_listed_with_the_reason(
    folders: ClassFolders, model: InstantModel, tmp_path: Path
) -> None:
    new = tmp_path / "new"
    (path, *_others) = put_unsorted(new, 1)
    (new / "half.jpg").write_bytes(path.read_bytes()[:200])
    (new / "empty.jpg").write_bytes(b"")
    (new / "notes.txt").write_text("no photo")
    found = sort(folders, model, new, tmp_path / "gone.jpg")
    assert len(found) == 3
    reasons = {path.name: why for path, why in found.unreadable}
    assert reasons.keys() == {"half.jpg", "empty.jpg", "notes.txt", "gone.jpg"}
    assert reasons["empty.jpg"] == "The file is empty: empty.jpg."
    assert reasons["gone.jpg"] == "The file is not there: gone.jpg."
    assert all(why.endswith(".") for why in reasons.values())


def test_it_ends_where_it_is_cancelled(
    folders: ClassFolders, model: InstantModel, tmp_path: Path
) -> None:
    put_unsorted(tmp_path / "new", 2)
    assert sort_photos(folders, [tmp_path / "new"], model, cancelled=lambda: True) is None


def test_the_datasets_own_folder_is_no_place_of_unsorted_photos(
    dataset: Dataset, folders: ClassFolders, model: InstantModel
) -> None:
    with pytest.raises(UsageError, match="cannot come from where they go to"):
        sort_photos(folders, [dataset.folder / "ball"], model)


def test_an_empty_folder_gives_nothing(
    folders: ClassFolders, model: InstantModel, tmp_path: Path
) -> None:
    (tmp_path / "none").mkdir()
    found = sort(folders, model, tmp_path / "none")
    assert (len(found), found.held, found.unreadable) == (0, (), ())
