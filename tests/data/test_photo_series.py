"""Photos taken one after the other: by clocks, and by numbers that count what is alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from cnn_studio.data.photo_series import links_in_numbers, links_in_time
from cnn_studio.vision.exif import Taken

Vectors = NDArray[np.float32]


def linked_in_time(names: Sequence[str]) -> set[tuple[str, str]]:
    links = links_in_time(names, ["shoe"] * len(names), [None] * len(names))
    return {(names[one], names[other]) for one, other in links}


def scattered(count: int, seed: int = 1) -> Vectors:
    """Unit vectors that point anywhere."""
    vectors = np.random.default_rng(seed).standard_normal((count, 32)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def wandering(count: int, step: float = 0.4, seed: int = 2) -> Vectors:
    """Unit vectors each of which is near the one before, as the frames of a film are."""
    steps = step * np.random.default_rng(seed).standard_normal((count, 32)).astype(np.float32)
    steps[0] /= step
    vectors = np.cumsum(steps, axis=0)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def numbered(
    names: Sequence[str], vectors: Vectors, classes: Sequence[str] | None = None
) -> list[tuple[int, int]]:
    found = links_in_numbers(names, classes or ["shoe"] * len(names), lambda some: vectors[some])
    return sorted(found)


def test_photos_by_one_camera_are_linked_until_a_pause_of_more_than_five_minutes() -> None:
    times = [0, 300, 601, 602]
    taken = [Taken("A", time) for time in times]
    assert links_in_time(["x.jpg"] * 4, ["shoe"] * 4, taken) == [(0, 1), (2, 3)]


def test_cameras_and_classes_are_kept_apart_and_the_order_of_files_does_not_matter() -> None:
    taken = [Taken("A", 20), Taken("B", 15), Taken("A", 10), Taken("A", 12), None]
    classes = ["shoe", "shoe", "shoe", "cap", "shoe"]
    assert links_in_time(["x.jpg"] * 5, classes, taken) == [(2, 0)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Screenshot 2024-05-01 at 10.11.12.png", "Screenshot 2024-05-01 at 10.12.01.png"),
        ("Screenshot 2024-05-01 at 11.59.12 AM.png", "Screenshot 2024-05-01 at 12.00.12 PM.png"),
        (
            "WhatsApp Image 2024-05-01 at 10.11.12.jpeg",
            "WhatsApp Image 2024-05-01 at 10.11.12 (1).jpeg",
        ),
        ("IMG_20240501_101112.jpg", "IMG_20240501_101159.jpg"),
        ("PXL_20240501_101112345.jpg", "PXL_20240501_101300001.jpg"),
        ("20240501_101112.jpg", "20240501_101500.jpg"),
        ("2024-05-01 23.59.30.jpg", "2024-05-02 00.00.10.jpg"),
    ],
)
def test_times_in_names_count_as_a_clock(one: str, other: str) -> None:
    assert linked_in_time([one, other]) == {(one, other)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Screenshot 2024-05-01 at 10.11.12.png", "Screenshot 2024-05-01 at 10.31.12.png"),
        ("Screenshot 2024-05-01 at 10.11.12 AM.png", "Screenshot 2024-05-01 at 10.11.12 PM.png"),
        ("IMG_20240501_101112.jpg", "VID_20240501_101112.jpg"),
        ("IMG_20241301_101112.jpg", "IMG_20241301_101113.jpg"),
        ("IMG_0012.jpg", "IMG_0013.jpg"),
        ("20240501.jpg", "20240501 (1).jpg"),
        # An import says when photos came in, and not when they were taken.
        ("i20240501T101112-3f9a-00001.jpg", "i20240501T101112-3f9a-00002.jpg"),
    ],
)
def test_other_names_tell_no_time_or_another_one(one: str, other: str) -> None:
    assert linked_in_time([one, other]) == set()


@pytest.mark.parametrize(
    "name",
    [
        "IMG_{:04d}.JPG",
        "webcam_vmvargas_{:02d}.jpg",
        "clip_{:06d}.png",
        "shoe ({}).jpg",
        "clip_mp4-{}_jpg.rf.0a1b2c3d4e5f.jpg",
        "i20240501T101112-3f9a-{:05d}.jpg",
        "DSC_{:04d} (1).jpg",
    ],
)
def test_names_that_count_what_is_alike_are_a_series(name: str) -> None:
    names = [name.format(number) for number in range(1, 31)]
    names += [f"{place:08x}-photo.jpg" for place in range(30)]
    vectors = np.concatenate([wandering(30), scattered(30)])
    links = numbered(names, vectors)
    assert len(links) > 24
    assert all(other == one + 1 < 30 for one, other in links)


@pytest.mark.parametrize("count", [5, 30, 468])
def test_names_that_count_in_no_order_are_no_series(count: int) -> None:
    names = [f"istiaq_pencil_{number:04d}.jpg" for number in range(count)]
    assert numbered(names, scattered(count)) == []
    shuffled = np.random.default_rng(3).permutation(count)
    # Objects that are seen often and in any order: the next is as alike as any other.
    vectors = np.repeat(scattered(count // 5 + 1), 5, axis=0)[:count][shuffled]
    assert numbered(names, vectors) == []


def test_a_series_ends_where_many_numbers_are_missing() -> None:
    numbers = [*range(1, 11), *range(30, 40)]
    names = [f"IMG_{number:04d}.jpg" for number in numbers]
    links = numbered(names, wandering(20, step=0.3))
    assert links
    assert (9, 10) not in links
    assert numbered([f"IMG_{number * 6:04d}.jpg" for number in range(20)], wandering(20)) == []


def test_series_of_two_classes_are_two() -> None:
    names = [f"IMG_{number:04d}.jpg" for number in range(40)]
    classes = ["shoe"] * 20 + ["cap"] * 20
    links = numbered(names, np.concatenate([wandering(20), wandering(20, seed=5)]), classes)
    assert len(links) > 30
    assert (19, 20) not in links


def test_nothing_is_in_no_series() -> None:
    assert numbered([], scattered(0)) == []
    assert numbered(["IMG_0001.jpg", "IMG_0002.jpg"], scattered(2)) == []
    assert links_in_time([], [], []) == []
