"""Many pictures at once: in their order, and a bad one stops nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_studio.prediction.batch import classify_pictures, open_classifiers
from cnn_studio.prediction.classifier import Classifier
from cnn_studio.prediction.pictures import Pictures
from cnn_studio.vision.images import decode_image, encode_png, read_image
from tests.models.small_run import CLASSES
from tests.videos import write_video


@pytest.fixture(scope="module")
def classifiers(run_folder: Path) -> list[Classifier]:
    """The small model, opened three times, be there as many processors or not."""
    return [Classifier.open(run_folder, threads=1) for _ in range(3)]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Forty different images, and one that is broken."""
    random = np.random.default_rng(7)
    folder = tmp_path / CLASSES[1]
    folder.mkdir()
    for number in range(40):
        image = random.integers(0, 256, (12 + number, 20, 3), np.uint8)
        (folder / f"{number:02}.png").write_bytes(encode_png(image))
    (folder / "05.png").write_bytes(b"no image")
    return folder


def test_the_answers_are_those_of_one_by_one_in_the_same_order(
    classifiers: list[Classifier], photos: Path
) -> None:
    with Pictures([photos]) as pictures:
        answers = list(classify_pictures(classifiers, pictures))
    assert [answer.path.name for answer in answers] == sorted(p.name for p in photos.iterdir())
    for answer in answers:
        assert answer.true_class == CLASSES[1]
        if answer.path.name == "05.png":
            assert answer.prediction is None
            assert answer.error == "The file is text and not an image: 05.png."
            assert not answer.is_wrong
            continue
        alone = classifiers[0].classify(read_image(answer.path))
        assert answer.prediction is not None
        assert answer.prediction.probabilities.tolist() == alone.probabilities.tolist()
        assert answer.said == alone.top[0]
        assert answer.is_wrong == (answer.said != CLASSES[1])
        assert answer.thumbnail == b""


def test_after_a_cancel_no_more_come(classifiers: list[Classifier], photos: Path) -> None:
    came: list[Path] = []
    with Pictures([photos]) as pictures:
        for answer in classify_pictures(classifiers, pictures, lambda: len(came) >= 3):
            came.append(answer.path)
    assert len(came) == 3


def test_a_row_that_is_left_early_ends_its_threads(
    classifiers: list[Classifier], photos: Path
) -> None:
    with Pictures([photos]) as pictures:
        row = classify_pictures(classifiers, pictures)
        assert next(row).path.name == "00.png"
        row.close()


def test_frames_of_a_video_get_thumbnails(classifiers: list[Classifier], tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.avi", range(40))
    with Pictures([clip], 5.0) as pictures:
        assert len(pictures) == 10
        answers = list(classify_pictures(classifiers, pictures, thumbnail_px=48))
    assert [answer.picture.time_s for answer in answers] == pytest.approx(
        [number / 5 for number in range(10)]
    )
    assert answers[3].picture.name == "clip.avi 00:00.6"
    assert decode_image(answers[3].thumbnail, "thumbnail").shape == (32, 48, 3)


def test_a_model_is_opened_for_each_processor_with_the_share_to_answer(run_folder: Path) -> None:
    opened = open_classifiers(run_folder, 0.5)
    assert 1 <= len(opened) <= 4
    assert {classifier.accept for classifier in opened} == {0.5}
