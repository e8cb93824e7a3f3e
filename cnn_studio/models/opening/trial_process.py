"""What runs in the trial's process: one file after the other is opened and run, within limits."""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import signal
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cnn_studio.errors import NOT_UNDERSTOOD, ModelError, StudioError
from cnn_studio.models.bundle import Bundle
from cnn_studio.models.description import read_export_description
from cnn_studio.models.fields import Fields
from cnn_studio.models.image_layout import USUAL_SIZE, SizeError
from cnn_studio.models.model_files import read_model
from cnn_studio.models.opening.labels import (
    INSIDE,
    MAX_LABEL_BYTES,
    Labels,
    labels_of,
    may_have_labels,
    names_among,
)
from cnn_studio.models.opening.network_content import refusal_of_content
from cnn_studio.models.opening.pixel_signs import PixelSign, size_among
from cnn_studio.models.output_kinds import OutputKind, kind_of_outputs, sum_tolerance
from cnn_studio.models.pixel_values import OUR_RANGE, PixelRange
from cnn_studio.models.quiet import silenced_stderr
from cnn_studio.untrusted_files import open_regular
from cnn_studio.untrusted_zips import DAMAGE, open_zip, read_entry
from cnn_studio.vision.images import ImageArray

if TYPE_CHECKING:
    from cnn_studio.models.lite import LiteModel
    from cnn_studio.models.onnx import OnnxModel

_ROOM_BYTES = 800 << 20
"""Of memory for the file, besides what the libraries take: with LiteRT's, 1 GB in all."""

_MOST_WRITTEN_BYTES = 512 << 20
_CPU_S = 30
_KERAS_CPU_S = 240
_LONGEST_SENTENCE = 300
_SEED = 7
_MOST_ENTRIES = 50
_OTHER_SIZES = (256, 299, 192, 160, 128, 112, 96, 64, 48, 32, 28, 240, 288, 320, 384, 512)
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
    from cnn_studio.models.opening.lite_signs import LiteSigns

    path = Path(request["path"])
    with _limits(_CPU_S):
        content = read_model(path)
        try:
            check_graph(content)
            signs = LiteSigns(content)
            seen = _Seen(signs.pixels(), signs.ends_in(), labels=_lite_labels(path))
        except StudioError:
            raise
        except Exception as error:
            raise ModelError(f"{path} {refusal_of_content(content, '.tflite')}") from error
        return _answered(request, seen, partial(LiteModel, path))


def _try_onnx(request: dict[str, Any]) -> dict[str, Any]:
    from cnn_studio.models.onnx import OnnxModel, load_runtime
    from cnn_studio.models.opening.onnx_signs import OnnxSigns

    load_runtime()
    path = Path(request["path"])
    with _limits(_CPU_S):
        seen = _Seen()
        try:
            signs = OnnxSigns(read_model(path))
            _refuse_other_tasks(signs.properties)
            _refuse_other_files(signs.other_file)
            names = names_among(signs.properties)
            labels = [Labels(INSIDE, names)] if names else []
            size = size_among(signs.properties)
            seen = _Seen(signs.pixels(), signs.ends_in(), size, labels)
        except (*NOT_UNDERSTOOD, struct.error):
            _log.debug(
                "A look into %s has failed", path.name, exc_info=True
            )  # the runtime says why
        return _answered(request, seen, partial(OnnxModel, path))


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
    return {} if said is None else {"pixels": said.to_dict()}


_TRIALS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    ".tflite": _try_lite,
    ".onnx": _try_onnx,
    ".keras": _convert_keras,
    ".h5": _convert_h5,
}


@dataclass(frozen=True)
class _Seen:
    """What a look into a file has shown before it was run.

    Attributes:
        pixels: What tells its pixels.
        ends_in: Its last operator where that is a softmax or sigmoid.
        size: For which size it was made.
        labels: Class names in it.
    """

    pixels: PixelSign | None = None
    ends_in: str = ""
    size: int | None = None
    labels: Sequence[Labels] = ()


def _refuse_other_tasks(properties: Mapping[str, str]) -> None:
    task = properties.get("task", "classify")
    if task in ("detect", "segment", "pose", "obb"):
        raise ModelError(f"It does not tell classes apart: its task is {task!r}.")


def _refuse_other_files(name: str) -> None:
    if name:
        raise ModelError(
            f"Its weights are in another file, {name[:80]}. Export it into one file, with "
            "external_data=False in PyTorch."
        )


