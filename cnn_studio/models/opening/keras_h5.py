"""An HDF5 file in which Keras 1 to 3 keep a network: its config and its weights.

Read in the trial's process alone, because HDF5 is native code and the file is another's. Nothing
is followed out of the file, and nothing is read before it is known how large it is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError
from cnn_studio.models.opening.keras_config import MAX_CONFIG_BYTES, MAX_LAYERS
from cnn_studio.untrusted_files import json_in

MAX_WEIGHTS_BYTES = 512 << 20
"""Of all weights together, as they are declared."""

_MAX_LEVELS = 12
_MAX_NAMES_BYTES = 4 << 20
_MAX_NAMES = 20_000
_SHOWN = 80
_GZIP, _SHUFFLE, _FLETCHER, _LZF = 1, 2, 3, 32_000
_READ_FILTERS = frozenset({_GZIP, _SHUFFLE, _FLETCHER, _LZF})
_MAX_CHUNK_BYTES = 64 << 20
_CONFIG, _VERSION, _BACKEND = "model_config", "keras_version", "backend"
_WEIGHTS = "model_weights"
_NEW_WEIGHTS = frozenset({"layers", "_layer_checkpoint_dependencies", "vars"})


@dataclass(frozen=True, eq=False)
class Stored:
    """A weight in the file.

    Attributes:
        name: As the file calls it, "Conv1/kernel:0".
        dataset: Where it is read; its size has been looked at.
    """

    name: str
    dataset: Any

    def read(self) -> NDArray[np.float32]:
        """Its numbers."""
        return np.asarray(self.dataset[()], np.float32)


class KerasH5:
    """An HDF5 file of Keras, open; a context manager.

    Args:
        path: The file.

    Raises:
        ModelError: It is damaged.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = h5py.File(path, "r", locking=False)
        except OSError as error:
            raise ModelError("It is damaged, or not whole.") from error
        self._declared_bytes = 0

    def __enter__(self) -> KerasH5:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    @property
    def version(self) -> str:
        """Of the Keras that wrote it, "2.4.0"; "" if it does not say."""
        return _text(self._file, _VERSION) or _text(self._weights(), _VERSION)

    def config(self) -> dict[str, Any] | None:
        """The network's config; None in a file of weights alone.

        Raises:
            ModelError: It is damaged, too large, or the network is of a kind that is not opened.
        """
        text = _text(self._file, _CONFIG)
        return read_config(text) if text else None

    def layers(self) -> list[str]:
        """The names of the layers in the order in which they were written.

        Raises:
            ModelError: There are no weights in it, or in another way than Keras's old one.
        """
        group = self._weights()
        backend = _text(self._file, _BACKEND) or _text(group, _BACKEND)
        if backend == "theano":
            raise ModelError(
                "It was written with Theano, which turned convolutions the other way round. Ask "
                "its maker for it as .tflite or .onnx."
            )
        if "layer_names" not in group.attrs and "layer_names0" not in group.attrs:
            if _NEW_WEIGHTS & set(map(str, _first_names(group))):
                raise ModelError(
                    "It holds weights as Keras 3 writes them, without their network. Save the "
                    "whole network as .keras."
                )
            raise ModelError("It is an HDF5 file, but holds no network of Keras.")
        return _names(group, "layer_names", MAX_LAYERS)

    def weights_of(self, layer: str) -> list[Stored]:
        """The weights of a layer, in the order in which they were written.

        Raises:
            ModelError: They are missing, or lie where they must not.
        """
        group = _inside(self._weights(), layer)
        if not isinstance(group, h5py.Group):
            raise ModelError(f"It is damaged: the layer {layer[:_SHOWN]} has no weights.")
        found = []
        for name in _names(group, "weight_names", _MAX_NAMES):
            dataset = _inside(group, name)
            self._check(dataset, name)
            found.append(Stored(name, dataset))
        return found

    def _weights(self) -> Any:
        if _WEIGHTS in _first_names(self._file):
            group = _inside(self._file, _WEIGHTS)
            if isinstance(group, h5py.Group):
                return group
        return self._file

    def _check(self, dataset: object, name: str) -> None:
        """See to it that a weight lies in the file, as numbers, and is of a size that can be."""
        shown = name[:_SHOWN]
        if not isinstance(dataset, h5py.Dataset) or dataset.shape is None:
            raise ModelError(f"It is damaged: the weight {shown} is missing.")
        if dataset.external or dataset.is_virtual:
            raise ModelError(f"The numbers of {shown} lie in another file, which is not opened.")
        if dataset.dtype.kind not in "fiu" or dataset.dtype.itemsize > 8:
            raise ModelError(f"The weight {shown} must be numbers, not {dataset.dtype}.")
        self._declared_bytes += math.prod(dataset.shape) * max(4, dataset.dtype.itemsize)
        if self._declared_bytes > MAX_WEIGHTS_BYTES:
            limit = MAX_WEIGHTS_BYTES >> 20
            raise ModelError(f"Its weights may have up to {limit} MB. With {shown} they have more.")
        made = dataset.id.get_create_plist()
        packed = {made.get_filter(place)[0] for place in range(made.get_nfilters())}
        chunk_bytes = math.prod(dataset.chunks or ()) * dataset.dtype.itemsize
        if not packed <= _READ_FILTERS or chunk_bytes > _MAX_CHUNK_BYTES:
            raise ModelError(f"The weight {shown} is packed in a way that is not read.")


