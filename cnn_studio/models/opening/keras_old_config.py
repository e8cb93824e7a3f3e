"""The config of a network that an older Keras wrote, in the words of today's.

Keras 3 no longer builds most of what Keras 1 and 2 have written: names of layers and options have
changed. Here such a config is read as plain JSON and written again, with the options that decide
what a layer says and no others. What is not known here is refused by the layer's name, never left
out: a network without one of its options would answer otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnn_studio.errors import ModelError
from cnn_studio.models.opening.keras_graph import Node, is_sum, read_node, scaling_of

MAX_CALLS = 5_000
"""How often layers are called for one image; a network within a network counts each time."""

_MAX_LEVELS = 8
_SHOWN = 80
_WHAT_TO_DO = (
    "Ask its maker for a .tflite or .onnx file, or for the network without this layer as .keras."
)
_MODELS = {"Sequential": "Sequential", "Functional": "Functional", "Model": "Functional"}
_MODULES = {"Sequential": "keras", "Functional": "keras.src.models.functional"}
_OLD_NAMES = {
    "Convolution2D": "Conv2D",
    "Deconvolution2D": "Conv2DTranspose",
    "Convolution2DTranspose": "Conv2DTranspose",
    "SeparableConvolution2D": "SeparableConv2D",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization",
    "AvgPool2D": "AveragePooling2D",
    "MaxPool2D": "MaxPooling2D",
}
_IDENTITIES_NAMES = """
ActivityRegularization AlphaDropout Dropout GaussianDropout GaussianNoise RandomBrightness
RandomContrast RandomFlip RandomRotation RandomTranslation RandomZoom SpatialDropout2D
"""
_IDENTITIES = frozenset(_IDENTITIES_NAMES.split())
"""What does something in a training alone."""

_CONV = "filters kernel_size strides padding dilation_rate groups activation use_bias"
_POOL = "pool_size strides padding"
_OPTIONS = {
    "Activation": "activation",
    "Add": "",
    "Average": "",
    "AveragePooling2D": _POOL,
    "BatchNormalization": "axis epsilon center scale",
    "CenterCrop": "height width",
    "Concatenate": "axis",
    "Conv2D": _CONV,
    "Conv2DTranspose": f"{_CONV} output_padding",
    "Cropping2D": "cropping",
    "Dense": "units activation use_bias",
    "DepthwiseConv2D": (
        "kernel_size strides padding dilation_rate depth_multiplier activation use_bias"
    ),
    "ELU": "alpha",
    "Flatten": "",
    "GlobalAveragePooling2D": "keepdims",
    "GlobalMaxPooling2D": "keepdims",
    "GroupNormalization": "groups axis epsilon center scale",
    "LayerNormalization": "axis epsilon center scale",
    "LeakyReLU": "negative_slope",
    "MaxPooling2D": _POOL,
    "Maximum": "",
    "Minimum": "",
    "Multiply": "",
    "Normalization": "axis mean variance invert",
    "PReLU": "shared_axes",
    "Permute": "dims",
    "ReLU": "max_value negative_slope threshold",
    "Rescaling": "scale offset",
    "Reshape": "target_shape",
    "Resizing": (
        "height width interpolation crop_to_aspect_ratio pad_to_aspect_ratio fill_mode fill_value "
        "antialias"
    ),
    "SeparableConv2D": (
        "filters kernel_size strides padding dilation_rate depth_multiplier activation use_bias"
    ),
    "Softmax": "axis",
    "Subtract": "",
    "UpSampling2D": "size interpolation",
    "ZeroPadding2D": "padding",
}
_RENAMED = {
    "nb_filter": "filters",
    "border_mode": "padding",
    "subsample": "strides",
    "bias": "use_bias",
    "output_dim": "units",
    "dim_ordering": "data_format",
}
_WITHOUT_EFFECT_NAMES = """
name trainable dtype autocast sparse ragged optional seed noise_shape momentum synchronized fused
virtual_batch_size renorm renorm_clipping renorm_momentum batch_input_shape batch_shape input_dtype
input_dim input_shape input_length init weights W_regularizer b_regularizer W_constraint
b_constraint beta_init gamma_init gamma_regularizer beta_regularizer depthwise_regularizer
depthwise_constraint pointwise_regularizer pointwise_constraint implementation lora_rank
lora_alpha quantization_config adjustment alpha_initializer input_mean input_variance
"""
_WITHOUT_EFFECT = frozenset(_WITHOUT_EFFECT_NAMES.split())
_WITHOUT_EFFECT_ENDS = ("_initializer", "_regularizer", "_constraint", "_rng_state")


def modern_config(config: Mapping[str, Any], version: str) -> dict[str, Any]:
    """Write the config of an older Keras as today's, of allowed layers only.

    Args:
        config: As it stands in the file.
        version: Of the Keras that wrote it, as "2.4.0"; "" if it is not known.

    Returns:
        A config for a network that answers as the old one did; `check_config` looks at its
        numbers.

    Raises:
        ModelError: It has a layer or an option that is not opened; the sentence names the layer.
    """
    written, _calls = _Rewriting(is_old=not version.startswith("3")).model(config, 0)
    return written


class _Rewriting:
    """Goes through a config and writes each layer again."""

    def __init__(self, *, is_old: bool) -> None:
        self._is_old = is_old

    def model(self, written: Mapping[str, Any], level: int) -> tuple[dict[str, Any], int]:
        """A network, and how often layers are called in it."""
        if level > _MAX_LEVELS:
            raise ModelError("Its networks are nested too deeply.")
        kind = _MODELS.get(str(written.get("class_name")))
        inside = written.get("config")
        if kind == "Sequential" and isinstance(inside, list):  # before Keras 2.2
            inside = {"layers": inside}
        if kind is None or not isinstance(inside, Mapping):
            raise ModelError("It must hold a Sequential or Functional network.")
        name = _name_of(inside, written, kind.lower())
        layers = inside.get("layers")
        if not isinstance(layers, list) or not layers:
            raise ModelError(f"The network {name} has no layers.")
        make = self._sequential if kind == "Sequential" else self._functional
        made, calls = make(inside, layers, level)
        if calls > MAX_CALLS:
            raise ModelError(f"A network may call its layers up to {MAX_CALLS:,} times.")
        return _object(kind, {"name": name, **made}), calls

    def _sequential(
        self, inside: Mapping[str, Any], layers: Sequence[Any], level: int
    ) -> tuple[dict[str, Any], int]:
        made, calls = [], 0
        for layer in layers:
            one, times = self._layer(layer, [], level)
            made.append(one)
            calls += times
        first = layers[0]
        shape = _input_shape(first)
        if shape is None:
            shape = inside.get("build_input_shape")
        if made[0]["class_name"] != "InputLayer" and (level == 0 or _own_shape(first)):
            if shape is None:
                raise ModelError("It does not say how large its images are.")
            made.insert(0, _input_layer("input_of_" + _name_of(first["config"], first), shape))
        return {"layers": made}, calls

    def _functional(
        self, inside: Mapping[str, Any], layers: Sequence[Any], level: int
    ) -> tuple[dict[str, Any], int]:
        made, calls = [], 0
        for layer in layers:
            if not isinstance(layer, Mapping) or not isinstance(layer.get("inbound_nodes"), list):
                raise ModelError("Its config is damaged: a layer does not say what it takes.")
            _check_known(layer)
            nodes = [read_node(node) for node in layer["inbound_nodes"]]
            one, times = self._layer(layer, nodes, level)
            one["name"] = one["config"]["name"]
            one["inbound_nodes"] = [node.written() for node in nodes]
            made.append(one)
            calls += times * max(1, len(nodes))
        ends = {end: _ends(inside, end) for end in ("input_layers", "output_layers")}
        return {"layers": made, **ends}, calls

    def _layer(
        self, written: object, nodes: Sequence[Node], level: int
    ) -> tuple[dict[str, Any], int]:
        if not isinstance(written, Mapping) or not isinstance(
            written.get("config"), Mapping | list
        ):
            raise ModelError("Its config is damaged: a layer has no options.")
        given = str(written.get("class_name"))
        if given in _MODELS:
            return self.model(written, level + 1)
        config = dict(written["config"])
        name = _name_of(config, written, given.lower())
        kind = _OLD_NAMES.get(given, given)
        _check_own(kind, name, written)
        if kind == "InputLayer":
            return _input_layer(name, _own_shape(written) or ()), 0
        scaling = scaling_of(kind, config, nodes, written)
        has_number = any(node.number is not None for node in nodes)
        if scaling is None and (has_number or is_sum(kind, written)):
            raise ModelError(_refused(kind, name))
        if scaling is not None:
            kind, options = scaling
        elif kind in _IDENTITIES:
            kind, options = "Activation", {"activation": "linear"}
        else:
            options = self._options(kind, name, config)
        if config.get("trainable") is False:  # decides in which order its weights stand
            options = {**options, "trainable": False}
        return _object(kind, {"name": name, **options}), 1

    def _options(self, kind: str, name: str, config: Mapping[str, Any]) -> dict[str, Any]:
        """The options of a layer by their names of today."""
        if kind not in _OPTIONS:
            raise ModelError(_refused(kind, name))
        allowed = frozenset(_OPTIONS[kind].split())
        options = _by_todays_names(kind, name, config)
        kept: dict[str, Any] = {}
        for key, value in options.items():
            if key in allowed:
                kept[key] = value
            elif not _is_without_effect(key, value):
                raise ModelError(
                    f"The layer {name} ({kind}) has an option that is not known: {key[:_SHOWN]}. "
                    f"{_WHAT_TO_DO}"
                )
        if "activation" in kept:
            kept["activation"] = self._activation(kind, name, kept["activation"])
        return kept

    def _activation(self, kind: str, name: str, value: object) -> str:
        if isinstance(value, Mapping) and value.get("class_name") == "function":
            value = value.get("config")
        if value is None:
            return "linear"
        if not isinstance(value, str):
            raise ModelError(f"{_refused(kind, name)} Its activation is a layer of its own.")
        if value == "hard_sigmoid" and self._is_old:  # Keras 3 computes another one of this name
            raise ModelError(f"{_refused(kind, name)} It has an old form of hard_sigmoid.")
        return {"hard_swish": "hard_silu"}.get(value, value)


def _by_todays_names(kind: str, name: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a layer of Keras 1 or 2 as Keras 3 calls them.

    Raises:
        ModelError: The layer computes in a way that is not opened.
    """
    options = {_RENAMED.get(key, key): value for key, value in config.items()}
    order = options.pop("data_format", None)
    if order in ("channels_first", "th"):
        raise ModelError(
            f"The layer {name} ({kind}) takes images with their colours first. Ask its maker for "
            "the network with data_format channels_last, or as .tflite."
        )
    if "nb_row" in options and "nb_col" in options:
        options["kernel_size"] = [options.pop("nb_row"), options.pop("nb_col")]
    if kind in ("LeakyReLU", "ReLU") and "alpha" in options:
        options["negative_slope"] = options.pop("alpha")
    if kind == "BatchNormalization":
        axis = options.get("axis")
        if isinstance(axis, list) and len(axis) == 1:
            options["axis"] = axis[0]
        if options.pop("mode", 0) not in (0, 2):
            raise ModelError(_refused(kind, name))
    if kind in ("DepthwiseConv2D", "SeparableConv2D") and options.pop("groups", 1) not in (1, None):
        raise ModelError(_refused(kind, name))
    for key in ("dilation_rate", "strides"):
        if options.get(key) is None:
            options.pop(key, None)
    return options


