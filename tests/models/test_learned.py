"""What a model has learned from is known again by what it holds, wherever it lies."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.models.answers import Answers, kept_answers, learned_in_words, write_answers
from cnn_studio.models.bundle import LITE_FILE, write_bundle
from cnn_studio.models.comparison import compare
from cnn_studio.models.learned import (
    CONTENTS_FILE,
    ImageHashes,
    LearnedImages,
    hash_of,
    read_hashes,
    write_hashes,
)
from cnn_studio.models.runs import SPLIT_FILE, Run, open_run
from cnn_studio.paths import Workspace
from tests.data.pictures import put_photo
from tests.models.small_run import CLASSES, bundle

PHOTOS = [np.full((16, 16, 3), number, np.uint8) for number in range(6)]
FILES = [f"file {number}".encode() for number in range(6)]
OTHER = np.full((16, 16, 3), 99, np.uint8)


def hashes(*numbers: int) -> ImageHashes:
    return ImageHashes(
        np.array([hash_of(FILES[number]) for number in numbers], np.uint64),
        np.array([hash_of(PHOTOS[number]) for number in numbers], np.uint64),
    )


def a_run(folder: Path, final_epochs: int = 0, *, is_old: bool = False) -> Run:
    """A run that was trained on the photos 0 to 2 and measured on 3 and 4."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LITE_FILE).write_bytes(b"weights")
    write_bundle(folder, bundle(final_epochs=final_epochs))
    split = {"train": ["cap/0.jpg", "cap/1.jpg", "shoe/2.jpg"], "validation": ["cap/3.jpg"]}
    split["validation"].append("shoe/4.jpg")
    (folder / SPLIT_FILE).write_text(json.dumps(split), encoding="utf-8")
    if is_old:
        (folder / "checkpoints").mkdir()
        checksums = np.array([zlib.crc32(image.data) for image in PHOTOS[:5]], np.uint32)
        np.savez(folder / "checkpoints" / "images.npz", checksums)
    else:
        write_hashes(folder, {"train": hashes(0, 1, 2), "validation": hashes(3, 4)})
    return open_run(folder)


def known(learned: LearnedImages, name: str = "") -> list[bool]:
    """Which of the photos are known by their pixels, then which by their files."""

    def never() -> bytes:
        return b"another file"

    by_pixels = [learned.has(image, never, name) for image in PHOTOS]
    by_file = [learned.has(OTHER, lambda data=data: data, name) for data in FILES]
    return by_pixels + by_file


@pytest.mark.parametrize(("final_epochs", "count"), [(0, 3), (4, 5)])
def test_images_are_known_by_their_pixels_and_by_their_files(
    tmp_path: Path, final_epochs: int, count: int
) -> None:
    learned = LearnedImages.of(a_run(tmp_path / "one", final_epochs))
    assert learned.is_known
    each = [True] * count + [False] * (6 - count)
    assert known(learned) == each * 2
    assert not learned.has(None, None)
    assert not LearnedImages().is_known


@pytest.mark.parametrize(("final_epochs", "count"), [(0, 3), (4, 5)])
def test_an_older_run_knows_its_images_by_its_checksums(
    tmp_path: Path, final_epochs: int, count: int
) -> None:
    learned = LearnedImages.of(a_run(tmp_path / "one", final_epochs, is_old=True))
    assert learned.is_known
    assert known(learned) == [True] * count + [False] * (12 - count)


def test_an_older_run_without_checksums_knows_the_names_in_its_own_dataset(
    workspace: Workspace, tmp_path: Path
) -> None:
    run = a_run(workspace.runs / "one", is_old=True)
    (run.folder / "checkpoints" / "images.npz").write_bytes(b"PK torn")
    put_photo(workspace.datasets / "objects" / "cap" / "0.jpg", 1)
    put_photo(tmp_path / "elsewhere" / "cap" / "0.jpg", 1)
    own = find_dataset(workspace, "objects")
    learned = LearnedImages.of(run, own)
    assert learned.has(OTHER, None, "cap/0.jpg")
    assert not learned.has(OTHER, None, "cap/3.jpg")
    stranger: Dataset = find_dataset(workspace, str(tmp_path / "elsewhere"))
    assert not LearnedImages.of(run, stranger).is_known
    assert not LearnedImages.of(run).is_known


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"train": {"files": "00", "prepared": ""}}', '{"train": {"files": "xx"}}',
     '{"train": {"files": "0011223344556677", "prepared": ""}}', "[" * 100_000],
)  # fmt: skip
def test_a_damaged_file_tells_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / CONTENTS_FILE).write_text(text, encoding="utf-8")
    assert read_hashes(tmp_path) == {}
    assert read_hashes(tmp_path / "nowhere") == {}


