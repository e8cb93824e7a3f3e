"""What the file of a network is by its content, and why one that is not opened is not."""

from __future__ import annotations

import io
from pathlib import PurePosixPath

from cnn_studio.errors import StudioError
from cnn_studio.untrusted_zips import DAMAGE, open_zip
from cnn_studio.vision.file_kinds import other_kind, readable_suffix

FORMS = {".tflite": "lite", ".keras": "keras", ".onnx": "onnx", ".h5": "h5", ".hdf5": "h5"}
"""The forms of a network that are opened, by the ending of the file's name."""

H5_FORM = ".h5"
PICKLE_SUFFIXES = frozenset({".pt", ".pth", ".pkl", ".pickle", ".joblib", ".ckpt"})
OTHER_SUFFIXES = {
    ".caffemodel": "a Caffe model",
    ".engine": "a TensorRT engine",
    ".gguf": "a language model",
    ".mlmodel": "a Core ML model",
    ".ort": "a model for ONNX Runtime on telephones",
    ".pdmodel": "a PaddlePaddle model",
    ".safetensors": "a file of weights without its network",
    ".weights": "a Darknet model",
}
_CALLED = {
    ".tflite": "LiteRT model",
    ".keras": "Keras model",
    ".onnx": "ONNX model",
    ".h5": "HDF5 file of Keras",
}
_H5_START = b"\x89HDF\r\n\x1a\n"
_KERAS_CONFIG = "config.json"
_PICKLE_STARTS = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))
_CONTENTS = ((0, _H5_START, ".h5"), (0, b"GGUF", ".gguf"), (8, b'{"', ".safetensors"))


def refusal_of_suffix(suffix: str) -> str:
    """Why a model whose name ends so is not opened, to follow that name; empty for others."""
    if suffix in PICKLE_SUFFIXES:
        return (
            "is a pickle, which runs its maker's program as soon as it is opened. Ask for it "
            "as .tflite or .onnx."
        )
    if suffix in OTHER_SUFFIXES:
        what = OTHER_SUFFIXES[suffix]
        return f"is {what}, which is not opened. Ask for it as .tflite or .onnx."
    return ""


def form_of(name: str, content: bytes = b"") -> str:
    """The form of a network's file by its name; "" for others.

    Before version 2.12 Keras wrote HDF5 into a file called .keras as well.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".hdf5" or (suffix == ".keras" and content.startswith(_H5_START)):
        return H5_FORM
    return suffix if suffix in FORMS else ""


def is_of_form(content: bytes, form: str) -> bool:
    """Whether a file begins as a network of a form does; ONNX has no beginning of its own."""
    if form == ".tflite":
        return content[4:8] == b"TFL3"
    if form == ".keras":
        return content.startswith(b"PK")
    if form == H5_FORM:
        return content.startswith(_H5_START)
    return bool(content) and not _other_suffix(content) and not _other_thing(content)


def refusal_of_content(content: bytes, form: str) -> str:
    """Why a file cannot be opened as a network of the form of its name, to follow that name."""
    if not content:
        return "is empty."
    if is_of_form(content, form) or not content.strip(b"\0"):
        return "is damaged."
    suffix = _other_suffix(content)
    if suffix in FORMS:
        return f"is a {_CALLED[suffix]} under another name. Let its name end in {suffix}."
    if suffix:
        return refusal_of_suffix(suffix)
    thing = _other_thing(content)
    return f"is {thing} and no model." if thing else f"is no {_CALLED[form]}."


def _other_suffix(content: bytes) -> str:
    """How the name of a model should end, by its content; empty if it is none that is known."""
    if content[4:8] == b"TFL3":
        return ".tflite"
    if content.startswith(_PICKLE_STARTS):
        return ".pkl"
    if content.startswith(b"PK"):
        inside = _names_in_zip(content)
        if _KERAS_CONFIG in inside:
            return ".keras"
        return ".pt" if any(PurePosixPath(name).name == "data.pkl" for name in inside) else ""
    return next((s for offset, start, s in _CONTENTS if content.startswith(start, offset)), "")


def _other_thing(content: bytes) -> str:
    """What a file is that is no model, as in "a web page"; empty if it is not known."""
    return "an image" if readable_suffix(content) else other_kind(content)


def _names_in_zip(content: bytes) -> list[str]:
    try:
        with open_zip(io.BytesIO(content), "a model") as archive:
            return archive.namelist()
    except (StudioError, *DAMAGE):
        return []
