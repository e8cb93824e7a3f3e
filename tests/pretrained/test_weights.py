"""The weights of the pretrained network: what is read of its file, and what is refused."""

from __future__ import annotations

import io
import os
import pickle
import struct
import sys
from collections import OrderedDict
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_studio.errors import ModelError
from cnn_studio.pretrained import weights as weights_module
from cnn_studio.pretrained.efficientnet_lite import BACKBONE_WEIGHTS, backbone_layers
from cnn_studio.pretrained.weights import PACKAGE, read_weights, tensors_in

MAGIC, VERSION = 0x1950A86A20F9469CFC6C, 1001
SIZES = {"protocol_version": 1001, "little_endian": True}
NUMBERS = np.arange(12, dtype="<f4")


class Torch:
    """A stand-in that is pickled as the global of another module."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name

    def __call__(self, *_about: object) -> None:
        """Nothing: only its name is pickled."""


class Storage:
    """A storage as PyTorch names it."""

    def __init__(self, *pid: object) -> None:
        self.pid = pid


class Tensor:
    """A tensor as PyTorch pickles it."""

    def __init__(self, storage: Storage, offset: Any, shape: Any, strides: Any) -> None:
        self.parts = (storage, offset, shape, strides, False, OrderedDict())

    def __reduce__(self) -> tuple[Any, ...]:
        return REBUILD, self.parts


class Ended:
    """Runs a program when it is unpickled by one that allows that."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("echo caught > caught",)


class Built:
    """An object of another class whose state is set after it was made."""

    def __init__(self, made: Any, parts: tuple[Any, ...], state: Any) -> None:
        self.reduced = made, parts, state

    def __reduce__(self) -> tuple[Any, ...]:
        return self.reduced


REBUILD = Torch("torch._utils", "_rebuild_tensor_v2")
FLOATS = Torch("torch", "FloatStorage")


class Writer(pickle._Pickler):
    """Writes such pickles: protocol 2, globals by name, storages by persistent ids."""

    def persistent_id(self, obj: Any) -> Any:
        return obj.pid if isinstance(obj, Storage) else None

    def save_stand_in(self, obj: Torch) -> None:
        self.write(pickle.GLOBAL + f"{obj.module}\n{obj.name}\n".encode())
        self.memoize(obj)

    dispatch = {**pickle._Pickler.dispatch, Torch: save_stand_in}  # noqa: RUF012


def pickled(value: object) -> bytes:
    stream = io.BytesIO()
    Writer(stream, 2).dump(value)
    return stream.getvalue()


def storage(key: Any = "0", kind: Any = FLOATS, view: Any = None) -> Storage:
    return Storage("storage", kind, key, "cpu", len(NUMBERS), view)


def tensor(shape: Any, strides: Any, offset: Any = 0) -> Tensor:
    return Tensor(storage(), offset, shape, strides)


def file_of(
    described: object, keys: object = ("0",), numbers: bytes = NUMBERS.tobytes(), **parts: object
) -> bytes:
    """A file in PyTorch's old format; `parts` puts others in place of the first three pickles."""
    first = {"magic": MAGIC, "version": VERSION, "sizes": SIZES, **parts}
    keys = list(keys) if isinstance(keys, tuple) else keys
    pickles = b"".join(pickled(value) for value in (*first.values(), described, keys))
    return pickles + struct.pack("<Q", len(NUMBERS)) + numbers


def state(**tensors: object) -> OrderedDict[str, object]:
    return OrderedDict(tensors)


PLAIN = tensor((3, 4), (4, 1))


def test_tensors_come_by_name_and_in_order_with_their_strides() -> None:
    read = tensors_in(
        file_of(
            state(
                straight=PLAIN,
                turned=tensor((4, 3), (1, 4)),
                within=tensor((2, 2), (4, 1), 5),
                number=tensor((), (), 7),
            )
        )
    )
    assert list(read) == ["straight", "turned", "within", "number"]
    square = NUMBERS.reshape(3, 4)
    assert np.array_equal(read["straight"], square)
    assert np.array_equal(read["turned"], square.T)
    assert np.array_equal(read["within"], square[1:, 1:3])
    assert (read["number"].shape, read["number"].item()) == ((), 7)
    assert all(values.flags.owndata and values.dtype == np.float32 for values in read.values())