def test_it_is_compact(tmp_path: Path) -> None:
    many = np.arange(10_000, dtype=np.uint64) << np.uint64(50)
    write_hashes(tmp_path, {"train": ImageHashes(many, many + np.uint64(1))})
    assert (tmp_path / CONTENTS_FILE).stat().st_size < 10_000 * 33
    read = read_hashes(tmp_path)["train"]
    assert np.array_equal(read.files, many)
    assert np.array_equal(read.prepared, many + np.uint64(1))


def some_answers(*learned: bool) -> Answers:
    """Four caps, of which the last is taken for a shoe."""
    probabilities = np.eye(3, dtype=np.float32)[[0, 0, 0, 2]]
    names = tuple(f"cap/{number}.jpg" for number in range(4))
    flags = np.array(learned, np.bool_) if learned else None
    return Answers(names, np.zeros(4, np.int64), probabilities, CLASSES, flags)


def test_answers_give_the_figure_without_what_was_learned_from() -> None:
    fresh, some, every = (
        some_answers(), some_answers(True, True, False, False), some_answers(*[True] * 4)
    )  # fmt: skip
    assert (fresh.learned_count, fresh.without_learned(), learned_in_words(fresh)) == (0, fresh, "")
    rest = some.without_learned()
    assert rest is not None
    assert (some.learned_count, rest.names) == (2, ("cap/2.jpg", "cap/3.jpg"))
    assert rest.learned_count == 0
    words = learned_in_words(some)
    assert words.startswith("The model has learned from 2 of these 4 images, so the figures are")
    assert "Without them: accuracy 50.0 % (95 % interval 9.5 % to 90.5 %) on 2 images." in words
    assert every.without_learned() is None
    assert "all 4 of these images" in learned_in_words(every)
    assert some.calibrated(2.0).learned_count == 2


def test_a_comparison_leaves_out_what_either_has_learned_from() -> None:
    one, two = some_answers(True, False, False, False), some_answers(False, True, False, False)
    found = compare(one, two)
    assert (found.first.count, found.learned_from) == (4, 2)
    assert found.without_learned is not None
    assert found.without_learned.first.count == 2
    assert found.without_learned.learned_from == 0
    every = compare(some_answers(*[True] * 4), two)
    assert (every.learned_from, every.without_learned) == (4, None)
    plain = compare(some_answers(), some_answers())
    assert (plain.learned_from, plain.without_learned) == (0, None)


@pytest.mark.parametrize("final_epochs", [0, 4])
def test_kept_answers_were_given_before_the_images_were_learned_from(
    tmp_path: Path, final_epochs: int
) -> None:
    run = a_run(tmp_path / "one", final_epochs)
    names, eye = ("cap/3.jpg", "shoe/4.jpg"), np.eye(3, dtype=np.float32)
    write_answers(run.folder, "validation", Answers(names, np.array([0, 2]), eye[[0, 1]], CLASSES))
    kept = kept_answers(run, "validation")
    assert kept is not None
    assert kept.learned_count == 0
    copies = {"train": hashes(0, 1, 2), "validation": hashes(1, 4), "test": hashes(4, 2, 5)}
    write_hashes(run.folder, copies)
    kept = kept_answers(run, "validation")
    assert kept is not None
    assert kept.learned is not None
    assert kept.learned.tolist() == [True, False]  # a copy of it was trained on
    tests = Answers(("test/0", "test/1", "test/2"), np.array([0, 1, 2]), eye, CLASSES)
    write_answers(run.folder, "test", tests)
    kept = kept_answers(run)
    assert kept is not None
    assert kept.names == tests.names
    assert kept.learned is not None
    assert kept.learned.tolist() == [final_epochs > 0, True, False]
