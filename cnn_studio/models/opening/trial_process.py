"""What runs in the trial's process: one file after the other is opened and run, within limits."""

from __future__ import annotations

import contextlib
import json
import logging
import signal
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cnn_studio.errors import ModelError, StudioError
from cnn_studio.models.description import read_export_description
from cnn_studio.models.opening.network_content import refusal_of_content
from cnn_studio.models.pixel_values import OUR_RANGE
from cnn_studio.models.quiet import silenced_stderr
from cnn_studio.vision.preparation import MAX_SIZE, MIN_SIZE

if TYPE_CHECKING:
    from cnn_studio.models.bundle import Bundle
    from cnn_studio.models.lite import LiteModel
    from cnn_studio.models.onnx import OnnxModel

_ROOM_BYTES = 800 << 20
"""Of memory for the file, besides what the libraries take: with LiteRT's, 1 GB in all."""

_MOST_WRITTEN_BYTES = 512 << 20
_CPU_S = 30
_KERAS_CPU_S = 240
_LONGEST_SENTENCE = 300
_SUM_TOLERANCE = 0.05
_SEED = 7
_log = logging.getLogger(__name__)


def serve(connection: Connection) -> None:
    """Try what the parent asks for until it is gone.

    Args:
        connection: Requests come in and answers go out, each a JSON object; first an empty one.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent
    try:
        connection.send_bytes(b"{}")
        while True:
            request = json.loads(connection.recv_bytes())
            connection.send_bytes(json.dumps(_answer(request)).encode("utf-8"))
    except (EOFError, OSError):
        return


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    """This is the process's outermost edge: a file can make any error."""
    try:
        with silenced_stderr():
            return _TRIALS[request["form"]](request)
    except StudioError as error:
        path = Path(request["path"])
        return {"refused": str(error).replace(str(path), path.name)[:_LONGEST_SENTENCE]}
    except MemoryError:
        return {"refused": "The model needs more memory than one of its kind should."}
    except Exception as error:  # noqa: BLE001
        _log.debug("A model could not be opened", exc_info=True)
        return {"refused": f"The model is damaged ({type(error).__name__})."}


def _try_lite(request: dict[str, Any]) -> dict[str, Any]:
    from ai_edge_litert import interpreter  # noqa: F401 - in memory before the limit is set

    from cnn_studio.models.lite import LiteModel
    from cnn_studio.models.opening.lite_graph import check_graph

    path = Path(request["path"])
    with _limits(_CPU_S):
        content = path.read_bytes()
        try:
            check_graph(content)
        except StudioError:
            raise
        except Exception as error:
            raise ModelError(f"{path} {refusal_of_content(content, '.tflite')}") from error
        described = _description(path)
        return _told(LiteModel(path, pixel_range=_pixel_range(request, described)), described)


def _try_onnx(request: dict[str, Any]) -> dict[str, Any]:
    from cnn_studio.models.onnx import OnnxModel, load_runtime

    load_runtime()
    path = Path(request["path"])
    with _limits(_CPU_S):
        described = _description(path)
        return _told(OnnxModel(path, pixel_range=_pixel_range(request, described)), described)


def _convert_keras(request: dict[str, Any]) -> dict[str, Any]:
    from cnn_studio.models.opening.keras_loading import convert_keras
    from cnn_studio.models.tensorflow import tf

    tf.constant(0)  # its threads and memory are there before the limit is set
    with _limits(_KERAS_CPU_S):
        convert_keras(Path(request["path"]), Path(request["target"]))
    return {}


def _convert_h5(request: dict[str, Any]) -> dict[str, Any]:
    from cnn_studio.models.opening.keras_h5 import KerasH5
    from cnn_studio.models.opening.keras_h5_loading import convert_network, read_network
    from cnn_studio.models.tensorflow import tf

    tf.constant(0)
    beside = request["architecture"]
    with contextlib.ExitStack() as stack:
        with _limits(_CPU_S):  # a damaged file can have HDF5 go in circles
            stored = stack.enter_context(KerasH5(Path(request["path"])))
            found = read_network(stored, Path(beside) if beside else None)
        with _limits(_KERAS_CPU_S):
            said = convert_network(found, Path(request["target"]))
    return {} if said is None else {"pixel_range": list(said)}


_TRIALS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    ".tflite": _try_lite,
    ".onnx": _try_onnx,
    ".keras": _convert_keras,
    ".h5": _convert_h5,
}


def _description(path: Path) -> Bundle | None:
    try:
        return read_export_description(path)
    except ModelError:  # most models have none
        return None


def _pixel_range(request: dict[str, Any], described: Bundle | None) -> tuple[float, float]:
    if described is not None:
        return described.pixel_range
    low, high = request["pixel_range"] or OUR_RANGE
    return float(low), float(high)


def _told(model: LiteModel | OnnxModel, described: Bundle | None) -> dict[str, Any]:
    """Run a network on a black, a white and a noisy image, and tell what it takes and gives."""
    height, width, channels = model.input_shape
    if height != width or not MIN_SIZE <= height <= MAX_SIZE or channels not in (1, 3):
        raise ModelError(
            f"It must take a square image of {MIN_SIZE} to {MAX_SIZE} pixels, in colour or grey. "
            f"Received: {height} x {width} x {channels}."
        )
    random = np.random.default_rng(_SEED)
    noise = random.integers(0, 256, model.input_shape, np.uint8)
    for image in (np.zeros_like(noise), np.full_like(noise, 255), noise):
        _check_probabilities(model.run(image).probabilities)
    kind = model.input_kind
    return {
        "shape": list(model.input_shape),
        "classes": model.num_classes,
        "dtype": kind.dtype.name,
        "scale": kind.scale,
        "zero_point": kind.zero_point,
        "described": None if described is None else described.to_dict(),
    }


def _check_probabilities(said: np.ndarray[Any, Any]) -> None:
    tolerance = _SUM_TOLERANCE + len(said) / 512  # each may be rounded to a 256th
    is_share = np.isfinite(said).all() and said.min() >= -tolerance and said.max() <= 1 + tolerance
    if not is_share or abs(float(said.sum()) - 1) > tolerance:
        raise ModelError(
            "It does not give a probability for each class. Let a softmax be its last layer."
        )


@contextlib.contextmanager
def _limits(cpu_s: int) -> Iterator[None]:
    """Bound memory, time and what is written, where the system knows such limits."""
    try:
        import resource
    except ImportError:  # Windows; there the parent's limit of time holds alone
        yield
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent_s = int(used.ru_utime + used.ru_stime)
    wanted = {
        resource.RLIMIT_CPU: spent_s + cpu_s,
        resource.RLIMIT_FSIZE: _MOST_WRITTEN_BYTES,
        resource.RLIMIT_CORE: 0,
    }
    address_space = _address_space()
    if address_space:
        wanted[resource.RLIMIT_AS] = address_space + _ROOM_BYTES
    before = {what: resource.getrlimit(what) for what in wanted}
    for what, limit in wanted.items():
        hard = before[what][1]
        is_within = hard == resource.RLIM_INFINITY or limit <= hard
        resource.setrlimit(what, (limit if is_within else hard, hard))
    try:
        yield
    finally:
        for what, limits in before.items():
            resource.setrlimit(what, limits)


def _address_space() -> int:
    """How many bytes this process has mapped; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return 0
    import resource

    return pages * resource.getpagesize()