@pytest.mark.parametrize("place", ["magic", "version", "sizes", "described", "keys"])
@pytest.mark.parametrize(
    "evil",
    [
        Ended(),
        {"a": Ended()},
        Built(Torch("builtins", "eval"), ("open('caught', 'w')",), None),
        Built(Torch("torch.hub", "load"), ("a", "b"), None),
        Torch("collections", "deque"),
        Torch("torch", "HalfStorage"),
        Torch("os", "getcwd"),
    ],
    ids=["system", "system within", "eval", "torch.hub", "deque", "half", "getcwd"],
)
def test_no_pickle_of_the_file_can_run_anything(
    place: str, evil: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    parts: dict[str, Any] = {"described": state(a=PLAIN), place: evil}
    with pytest.raises(ModelError, match="damaged, or holds something else"):
        tensors_in(file_of(**parts))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "pid",
    [
        ("storage", FLOATS, "0", "cpu", 12),
        ("storage", FLOATS, "0", "cpu", 12, None, None),
        ("module", FLOATS, "0", "cpu", 12, None),
        ("storage", "FloatStorage", "0", "cpu", 12, None),
        ("storage", OrderedDict(), "0", "cpu", 12, None),
        ("storage", [], "0", "cpu", 12, None),
        ("storage", FLOATS, 0, "cpu", 12, None),
        ("storage", FLOATS, ["0"], "cpu", 12, None),
        ("storage", FLOATS, "0", "cpu", 12, ("view", 0, 12)),
        (),
        "storage",
        12,
        None,
    ],
)
def test_a_storage_that_is_named_in_another_way_is_refused(pid: Any) -> None:
    named = Storage(*pid) if isinstance(pid, tuple) else Storage()
    named.pid = pid
    odd = Tensor(named, 0, (3, 4), (4, 1))
    with pytest.raises(ModelError):
        tensors_in(file_of(state(a=odd)))


@pytest.mark.parametrize(
    ("shape", "strides", "offset"),
    [
        ((13,), (1,), 0),
        ((12,), (1,), 1),
        ((3, 4), (5, 1), 0),
        ((1,), (1,), 12),
        ((1,), (1,), -1),
        ((3, 4), (-4, 1), 8),
        ((-3, -4), (4, 1), 0),
        ((3, 4), (4,), 0),
        ((3, 4), (4, 1, 1), 0),
        ((10**9,), (0,), 0),
        ((10**5, 10**5), (0, 0), 0),
        ((2**63,), (0,), 0),
        ((1,), (2**70,), 0),
        ((0,), (1,), 0),
        ((0, 2**62), (1, 1), 0),
        ((1,) * 70, (1,) * 70, 0),
        ((1,), (1,), 2**70),
        ((3.0, 4), (4, 1), 0),
        ((True,), (1,), 0),
        ((3, 4), (4, 1), 0.0),
        ((3, 4), (4, 1), None),
        ("34", "41", 0),
        (None, None, 0),
        (3, 1, 0),
    ],
)
def test_a_tensor_that_lies_beyond_its_storage_is_refused(
    shape: Any, strides: Any, offset: Any
) -> None:
    with pytest.raises(ModelError, match="damaged, or holds something else"):
        tensors_in(file_of(state(a=PLAIN, b=tensor(shape, strides, offset))))


def _set(target: str, value: object) -> Built:
    """A tensor of which an attribute is set from within the pickle."""
    return Built(REBUILD, PLAIN.parts, (None, {target: value}))


