"""What a mean, a spread and the settings of makers' programs say of a network's pixels."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.models.opening.pixel_signs import sign_of_mean, sign_of_scaling


@pytest.mark.parametrize(
    ("mean", "spread", "expected"),
    [
        ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225], ("0..1", True)),  # ImageNet
        ([0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616], ("0..1", True)),  # CIFAR-10
        ([125.3, 123.0, 113.9], [63.0, 62.1, 66.7], ("0..255", True)),
        ([33.3], [78.6], ("0..255", True)),  # MNIST
        ([0.1307], [0.3081], ("0..1", False)),  # the same, or photos in -1..1
        ([0.286], [0.353], ("0..1", False)),  # Fashion-MNIST
        ([0.3], [0.45], ("-1..1", False)),
        ([0.1], [0.5], ("-1..1", False)),  # no pixels of 0..1 can vary so much about 0.1
        ([0.1, 0.0, -0.1], [0.5, 0.5, 0.55], ("-1..1", False)),
        ([0.4, 0.4, 0.4], [0.25, 0.25, 0.4], ("", False)),
        ([3.0], [1.0], ("", False)),
    ],
)
def test_a_mean_and_a_spread_are_sure_only_where_no_other_range_has_them(
    mean: list[float], spread: list[float], expected: tuple[str, bool]
) -> None:
    sign = sign_of_mean(np.array(mean), np.array(spread), "it has a mean")
    assert (("", False) if sign is None else (sign.pixels.name, sign.is_sure)) == expected
    scale = 1 / np.array(spread)
    first = sign_of_scaling(scale, -np.array(mean) * scale)
    assert (first.pixels.name if first else "") == (expected[0] if expected[1] else "")
