"""How well the colours of many classes can be told from each other, and from their ground."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from cnn_studio.gui.class_colours import USUAL_COLOURS
from cnn_studio.gui.theme import CLASS_COLOURS, DARK, LIGHT

_Array = NDArray[np.float64]

_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])
# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
_SEEN = {
    "trichromat": np.eye(3),
    "deuteranope": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "protanope": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
}


def _linear(colours: tuple[str, ...]) -> _Array:
    """Colours "#RRGGBB" as linear RGB (n, 3), 0 to 1."""
    parts = [[int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)] for colour in colours]
    values = np.array(parts)
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _lab(linear: _Array) -> _Array:
    """CIELAB (n, 3) of linear RGB."""
    share = np.clip(linear, 0, 1) @ _TO_XYZ.T / _WHITE
    root = np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116)
    x, y, z = root.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def ciede2000(one: _Array, other: _Array) -> _Array:
    """The distance of colours in CIELAB (..., 3); Sharma, Wu and Dalal 2005."""
    (light, a, b), (light_2, a_2, b_2) = np.moveaxis(one, -1, 0), np.moveaxis(other, -1, 0)
    mean = (np.hypot(a, b) + np.hypot(a_2, b_2)) / 2
    grey = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + 25.0**7))
    chroma, chroma_2 = np.hypot(grey * a, b), np.hypot(grey * a_2, b_2)
    hue = np.degrees(np.arctan2(b, grey * a)) % 360
    hue_2 = np.degrees(np.arctan2(b_2, grey * a_2)) % 360
    turn = (hue_2 - hue + 180) % 360 - 180
    by_hue = 2 * np.sqrt(chroma * chroma_2) * np.sin(np.radians(turn) / 2)
    middle = np.radians((hue + turn / 2) % 360)
    lightness, mean = (light + light_2) / 2, (chroma + chroma_2) / 2
    bend = 1 - 0.17 * np.cos(middle - np.radians(30)) + 0.24 * np.cos(2 * middle)
    bend += 0.32 * np.cos(3 * middle + np.radians(6)) - 0.2 * np.cos(4 * middle - np.radians(63))
    dark = (lightness - 50) ** 2
    terms = (
        (light_2 - light) / (1 + 0.015 * dark / np.sqrt(20 + dark)),
        (chroma_2 - chroma) / (1 + 0.045 * mean),
        by_hue / (1 + 0.015 * mean * bend),
    )
    blue = 60 * np.exp(-(((np.degrees(middle) - 275) / 25) ** 2))
    skew = -np.sin(np.radians(blue)) * 2 * np.sqrt(mean**7 / (mean**7 + 25.0**7))
    return np.sqrt(sum(term**2 for term in terms) + skew * terms[1] * terms[2])


def _least(colours: tuple[str, ...], person: str) -> float:
    """The smallest distance between any two colours as a person sees them."""
    lab = _lab(_linear(colours) @ _SEEN[person].T)
    distances = ciede2000(lab[:, None], lab[None])
    return float(distances[np.triu_indices(len(colours), 1)].min())


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [  # of the published table
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
    ],
)
def test_the_measure_is_that_of_the_table(
    one: tuple[float, ...], other: tuple[float, ...], distance: float
) -> None:
    measured = ciede2000(np.array(one, float), np.array(other, float))
    assert float(measured) == pytest.approx(distance, abs=1e-4)


def test_forty_classes_have_colours_of_their_own_and_the_first_eight_keep_theirs() -> None:
    assert len(USUAL_COLOURS) == 40
    assert len(set(USUAL_COLOURS)) == 40
    assert USUAL_COLOURS[:8] == CLASS_COLOURS


# A difference of 2.3 is just noticeable. What is said of the eight is what Okabe and Ito chose.
@pytest.mark.parametrize(
    ("person", "count", "least"),
    [
        ("trichromat", 8, 21),
        ("trichromat", 12, 19),
        ("trichromat", 24, 12.5),
        ("trichromat", 40, 11.5),
        ("deuteranope", 8, 7),
        ("deuteranope", 12, 6.5),
        ("deuteranope", 40, 3.5),
        ("protanope", 8, 12),
        ("protanope", 12, 8),
        ("protanope", 40, 3.5),
    ],
)
def test_any_two_can_be_told_apart(person: str, count: int, least: float) -> None:
    assert _least(USUAL_COLOURS[:count], person) >= least


@pytest.mark.parametrize("surface", [LIGHT.surface, DARK.surface], ids=["light", "dark"])
def test_those_after_the_eight_stand_out_from_both_grounds(surface: str) -> None:
    luminance = _linear(USUAL_COLOURS[8:]) @ _TO_XYZ[1]
    ground = (_linear((surface,)) @ _TO_XYZ[1])[0]
    lighter, darker = np.maximum(luminance, ground), np.minimum(luminance, ground)
    assert float(((lighter + 0.05) / (darker + 0.05)).min()) >= 3.0