@pytest.mark.parametrize(
    "described",
    [
        [],
        None,
        5,
        PLAIN,
        state(a=5),
        state(a=OrderedDict()),
        state(a=PLAIN, b=None),
        {1: PLAIN},
        {("a",): PLAIN},
        state(a=Built(REBUILD, PLAIN.parts, {"values": 1})),
        state(a=_set("values", FLOATS)),
        state(a=_set("_shape", (10**9,))),
        state(a=_set("key", "9")),
        state(a=_set("kind", "object")),
        state(a=_set("__class__", OrderedDict)),
        state(a=Built(REBUILD, (), None)),
        state(a=Built(REBUILD, ("0", 0, (1,), (1,)), None)),
        Built(OrderedDict, (), {"items": FLOATS, "values": FLOATS, "keys": FLOATS}).reduced,
    ],
)
def test_what_is_no_tensor_is_refused(described: object) -> None:
    with pytest.raises(ModelError, match="damaged, or holds something else"):
        tensors_in(file_of(described))


@pytest.mark.parametrize("stand_in", [REBUILD, FLOATS, OrderedDict])
def test_a_pickle_changes_nothing_of_what_reads_it(stand_in: object) -> None:
    """BUILD sets attributes of whatever it is given: of a class too, if that can be had."""
    changing = (
        pickle.PROTO + b"\x02" + pickled(stand_in)[2:-1] + pickle.NONE + pickled({"kind": 1})[2:-1]
        + pickle.TUPLE2 + pickle.BUILD + pickle.STOP
    )  # fmt: skip
    before = file_of(state(a=PLAIN))
    whole = before.replace(pickled(["0"]), changing)
    assert whole != before
    with pytest.raises(ModelError):
        tensors_in(whole)
    assert np.array_equal(tensors_in(before)["a"], NUMBERS.reshape(3, 4))


