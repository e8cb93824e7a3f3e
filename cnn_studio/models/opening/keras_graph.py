"""What the layers of a Functional network take, in the ways that versions of Keras wrote it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnn_studio.errors import ModelError

_MAX_LEVELS = 8
_OPERATION = "TFOpLambda"
_CONSTANT = "_CONSTANT_VALUE"
_SUMS = {
    "math.truediv": "/",
    "math.divide": "/",
    "__operators__.truediv": "/",
    "TrueDivide": "/",
    "Divide": "/",
    "math.subtract": "-",
    "__operators__.sub": "-",
    "Subtract": "-",
    "math.add": "+",
    "__operators__.add": "+",
    "Add": "+",
    "math.multiply": "*",
    "__operators__.mul": "*",
    "Multiply": "*",
}
_LAYERS = {"+": "Add", "*": "Multiply", "-": "Subtract"}
_BESIDE = frozenset({"mask", "name", "training", "y"})
_DAMAGED = "Its config is damaged: what a layer takes is not as expected."


@dataclass(frozen=True)
class Node:
    """One call of a layer.

    Attributes:
        taken: What it takes: of each the layer's name, which call of it, and which output.
        number: A number beside it, of a sum such as x / 127.5; None where there is none.
        is_number_first: Whether it is as in 1 - x.
    """

    taken: tuple[tuple[str, int, int], ...]
    number: float | None = None
    is_number_first: bool = False

    def written(self) -> list[Any]:
        """As Keras 3 still reads it in the form of Keras 2."""
        return [[*taken, {}] for taken in self.taken]


def read_node(node: object) -> Node:
    """Read a call of a layer as Keras 1 to 3 write it.

    Raises:
        ModelError: It is of none of these forms.
    """
    if isinstance(node, Mapping):
        return _of_keras_3(node)
    if not isinstance(node, list) or not node:
        raise ModelError(_DAMAGED)
    entries = [node] if isinstance(node[0], str) else node
    taken: list[tuple[str, int, int]] = []
    numbers: list[float] = []
    is_number_first = False
    for entry in entries:
        if not isinstance(entry, list) or not 3 <= len(entry) <= 4:
            raise ModelError(_DAMAGED)
        if entry[0] == _CONSTANT:
            numbers.append(_number(entry[2]))
            is_number_first = not taken
        else:
            taken.append(_place(entry[:3]))
        beside = entry[3] if len(entry) == 4 else {}
        _check_beside(beside)
        other = beside.get("y")
        if isinstance(other, list):
            taken.append(_place(other))
        elif other is not None:
            numbers.append(_number(other))
    return _node(taken, numbers, is_number_first)


def has_sums(config: Mapping[str, Any], level: int = 0) -> bool:
    """Whether a network has such an operation among its layers."""
    inside = config.get("config")
    layers = inside.get("layers") if isinstance(inside, Mapping) else None
    if not isinstance(layers, list) or level > _MAX_LEVELS:
        return False
    own = [layer for layer in layers if isinstance(layer, Mapping)]
    return any(
        is_sum(str(layer.get("class_name")), layer) or has_sums(layer, level + 1) for layer in own
    )


def is_sum(kind: str, written: Mapping[str, Any]) -> bool:
    """Whether a layer is an operation such as x / 127.5 that Keras wrote down as one."""
    config = written.get("config")
    if not isinstance(config, Mapping):
        return False
    if kind == _OPERATION:
        return str(config.get("function")) in _SUMS
    # Keras 3 writes x + y as "Add" like the layer, which has more options than its name.
    return kind in _SUMS and config.keys() <= {"name"}


def scaling_of(
    kind: str, config: Mapping[str, Any], nodes: Sequence[Node], written: Mapping[str, Any]
) -> tuple[str, dict[str, Any]] | None:
    """The layer for a sum such as x / 127.5 - 1 or x + y, which Keras wrote as an operation.

    Returns:
        Its class and options; None where it is no such sum, or an ordinary layer.
    """
    sign = _SUMS.get(str(config.get("function")) if kind == _OPERATION else kind)
    is_one_form = len({_form(node) for node in nodes}) == 1
    if sign is None or not is_sum(kind, written) or not is_one_form:
        return None
    node = nodes[0]
    if node.number is None:
        return (_LAYERS[sign], {}) if len(node.taken) == 2 and sign in _LAYERS else None
    if len(node.taken) != 1 or (sign == "/" and (node.is_number_first or not node.number)):
        return None
    scale, offset = {
        "/": (1 / (node.number or 1), 0.0),
        "*": (node.number, 0.0),
        "+": (1.0, node.number),
        "-": (-1.0, node.number) if node.is_number_first else (1.0, -node.number),
    }[sign]
    return "Rescaling", {"scale": scale, "offset": offset}


def _form(node: Node) -> tuple[int, float | None, bool]:
    return len(node.taken), node.number, node.is_number_first


def _of_keras_3(node: Mapping[str, Any]) -> Node:
    args = node.get("args")
    if not isinstance(args, list):
        raise ModelError(_DAMAGED)
    _check_beside(node.get("kwargs") or {})
    taken: list[tuple[str, int, int]] = []
    numbers: list[float] = []
    is_number_first = False
    for value in _leaves(args):
        if isinstance(value, Mapping):
            config = value.get("config")
            history = config.get("keras_history") if isinstance(config, Mapping) else None
            if value.get("class_name") != "__keras_tensor__":
                raise ModelError(_DAMAGED)
            taken.append(_place(history))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            numbers.append(_number(value))
            is_number_first = not taken
    return _node(taken, numbers, is_number_first)


def _leaves(values: Sequence[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list):
            yield from value
        else:
            yield value


def _check_beside(values: object) -> None:
    """See to it that a layer is called with nothing that would change what it says."""
    if not isinstance(values, Mapping):
        raise ModelError(_DAMAGED)
    for key, value in values.items():
        if key not in _BESIDE and value is not None:
            raise ModelError(f"One of its layers is called in a way that is not known: {key[:40]}.")


def _node(
    taken: Sequence[tuple[str, int, int]], numbers: Sequence[float], is_number_first: bool
) -> Node:
    if not taken or len(numbers) > 1:
        raise ModelError(_DAMAGED)
    return Node(tuple(taken), numbers[0] if numbers else None, is_number_first)


def _place(entry: object) -> tuple[str, int, int]:
    if not isinstance(entry, list) or len(entry) != 3:
        raise ModelError(_DAMAGED)
    name, call, place = entry
    if not isinstance(name, str) or type(call) is not int or type(place) is not int:
        raise ModelError(_DAMAGED)
    return name, call, place


def _number(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError as error:  # a whole number of hundreds of digits
            raise ModelError(_DAMAGED) from error
    raise ModelError(_DAMAGED)