def _is_without_effect(key: str, value: object) -> bool:
    if value is None or value is False or value in ([], {}):
        return True
    return key in _WITHOUT_EFFECT or key.endswith(_WITHOUT_EFFECT_ENDS)


def _check_known(written: Mapping[str, Any]) -> None:
    """Refuse a layer by its name before it is asked what it takes.

    Raises:
        ModelError: It is of a kind that is not opened.
    """
    kind = str(written.get("class_name"))
    known = {*_MODELS, *_OLD_NAMES, *_OPTIONS, *_IDENTITIES, "InputLayer"}
    if kind not in known and not is_sum(kind, written):
        raise ModelError(_refused(kind, _name_of(written.get("config"), written)))


def _check_own(kind: str, name: str, written: Mapping[str, Any]) -> None:
    """Refuse what is not Keras's own, whatever it is called."""
    module, registered = written.get("module"), written.get("registered_name")
    is_keras = module is None or str(module).split(".")[0] in ("keras", "tf_keras")
    if not is_keras or registered not in (None, kind, written.get("class_name")):
        raise ModelError(_refused(kind, name))


def _refused(kind: str, name: str) -> str:
    if kind == "Lambda":
        return (
            f"The layer {name[:_SHOWN]} (Lambda) is a program of its maker's, which is not run. "
            f"{_WHAT_TO_DO}"
        )
    return f"The layer {name[:_SHOWN]} ({kind[:_SHOWN]}) is not opened. {_WHAT_TO_DO}"


