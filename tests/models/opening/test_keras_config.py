"""Which networks Keras is given at all."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.opening.keras_config import MEMBERS, check_config, checked_keras
from cnn_studio.models.opening.keras_graph import read_node
from tests.models.opening.keras_files import conv, layer, network, norm


def _members(models: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(models / "colours" / "model.keras") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _layer(name: str = "Dense", module: str = "keras.layers", **config: Any) -> dict[str, Any]:
    layer = {"class_name": name, "module": module, "registered_name": None, "config": config}
    return {"class_name": "Sequential", "module": "keras", "config": {"layers": [layer]}}


def test_a_network_of_layers_from_the_list_is_written_again(models: Path) -> None:
    members = _members(models)
    again = checked_keras({**members, "evil.py": b"x"})
    with zipfile.ZipFile(io.BytesIO(again)) as archive:
        assert set(archive.namelist()) == MEMBERS
        assert "compile_config" not in json.loads(archive.read("config.json"))
        assert archive.read("model.weights.h5") == members["model.weights.h5"]


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (_layer("Lambda", function="os.system"), "with 'Lambda'"),
        (_layer("TFSMLayer", filepath="/tmp"), "with 'TFSMLayer'"),
        (_layer(module="builtins"), "Keras's own"),
        (_layer(module="kerasx.layers"), "Keras's own"),
        ({**_layer(), "registered_name": "mine>Dense"}, "Keras's own"),
        (_layer(units=10**7), "too large, 'units'"),
        (_layer(units=float("inf")), "too large, 'units'"),
        (_layer(dtype="x" * 300), "too long, 'dtype'"),
        (_layer(activation="my_function"), "activation 'my_function'"),
        (_layer(activation={"class_name": "function", "config": "eval"}), "with 'function'"),
        ({"class_name": "Model", "module": "keras"}, "Sequential or Functional"),
        ({"class_name": "Sequential", "config": [_layer()] * 1001}, "1,000 layers"),
    ],
)
def test_other_networks_are_refused(config: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ModelError, match=sentence):
        check_config(config)


def test_a_config_nested_without_end_is_refused(models: Path) -> None:
    nested: Any = 1
    for _ in range(60):
        nested = [nested]
    with pytest.raises(ModelError, match="nested"):
        check_config(_layer(units=nested))
    for data in (b"[" * 100_000, b"[]", b"\xff"):
        with pytest.raises(ModelError, match=r"(?i)its config is"):
            checked_keras({**_members(models), "config.json": data})
    with pytest.raises(ModelError, match="is missing"):
        checked_keras({"config.json": b"{}"})


def test_a_keras_file_of_keras_2_is_written_in_todays_words(models: Path) -> None:
    image = layer("InputLayer", "i", batch_input_shape=[None, 32, 32, 3], sparse=False)
    layers = [image, conv("d", depthwise=True, depth_multiplier=1), norm("n")]
    config = network("Sequential", "net", layers)
    members = {
        **_members(models),
        "config.json": json.dumps({**config, "module": "keras"}).encode(),
        "metadata.json": b'{"keras_version": "2.15.0"}',
    }
    with zipfile.ZipFile(io.BytesIO(checked_keras(members))) as archive:
        written = json.loads(archive.read("config.json"))["config"]["layers"]
    assert [each["class_name"] for each in written] == [
        "InputLayer",
        "DepthwiseConv2D",
        "BatchNormalization",
    ]
    assert written[0]["config"]["batch_shape"] == [None, 32, 32, 3]
    assert "groups" not in written[1]["config"]
    assert written[2]["config"]["axis"] == 3


@pytest.mark.parametrize(
    "node",
    [
        ["x", 0, 0, {"y": 10**400}],
        [["x", 0, 0], ["_CONSTANT_VALUE", -1, 10**400]],
        {"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}}, 1]},
    ],
)
def test_a_number_of_hundreds_of_digits_beside_a_layer_is_damage(node: Any) -> None:
    if isinstance(node, dict):
        assert read_node(node).number == 1
        node["args"][1] = -(10**400)
    with pytest.raises(ModelError, match="Its config is damaged"):
        read_node(node)
