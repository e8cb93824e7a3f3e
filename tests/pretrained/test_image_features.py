"""The features of a dataset's images: looked up, computed where they are not, and kept."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import zlib
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.data.image_sets import ImageSet, Part, open_images
from cnn_studio.data.packing import pack_dataset
from cnn_studio.errors import ModelError
from cnn_studio.models.learned import hash_of
from cnn_studio.paths import Workspace, cache_folder
from cnn_studio.pretrained.backbone import Backbone
from cnn_studio.pretrained.feature_store import FEATURES_NAME
from cnn_studio.pretrained.image_features import FeatureReader, ImageFeatures
from cnn_studio.vision.images import read_image
from cnn_studio.vision.preparation import InputSpec, prepare
from tests.data.pictures import picture, put_photo

SPEC = InputSpec(128)
PHOTOS = 5  # of each class


@pytest.fixture
def dataset(workspace: Workspace) -> Dataset:
    for number in range(PHOTOS):
        put_photo(workspace.datasets / "things" / "cup" / f"{number}.jpg", number)
        put_photo(workspace.datasets / "things" / "pen" / f"{number}.jpg", 100 + number)
    return find_dataset(workspace, "things")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "features.sqlite"


def _images(dataset: Dataset) -> ImageSet:
    images = open_images(dataset)
    assert images is not None
    return images


def _read(dataset: Dataset, path: Path, spec: InputSpec = SPEC, threads: int = 2) -> ImageFeatures:
    images = _images(dataset)
    reader = FeatureReader(spec, threads=threads, store_path=path)
    found = reader.read(images, np.arange(len(images)))
    assert found is not None
    return found


def _rows(path: Path) -> set[int]:
    """The rows of the store by their numbers; one that is written again has another."""
    with closing(sqlite3.connect(path)) as database:
        return {row for (row,) in database.execute("SELECT rowid FROM features")}


def test_they_are_those_of_the_prepared_image_rounded_to_half_precision(
    dataset: Dataset, path: Path
) -> None:
    found, images, backbone = _read(dataset, path), _images(dataset), Backbone(SPEC)
    assert (len(found), found.unreadable, found.why_unreadable) == (2 * PHOTOS, (), "")
    assert found.features.dtype == np.float32
    assert found.labels.tolist() == [0] * PHOTOS + [1] * PHOTOS
    assert found.sources.tolist() == list(range(2 * PHOTOS))
    for place, name in enumerate(images.names):
        file = dataset.folder / name
        prepared = prepare(read_image(file), SPEC)
        expected = backbone.features(prepared).astype(np.float16)
        assert np.array_equal(found.features[place].astype(np.float16), expected)
        assert found.hashes.files[place] == hash_of(file.read_bytes())
        assert found.hashes.prepared[place] == hash_of(prepared)
        assert found.checksums[place] == zlib.crc32(prepared.data)


def test_what_was_computed_is_not_computed_again(dataset: Dataset, path: Path) -> None:
    first = _read(dataset, path)
    rows = _rows(path)
    again = _read(dataset, path)
    assert len(rows) == 2 * PHOTOS
    assert _rows(path) == rows
    for name in ("features", "labels", "sources", "checksums"):
        assert np.array_equal(getattr(first, name), getattr(again, name))
    assert np.array_equal(first.hashes.files, again.hashes.files)
    assert np.array_equal(first.hashes.prepared, again.hashes.prepared)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_any_number_of_threads_finds_the_same(dataset: Dataset, path: Path, threads: int) -> None:
    one, some = _read(dataset, path), _read(dataset, path.with_name("other"), threads=threads)
    assert np.array_equal(one.features, some.features)
    assert np.array_equal(one.checksums, some.checksums)


def test_a_picture_is_known_under_another_name_and_in_another_dataset(
    dataset: Dataset, workspace: Workspace, path: Path
) -> None:
    first, rows = _read(dataset, path), _rows(path)
    shutil.move(dataset.folder / "cup", dataset.folder / "tin")
    other = workspace.datasets / "others" / "mug"
    shutil.copytree(dataset.folder / "tin", other)
    for file in other.iterdir():
        file.rename(file.with_name(f"copy of {file.name}"))
    shutil.copytree(dataset.folder / "pen", workspace.datasets / "others" / "pen")
    moved = _read(find_dataset(workspace, "things"), path)
    copied = _read(find_dataset(workspace, "others"), path)
    assert _rows(path) == rows
    assert {each.tobytes() for each in moved.features} == {f.tobytes() for f in first.features}
    assert np.array_equal(copied.features, first.features)


def test_another_preparation_is_computed(dataset: Dataset, path: Path) -> None:
    _read(dataset, path)
    _read(dataset, path, InputSpec(160))
    _read(dataset, path, InputSpec(128, 1))
    assert len(_rows(path)) == 3 * 2 * PHOTOS
    first, grey = _read(dataset, path), _read(dataset, path, InputSpec(128, 1))
    assert not np.allclose(first.features, grey.features, atol=0.01)


def test_a_changed_picture_is_computed_again(dataset: Dataset, path: Path) -> None:
    first = _read(dataset, path)
    put_photo(dataset.folder / "cup" / "2.jpg", 999)
    now = _read(dataset, path)
    assert len(_rows(path)) == 2 * PHOTOS + 1
    changed = np.flatnonzero((first.features != now.features).any(axis=1))
    assert changed.tolist() == [2]


def test_copies_of_one_picture_have_one_row(dataset: Dataset, path: Path) -> None:
    for number in range(PHOTOS):
        put_photo(dataset.folder / "pen" / f"{number}.jpg", number)
    found = _read(dataset, path)
    assert len(_rows(path)) == PHOTOS
    assert np.array_equal(found.features[:PHOTOS], found.features[PHOTOS:])


def test_images_that_cannot_be_read_are_left_out_with_their_reason(
    dataset: Dataset, path: Path
) -> None:
    whole = _read(dataset, path.with_name("whole"))
    (dataset.folder / "cup" / "1.jpg").write_bytes(b"")
    (dataset.folder / "cup" / "3.jpg").write_bytes(b"\xff\xd8 half a photo")
    found = _read(dataset, path)
    assert found.unreadable == ("cup/1.jpg", "cup/3.jpg")
    assert "empty" in found.why_unreadable
    assert len(found) == len(found.labels) == len(found.hashes) == 2 * PHOTOS - 2
    kept = [place for place in range(2 * PHOTOS) if place not in (1, 3)]
    assert found.sources.tolist() == kept
    assert np.array_equal(found.features, whole.features[kept])
    assert np.array_equal(found.checksums, whole.checksums[kept])
    assert np.array_equal(found.labels, whole.labels[kept])
    assert len(_rows(path)) == 2 * PHOTOS - 2


def test_a_picture_that_goes_away_meanwhile_is_left_out(dataset: Dataset, path: Path) -> None:
    images = _images(dataset)
    (dataset.folder / "pen" / "0.jpg").unlink()
    found = FeatureReader(SPEC, store_path=path).read(images, np.arange(len(images)))
    assert found is not None
    assert found.unreadable == ("pen/0.jpg",)
    assert found.why_unreadable


def test_some_of_the_images_come_in_the_order_that_is_asked_for(
    dataset: Dataset, path: Path
) -> None:
    whole, images = _read(dataset, path), _images(dataset)
    some = np.array([7, 2, 3])
    found = FeatureReader(SPEC, store_path=path).read(images, some)
    assert found is not None
    assert found.sources.tolist() == [7, 2, 3]
    assert found.labels.tolist() == [1, 0, 0]
    assert np.array_equal(found.features, whole.features[some])
    nothing = FeatureReader(SPEC, store_path=path).read(images, np.empty(0, np.int64))
    assert nothing is not None
    assert nothing.features.shape == (0, 1280)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_cancelled_search_keeps_what_it_has_and_the_next_computes_the_rest(
    dataset: Dataset, path: Path, threads: int
) -> None:
    images, called = _images(dataset), iter(range(1000))
    reader = FeatureReader(SPEC, threads=threads, store_path=path)
    found = reader.read(images, np.arange(10), cancelled=lambda: next(called) > 5)
    assert found is None
    rows = _rows(path)
    assert 3 <= len(rows) < 10
    whole = _read(dataset, path)
    assert len(whole) == 10
    assert _rows(path) >= rows  # these were not written again
    assert len(_rows(path)) == 10


def test_a_cancelled_reading_of_what_is_known_is_cancelled_all_the_same(
    dataset: Dataset, path: Path
) -> None:
    _read(dataset, path)
    reader = FeatureReader(SPEC, store_path=path)
    assert reader.read(_images(dataset), np.arange(10), cancelled=lambda: True) is None


def test_it_says_how_far_it_is(dataset: Dataset, path: Path) -> None:
    for number in range(150):
        shutil.copy(dataset.folder / "cup" / "0.jpg", dataset.folder / "cup" / f"c{number}.jpg")
    images, said = _images(dataset), list[int]()
    FeatureReader(SPEC, store_path=path).read(images, np.arange(160), progress=said.append)
    assert said == sorted(said)
    assert said[-1] == 160
    assert len(said) > 2


def test_one_reader_reads_many_times_with_the_same_backbones(dataset: Dataset, path: Path) -> None:
    reader, images = FeatureReader(SPEC, threads=2, store_path=path), _images(dataset)
    for place in range(10):
        found = reader.read(images, np.array([place]))
        assert found is not None
        assert len(found) == 1
    assert len(_rows(path)) == 10
    assert len(reader._idle) == 1


def test_pixels_of_a_packed_dataset_have_features_too(idx_dataset: Dataset, path: Path) -> None:
    spec = InputSpec(128, 1)
    for part, count in ((Part.TRAIN, 40), (Part.TEST, 10)):
        images = open_images(idx_dataset, part)
        assert images is not None
        found = FeatureReader(spec, store_path=path).read(images, np.arange(count))
        assert found is not None
        assert found.labels.tolist() == images.labels.tolist()
        first = Backbone(spec).features(prepare(images.read(0), spec)).astype(np.float16)
        assert np.array_equal(found.features[0].astype(np.float16), first)
    assert len(_rows(path)) == 50


def test_a_damaged_store_costs_time_and_no_result(dataset: Dataset, path: Path) -> None:
    first = _read(dataset, path)
    content = path.read_bytes()
    path.write_bytes(content[:16384] + b"\x07" * (len(content) - 16384))
    assert np.array_equal(_read(dataset, path).features, first.features)
    rows = _rows(path)
    assert np.array_equal(_read(dataset, path).features, first.features)
    assert _rows(path) == rows


def test_they_lie_in_the_cache_and_never_in_the_dataset(dataset: Dataset, tmp_path: Path) -> None:
    before = sorted(dataset.folder.rglob("*"))
    images = _images(dataset)
    FeatureReader(SPEC).read(images, np.arange(len(images)))
    assert (cache_folder() / FEATURES_NAME).is_file()
    assert sorted(dataset.folder.rglob("*")) == before
    assert not cache_folder().is_relative_to(dataset.folder)
    pack_dataset(dataset, tmp_path / "things.zip")
    assert b"features" not in (tmp_path / "things.zip").read_bytes()


def test_without_the_weights_it_says_so_and_ends(
    dataset: Dataset, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnn_studio.pretrained.weights.PACKAGE", "no_such_package")
    monkeypatch.setattr("cnn_studio.pretrained.efficientnet_lite.backbone_layers", _uncached())
    with pytest.raises(ModelError, match="weights are not installed"):
        _read(dataset, path)


def _uncached() -> object:
    from cnn_studio.pretrained.efficientnet_lite import backbone_layers

    return backbone_layers.__wrapped__


_TWO_AT_ONCE = """
import sys
from pathlib import Path
import numpy as np
from cnn_studio.data.catalog import find_dataset
from cnn_studio.data.image_sets import open_images
from cnn_studio.paths import Workspace
from cnn_studio.pretrained.image_features import FeatureReader
from cnn_studio.vision.preparation import InputSpec