def _lite_labels(path: Path) -> list[Labels]:
    """Class names in the zip behind a LiteRT file, where TFLite Metadata has them."""
    try:
        with open_regular(path) as stream, open_zip(stream, path.name) as archive:
            entries = [e for e in archive.infolist()[:_MOST_ENTRIES] if may_have_labels(e.filename)]
            texts = [
                (entry.filename, read_entry(archive, entry, MAX_LABEL_BYTES))
                for entry in entries
                if entry.file_size <= MAX_LABEL_BYTES
            ]
    except (StudioError, *DAMAGE):
        return []
    return [Labels(INSIDE, labels.names) for labels in labels_of(texts)]


def _description(path: Path) -> Bundle | None:
    try:
        return read_export_description(path)
    except ModelError:  # most models have none
        return None


def _answered(
    request: dict[str, Any], seen: _Seen, open_model: Callable[..., LiteModel | OnnxModel]
) -> dict[str, Any]:
    """Run a network, and say what it takes and gives, or what it gives for the images asked for."""
    asked = Fields(request, "The request")
    if asked.has("image"):
        return _answers(asked, open_model)
    described = _description(Path(request["path"]))
    known = described or (Bundle.from_dict(request["known"]) if asked.has("known") else None)
    if known is not None:
        model = open_model(
            pixel_range=known.pixel_range, outputs=known.outputs, size=known.input.size
        )
        _check_probabilities([model.run(image).probabilities for image in _images(model)])
        return _told(model, seen, known.outputs, described)
    wanted = asked.whole("size") if asked.has("size") else seen.size
    model, size = _opened_at(open_model, wanted)
    given = [model.given(image) for image in _images(model)]
    return _told(model, seen, kind_of_outputs(given, seen.ends_in), None, size)


def _opened_at(
    open_model: Callable[..., LiteModel | OnnxModel], wanted: int | None
) -> tuple[LiteModel | OnnxModel, int]:
    """A network open for the size wanted, else for the usual one, else for one that it takes."""
    refusal: SizeError | None = None
    for size in (wanted,) if wanted else (USUAL_SIZE, *_OTHER_SIZES):
        try:
            return open_model(size=size), size
        except SizeError as error:
            refusal = refusal or error
    raise refusal or ModelError("It takes images of no usual size.")


def _images(model: LiteModel | OnnxModel) -> list[ImageArray]:
    """A black, a white and a noisy image."""
    noise = np.random.default_rng(_SEED).integers(0, 256, model.input_shape, np.uint8)
    return [np.zeros_like(noise), np.full_like(noise, 255), noise]


def _answers(asked: Fields, open_model: Callable[..., LiteModel | OnnxModel]) -> dict[str, Any]:
    """What a network says of one image under each of several ranges of pixels."""
    size, outputs = asked.whole("size"), OutputKind(asked.text("outputs"))
    pixels = base64.b64decode(asked.text("image"))
    found: list[list[float]] = []
    for value in asked.items("ranges"):
        pixel_range = PixelRange.from_value(value, "The request")
        model = open_model(pixel_range=pixel_range, outputs=outputs, size=size)
        image = np.frombuffer(pixels, np.uint8).reshape(model.input_shape)
        found.append([float(share) for share in model.probabilities(image)])
    return {"answers": found}


def _told(
    model: LiteModel | OnnxModel,
    seen: _Seen,
    outputs: OutputKind,
    described: Bundle | None,
    size: int | None = None,
) -> dict[str, Any]:
    kind = model.input_kind
    labels = list(seen.labels)
    names = getattr(model, "class_names", ())
    if names:
        labels.insert(0, Labels(INSIDE, names))
    is_raw = not kind.is_real and not kind.scale
    pixels = PixelSign(OUR_RANGE, "it takes whole numbers as they are") if is_raw else seen.pixels
    return {
        "shape": list(model.input_shape),
        "classes": model.num_classes if not outputs.is_single else 2,
        "dtype": kind.dtype.name,
        "scale": kind.scale,
        "zero_point": kind.zero_point,
        "described": None if described is None else described.to_dict(),
        "outputs": str(outputs),
        "pixels": None if pixels is None else pixels.to_dict(),
        "is_free": model.is_free,
        "is_usual_size": seen.size is None and size == USUAL_SIZE,
        "labels": [{"source": one.source, "names": list(one.names)} for one in labels],
    }


def _check_probabilities(given: Sequence[np.ndarray[Any, Any]]) -> None:
    for said in given:
        tolerance = sum_tolerance(said)
        is_share = np.isfinite(said).all() and -tolerance <= said.min() <= said.max()
        if not is_share or abs(float(said.sum()) - 1) > tolerance:
            raise ModelError(
                "It does not give a probability for each class, as its description says."
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
