"""The four files of Fashion-MNIST, found by what is in them in whatever people have."""

from __future__ import annotations

import gzip
import io
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data import fashion_mnist
from cnn_studio.data.cards import Part
from cnn_studio.data.fashion_mnist import FILES, PublishedFile, fetch, is_present, load
from cnn_studio.errors import DatasetError
from tests.data.pictures import write_part
from tests.data.test_fashion_mnist import content_of

NAMES = tuple(FILES)


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small dataset that takes the place of the one that is published."""
    folder = tmp_path / "published"
    noise = np.random.default_rng(1).integers(0, 255, (60, 28, 28), np.uint8)
    write_part(folder, "train", noise, [n % 10 for n in range(60)])
    write_part(folder, "t10k", noise[:20], [n % 10 for n in range(20)])
    small = {
        name: PublishedFile(1000, content_of(gzip.decompress((folder / name).read_bytes())))
        for name in NAMES
    }
    monkeypatch.setattr(fashion_mnist, "FILES", small)
    monkeypatch.setattr(fashion_mnist, "DEBIAN_FOLDER", tmp_path / "not installed")
    return folder


def _plain(folder: Path) -> dict[str, bytes]:
    return {name[:-3]: gzip.decompress((folder / name).read_bytes()) for name in NAMES}


def _arrays(folder: Path) -> dict[str, np.ndarray]:
    train, test = load(folder, Part.TRAIN), load(folder, Part.TEST)
    labels = {"y_train": train[1].astype(np.uint8), "y_test": test[1]}
    return {"x_train": train[0], "x_test": test[0], **labels}


def _deep(source: Path, to: Path) -> Path:
    shutil.copytree(source, to / "data" / "FashionMNIST" / "raw")
    return to


def _renamed(source: Path, to: Path) -> Path:
    for number, (name, data) in enumerate(_plain(source).items()):
        (to / name.replace("-idx", ".idx")).write_bytes(data) if number else None
        (to / f"{number}.bin").write_bytes(data)
    return to


def _zipped(source: Path, to: Path) -> Path:
    with zipfile.ZipFile(to / "archive.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in _plain(source).items():
            archive.writestr(f"fashion/{name}", data)
        archive.writestr("fashion-mnist_train.csv", "label,pixel1\n")
    return to / "archive.zip"


def _zipped_in_folder(source: Path, to: Path) -> Path:
    (to / "Downloads").mkdir()
    _zipped(source, to / "Downloads")
    (to / "Downloads" / "broken.zip").write_bytes(b"PK\3\4 no more")
    return to


def _tarred(source: Path, to: Path) -> Path:
    with tarfile.open(to / "fashion.tgz", "w:gz") as archive:
        archive.add(source, "fashion")
    return to / "fashion.tgz"


def _tarred_plain(source: Path, to: Path) -> Path:
    with tarfile.open(to / "fashion.tar.xz", "w:xz") as archive:
        for name, data in _plain(source).items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return to


def _npz(source: Path, to: Path) -> Path:
    np.savez_compressed(to / "fashion_mnist.npz", **_arrays(source))
    return to / "fashion_mnist.npz"


def _npy(source: Path, to: Path) -> Path:
    for name, array in _arrays(source).items():
        np.save(to / f"{name}.npy", array.reshape(-1, 1) if array.ndim == 1 else array)
    return to


PACKINGS = (_deep, _renamed, _zipped, _zipped_in_folder, _tarred, _tarred_plain, _npz, _npy)


@pytest.mark.parametrize("pack", PACKINGS)
def test_they_are_found_however_they_are_packed(
    published: Path, tmp_path: Path, pack: Callable[[Path, Path], Path]
) -> None:
    (tmp_path / "in").mkdir()
    target = tmp_path / "fashion-mnist"
    assert fetch(target, source=pack(published, tmp_path / "in"))
    assert is_present(target)
    for name, data in _plain(target).items():
        assert data == gzip.decompress((published / f"{name}.gz").read_bytes())
    images, labels = load(target, Part.TEST)
    assert (images.shape, labels[:3].tolist()) == ((20, 28, 28), [0, 1, 2])


def test_a_file_with_something_else_in_it_is_named_with_what_was_expected(
    published: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    write_part(other, "train", np.zeros((7, 28, 28), np.uint8), [0] * 7)
    write_part(other, "t10k", np.zeros((20, 28, 28), np.uint8), [0] * 20)
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        for name in NAMES:
            archive.writestr(name[:-3], gzip.decompress((other / name).read_bytes()))
    with pytest.raises(DatasetError) as refusal:
        fetch(tmp_path / "to", source=tmp_path / "archive.zip")
    text = str(refusal.value)
    assert "archive.zip/train-images-idx3-ubyte is incomplete or damaged, or not of the" in text
    assert "it has 7 images of 28 x 28, expected was 60 images of 28 x 28" in text
    assert "brought in as class folders" in text
    for name in NAMES[:2]:
        shutil.copy(published / name, other / name)
    with pytest.raises(DatasetError, match=r"t10k-images.*: its SHA-256 is another"):
        fetch(tmp_path / "to", source=other)
    assert sorted(path.name for path in (tmp_path / "to").iterdir()) == sorted(NAMES[:2])


class _Payload:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return pytest.fail, ("a pickle was read",)


def test_no_pickle_is_read(published: Path, tmp_path: Path) -> None:
    path = tmp_path / "fashion_mnist.npz"
    objects = np.empty(2, object)
    objects[:] = [_Payload(), _Payload()]
    np.savez(path, x_train=objects, y_train=objects)
    with pytest.raises(DatasetError, match=f"{NAMES[0]} is not in .*fashion_mnist.npz"):
        fetch(tmp_path / "to", source=path)


def test_what_unpacks_to_more_than_any_of_them_is_passed_over(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnn_studio.data.idx_search.MOST_BYTES", 1 << 20)
    bomb = b"\0\0\x08\x03" + bytes(4 << 20)
    source = _deep(published, tmp_path / "in")
    (source / "a.gz").write_bytes(gzip.compress(bomb))
    assert fetch(tmp_path / "to", source=source)


def test_what_keras_keeps_is_used_without_being_named(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    shutil.copytree(published, tmp_path / "keras" / "datasets" / "fashion-mnist")
    assert fetch(tmp_path / "to", base_url="http://127.0.0.1:9/")


def test_a_search_can_be_ended(published: Path, tmp_path: Path) -> None:
    source = _deep(published, tmp_path / "in")
    assert not fetch(tmp_path / "to", source=source, cancelled=lambda: True)
    assert not (tmp_path / "to").exists()


@pytest.mark.slow
@pytest.mark.skipif(
    not fashion_mnist.is_present(fashion_mnist.DEBIAN_FOLDER),
    reason="Debian's package dataset-fashion-mnist is not installed",
)
def test_the_real_files_are_found_in_a_zip_and_in_what_keras_would_write(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number, pack in enumerate((_zipped, _npz)):
        source = pack(fashion_mnist.DEBIAN_FOLDER, tmp_path / "in")
        assert fetch(tmp_path / str(number), source=source)
        assert load(tmp_path / str(number), Part.TRAIN)[0].shape == (60_000, 28, 28)