@pytest.mark.parametrize(
    "code",
    [
        b"\x80\x02Nr\xff\xff\xff\x7f.",  # room for two thousand million objects
        b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.",  # bytes without end
        b"\x80\x05\x96\x00\x00\x00\x00\x10\x00\x00\x00.",  # 64 GB of them
        b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7fN.",  # a frame
        b"\x80\x02\x8b\xff\xff\xff\x7f.",  # a number of as many digits
        b"I" + b"9" * 10_000 + b"\n.",
        b"\x80\x02\x82\x01.",  # something that was registered
        b"\x80\x04\x8c\x02os\x8c\x06system\x93.",  # a global without its opcode
        b"cos\nsystem\n(S'true'\ntR.",
        b"(ios\nsystem\n.",
        b"\x80\x02" + b"(" * 200_000 + b".",
        b"",
        b".",
        b"\x80\x02.",
        b"\x80\x02t.",
        b"\x80\xff.",
        b"\xff\xff",
        b"\x80\x02X\x04\x00\x00\x00\xff\xfe\xfd\xfc.",
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", range(5))
def test_pickles_of_other_kinds_are_refused_before_they_take_memory(
    code: bytes, place: int
) -> None:
    pickles = [pickled(value) for value in (MAGIC, VERSION, SIZES, state(a=PLAIN), ["0"])]
    pickles[place] = code
    with pytest.raises(ModelError, match="damaged, or holds something else"):
        tensors_in(b"".join(pickles) + struct.pack("<Q", len(NUMBERS)) + NUMBERS.tobytes())


def test_objects_within_objects_end_in_an_error() -> None:
    code = b"\x80\x02" + b")" + b"\x85" * 50_000 + b"Q."  # as the name of a storage
    whole = pickled(MAGIC) + pickled(VERSION) + pickled(SIZES) + code
    with pytest.raises(ModelError):
        tensors_in(whole)


def test_a_file_that_is_cut_anywhere_is_refused() -> None:
    whole = file_of(state(a=PLAIN, b=tensor((4, 3), (1, 4))))
    tensors_in(whole)
    for length in range(len(whole)):
        with pytest.raises(ModelError):
            tensors_in(whole[:length])


# By a backslash in a global's name; pickletools reads it so.
@pytest.mark.filterwarnings("ignore:invalid escape sequence:DeprecationWarning")
def test_changed_bytes_end_in_tensors_or_in_a_model_error() -> None:
    whole, random = file_of(state(a=PLAIN, b=tensor((4, 3), (1, 4)))), np.random.default_rng(0)
    refused = 0
    for _ in range(3000):
        changed = np.frombuffer(whole, np.uint8).copy()
        places = random.integers(0, len(whole), random.integers(1, 4))
        changed[places] = random.integers(0, 256, len(places))
        try:
            read = tensors_in(changed.tobytes())
        except ModelError:
            refused += 1
        else:
            assert all(values.size <= len(NUMBERS) for values in read.values())
    assert 1000 < refused < 3000


@pytest.mark.parametrize(
    "changed",
    [
        lambda whole: whole + b"\0",
        lambda whole: whole + whole,
        lambda whole: whole.replace(struct.pack("<Q", 12), struct.pack("<Q", 11)),
        lambda whole: whole.replace(struct.pack("<Q", 12), struct.pack("<Q", 13)),
        lambda whole: whole.replace(struct.pack("<Q", 12), b"\xff" * 8),
        lambda whole: b"PK" + whole,
    ],
)
def test_storages_fill_the_file_to_its_end(changed: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ModelError, match="damaged, or holds something else"):
        tensors_in(changed(file_of(state(a=PLAIN))))


@pytest.mark.parametrize("keys", [(), ("1",), ("0", "0"), ("0", "1"), (0,), ("0", None), 5, "0"])
def test_the_storages_are_those_of_the_tensors(keys: object) -> None:
    with pytest.raises(ModelError):
        tensors_in(file_of(state(a=PLAIN), keys))


@pytest.mark.parametrize(
    "parts", [{"magic": MAGIC + 1}, {"version": 1000}, {"magic": "x"}, {"version": None}]
)
def test_another_beginning_is_refused(parts: dict[str, object]) -> None:
    with pytest.raises(ModelError, match="another beginning"):
        tensors_in(file_of(state(a=PLAIN), **parts))


def test_the_backbone_has_as_many_weights_as_it_says() -> None:
    learned = {
        name: values
        for name, values in read_weights().items()
        if name.endswith((".weight", ".bias")) and not name.startswith("_fc.")
    }
    assert sum(values.size for values in learned.values()) == BACKBONE_WEIGHTS
    assert sum("conv" in name for name in learned) == len(backbone_layers(3)) == 49


def test_the_tensors_stand_in_the_order_of_the_layers() -> None:
    names = [name.removesuffix(".weight") for name in read_weights() if ".weight" in name]
    assert names[:4] == ["_conv_stem", "_bn0", "_blocks.0._depthwise_conv", "_blocks.0._bn1"]
    assert names[-3:] == ["_conv_head", "_bn1", "_fc"]
    blocks = [int(name.split(".")[1]) for name in names if name.startswith("_blocks")]
    assert blocks == sorted(blocks)
    assert blocks[-1] == 15


def _beside(tmp_path: Path, content: bytes | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put another package before the real one."""
    folder = tmp_path / PACKAGE / "models"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text("raise RuntimeError('imported')")
    if content is not None:
        (folder / weights_module._FILE.name).write_bytes(content)
    monkeypatch.syspath_prepend(tmp_path)


def test_a_file_of_other_content_is_not_even_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = find_spec(PACKAGE)
    assert spec is not None
    real = (Path(str(spec.origin)).parent / weights_module._FILE).read_bytes()
    _beside(tmp_path, real[:-1] + bytes([real[-1] ^ 1]), monkeypatch)
    with pytest.raises(ModelError, match=r"not the file of.*SHA-256 must be 5793.*, not "):
        read_weights()


def test_a_package_without_its_file_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _beside(tmp_path, None, monkeypatch)
    with pytest.raises(
        ModelError, match=r"cannot be read \(No such file.*Install CNN Studio again"
    ):
        read_weights()


def test_a_package_that_is_missing_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(ModelError, match=r"weights are not installed\. Install CNN Studio again"):
        read_weights()
