"""How often photos are named blurred, dark or burnt out: as they are, and made so.

    .venv/bin/python tests/benchmarks/quality.py FOLDER_OR_VIDEO... [--most 600]

None of the photos as they are should be named, nor where their object is laid on white paper or on
black cloth. Of those that lost most of their structure most should be.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from cnn_studio.vision.images import ImageArray, is_image_name, read_image, shrink_to_fit
from cnn_studio.vision.quality import Flaw, measure_quality

_LONGEST_PX = 1024
_SIDE_PX = 256
_GAINS = (2, 4, 8, 16)
_SIGMAS_PX = (1.0, 1.5, 2.0, 3.0)
_PAPER_LEVEL, _PAPER_SPREAD = 190, 25  # what may be made white paper, as a person does
_CLOTH_LEVEL, _CLOTH_NOISE = 8, 6
_MARGINS = (1.0, 1.5, 2.5)  # the side of the sheet or cloth, in sides of the photo
_STRUCTURED, _MOSTLY = 4.0, 0.7


def main() -> None:
    """Print a table: of what kind of pictures which share is named what."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", nargs="+", type=Path)
    parser.add_argument("--most", type=int, default=600)
    options = parser.parse_args()
    print(f"{'pictures':<34}{'count':>7}" + "".join(f"{flaw:>10}" for flaw in Flaw))
    for source in options.sources:
        images = list(_images(source, options.most))
        print(_row(f"{source.name} as they are", images), end="")
        for title, laid_on in (("white paper", _on_white), ("black cloth", _on_black)):
            for margin in _MARGINS:
                laid = [
                    image for image in (laid_on(i, margin) for i in images) if image is not None
                ]
                print(_row(f"  on {title}, side x{margin:g}", laid), end="")
        lost = []
        for gain in _GAINS:
            brighter = [_lit(image, gain) for image in images]
            print(_row(f"  {gain} times as much light", brighter), end="")
            pairs = zip(images, brighter, strict=True)
            lost += [after for before, after in pairs if _lost(before, after) > _MOSTLY]
        print(_row(f"  of them, {_MOSTLY:.0%} of structure lost", lost), end="")
        for gain in _GAINS:
            darker = (_lit(image, 1 / gain) for image in images)
            print(_row(f"  1/{gain} of the light", darker), end="")
        for sigma_px in _SIGMAS_PX:
            blurred = (_blurred(image, sigma_px) for image in images)
            print(_row(f"  blurred by {sigma_px:g} px", blurred), end="")


def _images(source: Path, most: int) -> Iterator[ImageArray]:
    if source.is_file():
        video = cv2.VideoCapture(str(source))
        while (frame := video.read()[1]) is not None:
            yield np.ascontiguousarray(frame[..., ::-1]).astype(np.uint8)
        return
    files = sorted(path for path in source.rglob("*") if is_image_name(path))
    for path in files[:: max(1, len(files) // most)]:
        yield shrink_to_fit(read_image(path), _LONGEST_PX)


def _row(title: str, images: Iterable[ImageArray]) -> str:
    """A line of the table; empty where there are no such pictures."""
    found = [measure_quality(image).flaws for image in images]
    counts = Counter(flaw for flaws in found for flaw in flaws)
    shares = "".join(f"{counts[flaw] / max(len(found), 1):>10.3f}" for flaw in Flaw)
    return f"{title:<34}{len(found):>7}{shares}\n" if found else ""


def _lit(image: ImageArray, gain: float) -> ImageArray:
    """The same in other light; levels follow the curve of sRGB."""
    level = np.arange(256) / 255
    linear = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    light = np.clip(linear * gain, 0, 1)
    curve = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.round(curve * 255).astype(np.uint8)[image]


def _lost(before: ImageArray, after: ImageArray) -> float:
    """The share of a photo's structure, by its energy, that is less than half as strong now."""
    old, new = _contrast(before), _contrast(after)
    energy = np.where(old > _STRUCTURED, old**2, 0)
    return float(energy[new < old / 2].sum() / max(energy.sum(), 1))


def _contrast(image: ImageArray) -> NDArray[np.float32]:
    small = shrink_to_fit(image, _SIDE_PX)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    mean = cv2.blur(grey, (5, 5))
    return np.sqrt(np.maximum(cv2.blur(grey * grey, (5, 5)) - mean * mean, 0))


def _paper(image: ImageArray) -> float | None:
    """The level of the light, plain ground that a photo was taken on; None if it was on none."""
    sides = (image[:6], image[-6:], image[:, :6], image[:, -6:])
    border = np.concatenate([side.reshape(-1, 3) for side in sides])
    median = np.median(border, axis=0)
    level = float(np.percentile(border.min(axis=1), 25))
    plain = np.percentile(np.abs(border - median).max(axis=1), 80) < _PAPER_SPREAD
    neutral = float(np.ptp(median)) < _PAPER_SPREAD
    return level if level >= _PAPER_LEVEL and plain and neutral else None


def _on_white(image: ImageArray, margin: float) -> ImageArray | None:
    level = _paper(image)
    if level is None:
        return None
    white = np.clip(image * (255 / level), 0, 255).astype(np.uint8)
    height, width = image.shape[:2]
    sheet = np.full((int(height * margin), int(width * margin), 3), 255, np.uint8)
    return _laid_in(sheet, white, np.ones((height, width, 1)))


def _on_black(image: ImageArray, margin: float) -> ImageArray | None:
    level = _paper(image)
    if level is None:
        return None
    height, width = image.shape[:2]
    noise = np.random.default_rng(height).normal(
        _CLOTH_LEVEL, _CLOTH_NOISE, (int(height * margin), int(width * margin), 1)
    )
    cloth = np.clip(noise, 0, 255).astype(np.uint8).repeat(3, axis=2)
    object_ = (image.min(axis=2) < level - 8).astype(np.uint8)
    filled = cv2.morphologyEx(object_, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    soft = cv2.GaussianBlur(filled.astype(np.float32), (0, 0), 1)
    return _laid_in(cloth, image, soft[..., None])


def _laid_in(ground: ImageArray, image: ImageArray, opacity: NDArray[np.floating]) -> ImageArray:
    height, width = image.shape[:2]
    top, left = (ground.shape[0] - height) // 2, (ground.shape[1] - width) // 2
    place = ground[top : top + height, left : left + width]
    place[:] = np.round(opacity * image + (1 - opacity) * place).astype(np.uint8)
    return ground


def _blurred(image: ImageArray, sigma_px: float) -> ImageArray:
    return np.asarray(cv2.GaussianBlur(shrink_to_fit(image, _SIDE_PX), (0, 0), sigma_px), np.uint8)


if __name__ == "__main__":
    main()
