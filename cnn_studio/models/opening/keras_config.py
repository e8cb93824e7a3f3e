"""What a .keras file may hold: layers from a list, of bounded sizes, and nothing of its maker's.

Keras builds whatever classes the config names, with whatever arguments it gives them. Here it is
read as plain JSON first, and the file is written again from what was allowed, so that Keras meets
nothing that was not looked at.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from cnn_studio.errors import ModelError
from cnn_studio.models.opening.keras_graph import has_sums
from cnn_studio.models.opening.keras_old_config import modern_config
from cnn_studio.untrusted_files import json_in

_CONFIG, _METADATA, _WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
MEMBERS = frozenset({_CONFIG, _METADATA, _WEIGHTS})
MAX_CONFIG_BYTES = 4 << 20
MAX_LAYERS = 1_000
_MAX_DEPTH = 40
_MAX_NUMBER = 1 << 16
_MAX_TEXT = 200
_MODELS = frozenset({"Functional", "Sequential"})
_LAYERS_NAMES = """
Activation Add AlphaDropout Average AveragePooling2D BatchNormalization CenterCrop Concatenate
Conv2D Conv2DTranspose Cropping2D Dense DepthwiseConv2D Dropout ELU Flatten
GaussianDropout GaussianNoise GlobalAveragePooling2D GlobalMaxPooling2D GroupNormalization
InputLayer LayerNormalization LeakyReLU MaxPooling2D Maximum Minimum Multiply Normalization
PReLU Permute RandomBrightness RandomContrast RandomFlip RandomRotation RandomTranslation
RandomZoom ReLU Rescaling Reshape Resizing SeparableConv2D Softmax SpatialDropout2D Subtract
UpSampling2D ZeroPadding2D
"""
_LAYERS = frozenset(_LAYERS_NAMES.split())
_OTHERS_NAMES = """
__keras_tensor__ Constant DTypePolicy GlorotNormal GlorotUniform HeNormal HeUniform L1 L1L2 L2
LecunNormal LecunUniform MaxNorm NonNeg Ones RandomNormal RandomUniform SeedGenerator
TruncatedNormal UnitNorm VarianceScaling Zeros
"""
_OTHERS = frozenset(_OTHERS_NAMES.split())
_ACTIVATIONS_NAMES = """
elu exponential gelu hard_sigmoid hard_silu leaky_relu linear log_softmax mish relu relu6 selu
sigmoid silu softmax softplus softsign swish tanh
"""
_ACTIVATIONS = frozenset(_ACTIVATIONS_NAMES.split())
_MERE_NAMES = frozenset({"seed", "shared_object_id"})  # nothing is made in the size of these
_COMPILED = ("compile_config", "build_config")  # not needed to classify


def checked_keras(members: Mapping[str, bytes]) -> bytes:
    """A .keras file made again from one that may be opened.

    Args:
        members: The files of a .keras archive by their names; none but MEMBERS are taken over.

    Raises:
        ModelError: One is missing, or the network has a layer or a number that is not allowed.
    """
    missing = sorted(MEMBERS - members.keys())
    if missing:
        if len(missing) == len(MEMBERS):
            raise ModelError("It is no Keras model: it holds other files.")
        raise ModelError(f"It is damaged: {missing[0]} is missing.")
    config = _read_json(members[_CONFIG])
    metadata = _read_json(members[_METADATA])
    written_by = str(metadata.get("keras_version", ""))
    if written_by.startswith("2.") or has_sums(config):
        config = modern_config(config, written_by)
    check_config(config)
    cleaned = {key: value for key, value in config.items() if key not in _COMPILED}
    version = {"keras_version": written_by[:_MAX_TEXT]}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        # Without the time of day, so that the same file is known again by its content.
        archive.writestr(zipfile.ZipInfo(_METADATA), json.dumps(version))
        archive.writestr(zipfile.ZipInfo(_CONFIG), json.dumps(cleaned))
        archive.writestr(zipfile.ZipInfo(_WEIGHTS), members[_WEIGHTS])
    return target.getvalue()


def check_config(config: Mapping[str, Any]) -> None:
    """See to it that a config builds layers from the list, and nothing else.

    Raises:
        ModelError: It does not.
    """
    if str(config.get("class_name")) not in _MODELS:
        raise ModelError("A .keras file must hold a Sequential or Functional network.")
    _Walk().check(config, 0)


class _Walk:
    """Goes through a config to its leaves."""

    def __init__(self) -> None:
        self._layers = 0

    def check(self, value: object, depth: int, key: str = "") -> None:
        if depth > _MAX_DEPTH:
            raise ModelError("Its config is nested too deeply.")
        if isinstance(value, Mapping):
            self._check_object(value)
            for name, inner in value.items():
                self.check(inner, depth + 1, name)
        elif isinstance(value, list):
            for inner in value:
                self.check(inner, depth + 1, key)
        elif isinstance(value, str):
            _check_text(key, value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            _check_number(key, value)

    def _check_object(self, value: Mapping[str, object]) -> None:
        if "class_name" not in value:
            return
        name = str(value["class_name"])
        if name not in _LAYERS | _MODELS | _OTHERS:
            raise ModelError(f"The studio does not open networks with {name[:_MAX_TEXT]!r}.")
        module, registered = value.get("module"), value.get("registered_name")
        is_keras = module is None or str(module).split(".")[0] == "keras"
        if not is_keras or registered not in (None, name):
            raise ModelError(f"{name} must be Keras's own, not {str(module)[:_MAX_TEXT]!r}.")
        self._layers += name in _LAYERS
        if self._layers > MAX_LAYERS:
            raise ModelError(f"A network may have up to {MAX_LAYERS:,} layers.")


def _check_text(key: str, text: str) -> None:
    if len(text) > _MAX_TEXT:
        raise ModelError(f"Its config has a text that is too long, {key[:_MAX_TEXT]!r}.")
    if key in ("activation", "recurrent_activation") and text not in _ACTIVATIONS:
        raise ModelError(f"The studio does not know the activation {text!r}.")


def _check_number(key: str, number: float) -> None:
    if key not in _MERE_NAMES and not abs(number) <= _MAX_NUMBER:  # "not <=" catches NaN as well
        raise ModelError(f"Its config has a number that is too large, {key[:_MAX_TEXT]!r}.")


def _read_json(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_CONFIG_BYTES:
        raise ModelError(f"Its config has more than {MAX_CONFIG_BYTES >> 20} MB.")
    values = json_in(data, "Its config", ModelError)
    if not isinstance(values, dict):
        raise ModelError("It is damaged: its config is not an object.")
    return values