def read_config(text: str | bytes) -> dict[str, Any]:
    """A network's config from its JSON.

    Raises:
        ModelError: It is damaged or too large.
    """
    if len(text) > MAX_CONFIG_BYTES:
        raise ModelError(f"Its config has more than {MAX_CONFIG_BYTES >> 20} MB.")
    values = json_in(text, "Its config", ModelError)
    if not isinstance(values, Mapping):
        raise ModelError("It is damaged: its config is not an object.")
    return dict(values)


def _inside(group: Any, path: str) -> Any:
    """What lies at a path within a group, by links of the file itself alone; None if nothing."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not parts or len(parts) > _MAX_LEVELS:
        raise ModelError("Its weights are nested too deeply.")
    place = group
    for part in parts:
        if not isinstance(place, h5py.Group):
            return None
        link = place.get(part, getlink=True)
        if link is None:
            return None
        if not isinstance(link, h5py.HardLink):
            raise ModelError(f"{path[:_SHOWN]} is a link in it, which is not followed.")
        place = place.get(part)
    return place


def _first_names(group: Any) -> Sequence[str]:
    """The names in a group, as far as a network can have so many."""
    return [name for _place, name in zip(range(MAX_LAYERS), group, strict=False)]


def _text(group: Any, name: str) -> str:
    """An attribute that is one text; "" where there is none."""
    if name not in group.attrs:
        return ""
    _check_attribute(group, name, most=1)
    value = group.attrs[name]
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.reshape(())[()]
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ModelError(f"It is damaged: {name} is no text.") from error
    return value if isinstance(value, str) else ""


def _names(group: Any, name: str, most: int) -> list[str]:
    """The names in an attribute; Keras spreads long lists over several that are numbered."""
    keys = [name]
    if name not in group.attrs:
        keys = []
        while len(keys) < most and f"{name}{len(keys)}" in group.attrs:
            keys.append(f"{name}{len(keys)}")
    found: list[str] = []
    for key in keys:
        _check_attribute(group, key, most)
        for value in np.asarray(group.attrs[key]).reshape(-1).tolist():
            if isinstance(value, bytes):
                value = value.decode("utf-8", "replace")
            if not isinstance(value, str):
                continue  # an empty list has numbers for a kind
            found.append(value)
    if len(found) > most:
        raise ModelError(f"It has too many names: {name}.")
    return found


def _check_attribute(group: Any, name: str, most: int) -> None:
    """Look at an attribute before it is read.

    Raises:
        ModelError: It is larger than a network of Keras has one.
    """
    attribute = group.attrs.get_id(name)
    count, kind = math.prod(attribute.shape), h5py.check_string_dtype(attribute.dtype)
    if not count:
        return
    is_fixed = kind is None or kind.length is not None
    # Texts of a free length lie elsewhere in the file; the memory for them is the process's limit.
    if count > most or (is_fixed and attribute.get_storage_size() > _MAX_NAMES_BYTES):
        raise ModelError(f"It is damaged, or not written by Keras: {name} is too long.")
