"""What the layers of a Keras network say of the pixels that it takes."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest

from cnn_studio.models.opening.keras_signs import sign_of_config, sign_of_keras
from tests.models.opening.keras_files import Teachable, conv, layer, network

INPUT = layer("InputLayer", "image")
AUGMENTATIONS = network(
    "Sequential",
    "augmentations",
    [INPUT, layer("RandomFlip", "flip"), layer("RandomRotation", "turn"), layer("RandomZoom", "z")],
)
BY_127 = layer("Rescaling", "scale", scale=1 / 127.5, offset=-1.0)
BODY = network("Functional", "body", [INPUT, conv("first", filters=4)])


@pytest.mark.parametrize(
    ("layers", "pixels"),
    [
        ([INPUT, AUGMENTATIONS, BY_127, BODY], "0..255"),
        ([INPUT, AUGMENTATIONS, network("Sequential", "by", [INPUT, BY_127]), BODY], "0..255"),
        ([network("Sequential", "all", [AUGMENTATIONS, BODY]), BY_127], ""),
        ([INPUT, AUGMENTATIONS, BODY], ""),
        ([INPUT, BODY, BY_127], ""),  # it comes too late to say anything
        (
            [
                network("Functional", "a", [INPUT, layer("Rescaling", "a", scale=2.0, offset=0.0)]),
                network("Functional", "b", [layer("Rescaling", "b", scale=1.0, offset=-1.0)]),
            ],
            "0..1",
        ),
    ],
)
def test_layers_of_networks_within_are_read_in_their_order(
    layers: list[Mapping[str, Any]], pixels: str
) -> None:
    for kind in ("Sequential", "Functional"):
        config = network(kind, "net", layers)
        sign = sign_of_config(config)
        assert (sign.pixels.name if sign else "") == pixels
        assert sign_of_keras(_keras_file(config)) == sign


def test_teachable_machines_network_is_known_in_both_forms() -> None:
    config = Teachable().config()
    sign = sign_of_config(config)
    assert sign is not None
    assert (sign.pixels.name, sign.is_sure) == ("-1..1", True)
    assert sign_of_keras(_keras_file(config)) == sign


def test_what_is_no_network_says_nothing() -> None:
    deep: dict[str, Any] = BODY
    for _ in range(40):
        deep = network("Sequential", "deeper", [deep])
    odd: dict[str, Any]
    for odd in ({}, {"config": {"layers": [7]}}, {"config": {"layers": {"a": 1}}}, deep):
        assert sign_of_config(odd) is None
    assert sign_of_keras(b"PK") is None


def _keras_file(config: Mapping[str, Any]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("config.json", json.dumps(config))
    return target.getvalue()