def _name_of(config: object, written: Mapping[str, Any], otherwise: str = "layer") -> str:
    """What a layer is called; in old files that stands in its options alone."""
    own = config.get("name") if isinstance(config, Mapping) else None
    name = own if own is not None else written.get("name")
    return otherwise if name is None else str(name)


def _object(kind: str, config: dict[str, Any]) -> dict[str, Any]:
    module = _MODULES.get(kind, "keras.layers")
    return {"module": module, "class_name": kind, "config": config, "registered_name": kind}


def _own_shape(layer: object) -> Sequence[Any] | None:
    """The shape of the images that a layer itself says it takes."""
    config = layer.get("config") if isinstance(layer, Mapping) else None
    if not isinstance(config, Mapping):
        return None
    shape = config.get("batch_input_shape") or config.get("batch_shape")
    return shape if isinstance(shape, list) else None


def _input_shape(layer: object) -> Sequence[Any] | None:
    """The shape of the images for a network that begins with this layer, or None."""
    for _level in range(_MAX_LEVELS):
        own = _own_shape(layer)
        if own is not None or not isinstance(layer, Mapping):
            return own
        config = layer.get("config")
        layers = config.get("layers") if isinstance(config, Mapping) else config
        layer = layers[0] if isinstance(layers, list) and layers else None
    return None


def _input_layer(name: str, shape: Sequence[Any]) -> dict[str, Any]:
    sides = list(shape)[1:]
    if not sides or not all(side is None or (type(side) is int and side > 0) for side in sides):
        raise ModelError(f"The layer {name[:_SHOWN]} does not say what it takes.")
    return _object("InputLayer", {"name": name, "batch_shape": [None, *sides]})


def _ends(inside: Mapping[str, Any], key: str) -> list[Any]:
    """The inputs or outputs of a network, each [name, call, place]."""
    ends = inside.get(key)
    if isinstance(ends, list) and ends and isinstance(ends[0], str):
        ends = [ends]
    if not isinstance(ends, list) or not all(
        isinstance(end, list) and len(end) == 3 for end in ends
    ):
        raise ModelError(f"Its config is damaged: {key} is not as expected.")
    plain = [[str(name), call, place] for name, call, place in ends]
    return plain[0] if len(plain) == 1 else plain  # else Keras 3 hands on a list of one