images = open_images(find_dataset(Workspace(Path(sys.argv[1])), "things"))
reader = FeatureReader(InputSpec(128), store_path=Path(sys.argv[2]))
found = reader.read(images, np.arange(len(images)))
np.save(sys.argv[3], found.features)
print(sorted(name for name in sys.modules if name in ("tensorflow", "keras", "torch", "PySide6")))
"""


def test_two_programs_at_once_find_the_same_without_tensorflow(
    dataset: Dataset, workspace: Workspace, path: Path, tmp_path: Path
) -> None:
    outputs = [tmp_path / f"{number}.npy" for number in range(2)]
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", _TWO_AT_ONCE, str(workspace.root), str(path), str(output)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for output in outputs
    ]
    for program in programs:
        out, _err = program.communicate()
        assert program.returncode == 0
        assert out == "[]\n"
    assert len(_rows(path)) == 2 * PHOTOS
    assert np.array_equal(np.load(outputs[0]), np.load(outputs[1]))
    assert np.array_equal(np.load(outputs[0]), _read(dataset, path).features)


class _LargePhotos:
    """An image set whose files are large, that counts how many of them are held at once."""

    def __init__(self, count: int) -> None:
        self.classes, self.labels = ("cup",), np.zeros(count, np.int64)
        self.names = [f"cup/{number}.jpg" for number in range(count)]
        self.held = self.most = 0
        self._encoded = b""

    def __len__(self) -> int:
        return len(self.labels)

    def stored(self, index: int) -> bytes:
        self.held += 1
        self.most = max(self.most, self.held)
        return index.to_bytes(4, "big") + b"x" * 1000

    def decode(self, index: int, stored: bytes) -> np.ndarray:
        image = picture(index, 128, 128)
        self.held -= 1
        return image


def test_no_more_files_are_held_in_memory_than_there_are_threads(path: Path) -> None:
    images = _LargePhotos(30)
    FeatureReader(SPEC, threads=3, store_path=path).read(images, np.arange(30))  # type: ignore[arg-type]
    assert images.most <= 3
