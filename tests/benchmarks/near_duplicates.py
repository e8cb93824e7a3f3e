"""Precision and recall of finding one photo in two forms, on the photos of a folder.

.venv/bin/python tests/benchmarks/near_duplicates.py FOLDER... [--most 600]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from cnn_studio.data.facts import FactsStore
from cnn_studio.data.near_duplicates import NearDuplicates
from cnn_studio.vision.images import ImageArray, is_image_name, read_image
from cnn_studio.vision.likeness import SmallCopy, small_copy


def _saved(image: ImageArray) -> ImageArray:
    encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 60])[1]
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)


def _halved(image: ImageArray) -> ImageArray:
    height, width = image.shape[:2]
    size = (max(8, width // 2), max(8, height // 2))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _brightened(image: ImageArray) -> ImageArray:
    return np.clip(image * 1.15, 0, 255).astype(np.uint8)


def _cropped(share: float) -> Callable[[ImageArray], ImageArray]:
    random = np.random.default_rng(0)

    def crop(image: ImageArray) -> ImageArray:
        height, width = image.shape[:2]
        top, left = (int(random.uniform(0, share) * side) for side in (height, width))
        bottom, right = int(share * height) - top, int(share * width) - left
        return np.ascontiguousarray(image[top : height - bottom, left : width - right])

    return crop


def _turned(image: ImageArray) -> ImageArray:
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 2, 1.04)
    return np.asarray(cv2.warpAffine(image, turn, (width, height)), np.uint8)


_CHANGES: dict[str, Callable[[ImageArray], ImageArray]] = {
    "saved as JPEG 60": _saved,
    "half the size": _halved,
    "15 % brighter": _brightened,
    "cropped by 2 %": _cropped(0.02),
    "cropped by 4 %": _cropped(0.04),
    "cropped by 6 %": _cropped(0.06),
    "turned by 2 degrees": _turned,
}


def main() -> None:
    """Print a table of the changes, and how many different photos were taken for one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--most", type=int, default=600)
    options = parser.parse_args()
    files = sorted(p for f in options.folders for p in f.rglob("*") if is_image_name(p))
    files = files[:: max(1, len(files) // options.most)]
    with tempfile.TemporaryDirectory() as folder, FactsStore(Path(folder) / "facts") as store:
        images = _different(files, store)
        names = [f"image {n}" for n in range(len(images))]
        print(f"{len(files)} photos, {len(images)} of them different (one of each group is kept)")
        print(f"{'change':<22}{'precision':>10}{'recall':>9}{'wrong pairs':>13}{'ms/image':>10}")
        for change, alter in _CHANGES.items():
            begun_s = time.perf_counter()
            copies = [small_copy(image) for image in (*images, *map(alter, images))]
            contents = [*names, *(f"{name} {change}" for name in names)]
            groups = _groups(copies, contents, store)
            seconds = time.perf_counter() - begun_s
            right = sum(n in group and n + len(images) in group for group in groups for n in group)
            pairs = sum(len(group) - 1 for group in groups)
            precision, recall = right / max(pairs, 1), right / len(images)
            rate_ms = 1000 * seconds / len(copies)
            print(
                f"{change:<22}{precision:>10.3f}{recall:>9.3f}{pairs - right:>13}{rate_ms:>10.1f}"
            )


def _different(files: list[Path], store: FactsStore) -> list[ImageArray]:
    """The photos without those that stand there twice already.

    What the search takes for one photo is left out as well as what it comes close to, since nobody
    has marked these photos by hand. So its mistakes among the originals are not counted here: look
    at what `cnn-studio check` finds in them.
    """
    images = [read_image(path) for path in files]
    groups = _groups([small_copy(image) for image in images], list(map(str, files)), store)
    again = {place for group in groups for place in group[1:]}
    return [image for place, image in enumerate(images) if place not in again]


def _groups(copies: list[SmallCopy], contents: list[str], store: FactsStore) -> list[list[int]]:
    count = len(copies)
    search = NearDuplicates(count, store)
    search.add(0, copies, contents, [""] * count)
    return search.groups([(0.0,)] * count)


if __name__ == "__main__":
    main()
