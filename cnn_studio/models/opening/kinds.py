"""What a file or folder is that may be a model, by its name and its first look."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path, PurePosixPath

from cnn_studio.errors import ModelError, StudioError
from cnn_studio.models.bundle import BUNDLE_FILE, KERAS_FILE, LITE_FILE, ONNX_FILE
from cnn_studio.models.opening.network_content import (
    FORMS,
    H5_FORM,
    OTHER_SUFFIXES,
    PICKLE_SUFFIXES,
    form_of,
    refusal_of_suffix,
)
from cnn_studio.untrusted_files import open_regular
from cnn_studio.untrusted_zips import DAMAGE, open_zip
from cnn_studio.vision.images import is_image_name

_GRAPHS = frozenset({".pb", ".pbtxt"})
_SAVED_MODEL = "saved_model.pb"
_FOR_BROWSERS = "model.json"  # with its weights in .bin files beside it
_EDGE_TPU = "_edgetpu.tflite"
MODEL_SUFFIXES = frozenset({*FORMS, *PICKLE_SUFFIXES, *_GRAPHS, *OTHER_SUFFIXES})


class Kind(StrEnum):
    """How a model lies on the disk."""

    FILE = "file"
    FOLDER = "folder"
    ZIP = "zip"


def is_model(path: Path) -> bool:
    """Whether a path is meant as a model, be it one that is refused, and not as images."""
    if path.is_dir():
        names = _names(path)
    elif path.suffix.lower() == ".zip":
        try:
            with open_regular(path) as stream, open_zip(stream, path.name) as archive:
                names = {PurePosixPath(name).name for name in archive.namelist()}
        except (StudioError, *DAMAGE):
            return False
    else:
        return path.suffix.lower() in MODEL_SUFFIXES
    has_images = any(is_image_name(Path(name)) for name in names)
    best = best_model(names)
    is_sure = best is not None and form_of(best) != H5_FORM  # which holds data of any kind
    return is_sure or (not has_images and (best is not None or bool(refusal_of_names(names))))


def kind_of(path: Path) -> Kind:
    """How a model lies on the disk.

    Raises:
        ModelError: It is of a kind that is not opened; the sentence says why and what to do.
    """
    if path.is_dir():
        refusal = refusal_of_names(_names(path))
        if refusal and best_model(_names(path)) is None:
            raise ModelError(f"{path.name} {refusal}")
        return Kind.FOLDER
    if not path.is_file():
        is_there = path.exists()
        what = "It is a device or a pipe and no file" if is_there else "The file is not there"
        raise ModelError(f"{what}: {path}.")
    suffix = path.suffix.lower()
    if path.name == _FOR_BROWSERS:
        refusal = refusal_of_names(_names(path.parent))
        if refusal:
            raise ModelError(f"{path.name} {refusal}")
    if suffix == ".tm":
        raise ModelError(
            f"{path.name} holds the images of a Teachable Machine project and no model. "
            "Bring them in on the Capture tab."
        )
    refusal = refusal_of_names({path.name})
    if refusal:
        raise ModelError(f"{path.name} {refusal}")
    if suffix in FORMS:
        return Kind.FILE
    if suffix == ".zip":
        return Kind.ZIP
    raise ModelError(
        f"{path.name} is no model that the studio knows. It opens .tflite, .keras, .h5 and "
        ".onnx files, and zips with such a file."
    )


def refusal_of_names(names: set[str]) -> str:
    """Why a model with files of these names is not opened, to follow its name; empty if it is."""
    suffixes = {Path(name).suffix.lower() for name in names}
    if suffixes & FORMS.keys() and not any(name.endswith(_EDGE_TPU) for name in names):
        return ""
    if suffixes & PICKLE_SUFFIXES:
        return refusal_of_suffix(".pkl")
    if _SAVED_MODEL in names or suffixes & _GRAPHS:
        return (
            "is a TensorFlow SavedModel, a program that could read and write files. In Teachable "
            "Machine choose Export Model, TensorFlow, Keras instead; elsewhere convert it to "
            "TensorFlow Lite where it was made, and open the .tflite file."
        )
    if _FOR_BROWSERS in names and ".bin" in suffixes:
        return (
            "is a model for web browsers (TensorFlow.js). In Teachable Machine choose Export "
            "Model, TensorFlow Lite, Floating point; or export it as .keras or .h5 where it was "
            "made."
        )
    if any(name.endswith(_EDGE_TPU) for name in names):
        return (
            "is made for a Coral chip. In Teachable Machine choose Export Model, TensorFlow Lite, "
            "Quantized."
        )
    return next(filter(None, map(refusal_of_suffix, sorted(suffixes))), "")


def best_model(names: set[str]) -> str | None:
    """Which of the files of one folder to open; None where there is no model among them.

    The studio's own names come first, then a float file of Teachable Machine before a quantised
    one, then the lightest form.
    """
    first = (LITE_FILE, "model_unquant.tflite", ONNX_FILE, KERAS_FILE)
    if "model_unquant.tflite" in names and BUNDLE_FILE not in names:
        return "model_unquant.tflite"
    others = sorted(
        (name for name in names if form_of(name)),
        key=lambda name: (list(FORMS).index(Path(name).suffix.lower()), name),
    )
    return next((name for name in (*first, *others) if name in names), None)


def _names(folder: Path) -> set[str]:
    """What lies in a folder, and in the SavedModel in it if Teachable Machine has put one there."""
    try:
        found = list(folder.iterdir())
    except OSError:
        return set()
    inner = (path / _SAVED_MODEL for path in found if path.suffix == ".savedmodel")
    return {path.name for path in (*found, *(each for each in inner if each.is_file()))}
