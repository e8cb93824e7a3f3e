"""What a mean, a spread and the settings of makers' programs say of a network's pixels."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_studio.models.opening.pixel_signs import (
    sign_of_mean,
    sign_of_properties,
    sign_of_scaling,
    size_among,
)


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


@pytest.mark.parametrize("huge", [10**400, -(10**400), [3, 10**400, 10**400], "9" * 400, 1e999])
def test_numbers_of_hundreds_of_digits_say_nothing(huge: object) -> None:
    assert size_among({"image_size": huge}) is None
    assert size_among({"image_size": huge, "crop_size": {"height": 96}}) == 96
    assert sign_of_properties({"mean": huge, "std": huge}) is None


HALF = {"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}
TORCH = {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
PLAIN = {"do_normalize": False, "do_rescale": True}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (HALF, ("-1..1", True)),
        ({**TORCH, "rescale_factor": 1 / 255}, ("imagenet", True)),
        ({**HALF, "rescale_factor": 0.00392156862745098, "do_rescale": True}, ("-1..1", True)),
        ({**PLAIN, "rescale_factor": 1 / 127.5, "rescale_offset": True}, ("-1..1", True)),
        ({**PLAIN, "rescale_factor": 1 / 127.5, "offset": True}, ("-1..1", True)),
        ({**PLAIN, "rescale_factor": 1 / 127.5}, ("", False)),
        ({**PLAIN, "rescale_factor": 1 / 255, "offset": True}, ("", False)),
        ({**HALF, "rescale_factor": 1 / 127.5}, ("", False)),
        ({**TORCH, "rescale_factor": 1}, ("", False)),
        ({**HALF, "do_rescale": False, "rescale_factor": 9}, ("", True)),  # which is not used
        ({"do_rescale": True, "do_flip_channel_order": True}, ("0..1-bgr", True)),
        ({**PLAIN, "do_flip_channel_order": True}, ("0..1-bgr", True)),
        ({**HALF, "do_flip_channel_order": True}, ("-1..1-bgr", True)),
        ({**TORCH, "do_flip_channel_order": True}, ("imagenet-bgr", False)),
        ({**TORCH, "do_flip_channel_order": False}, ("imagenet", True)),
        ({"do_rescale": True}, None),
        ({**PLAIN, "rescale_factor": 0}, None),
        ({**PLAIN, "rescale_factor": 10**400}, None),
    ],
)
def test_hugging_faces_settings_are_read_with_their_factor_and_order(
    settings: dict[str, object], expected: tuple[str, bool] | None
) -> None:
    sign = sign_of_properties(settings)
    assert (None if sign is None else (sign.pixels.name, sign.is_sure)) == expected
