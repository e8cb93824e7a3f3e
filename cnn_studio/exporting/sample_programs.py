"""The sample program beside each export, with what a stranger must know to run it."""

from __future__ import annotations

import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from textwrap import fill

from cnn_studio.exporting.formats import ExportFormat
from cnn_studio.models.bundle import Bundle
from cnn_studio.paths import resources
from cnn_studio.untrusted_text import shown

ANSWERS_FILE = "studio_answers.py"

_NEEDED = {
    "keras": ("keras", "tensorflow"),
    "savedmodel": ("tensorflow",),
    "tflite": ("ai-edge-litert",),
    "onnx": ("onnxruntime",),
}
_NEEDED_BY_ALL = ("numpy", "opencv-python-headless")
_KINDS = {
    ExportFormat.KERAS: "This is a Keras file, for going on with it in Python with Keras 3.",
    ExportFormat.SAVED_MODEL: (
        "This is a TensorFlow SavedModel, for servers and for other converters. Its signature is\n"
        "called serving_default; input and outputs have the names image, probabilities, features,\n"
        "activations."
    ),
    ExportFormat.TFLITE: (
        "This is a LiteRT (TensorFlow Lite) file with 32-bit numbers, for phones and the Raspberry "
        "Pi."
    ),
    ExportFormat.TFLITE_DYNAMIC: (
        "This is a LiteRT (TensorFlow Lite) file whose weights are rounded to 8 bits: a quarter of "
        "the\nsize, and almost the same answers."
    ),
    ExportFormat.TFLITE_INT8: (
        "This is a LiteRT (TensorFlow Lite) file that computes with whole numbers of 8 bits, "
        "calibrated on\nthe pictures that it learned from. Input and outputs are float32 all the "
        "same, so that it is used\nlike the larger files: the first operator rounds, and the last "
        "ones turn back."
    ),
    ExportFormat.ONNX: (
        "This is an ONNX file, for every runtime that reads ONNX (operator set 17). Input and "
        "outputs\nhave the names image, probabilities, features, activations."
    ),
}
_PLACES = {
    "keras": "the file is a zip.",
    "savedmodel": "assets.extra/studio.json.",
    "tflite": "open the file with a zip program.",
    "onnx": "the entry studio.json of metadata_props.",
}
_LINE_WIDTH = 100
_CAMERA = "    python camera_tflite.py\n"


def write_sample_programs(form: ExportFormat, bundle: Bundle, folder: Path) -> None:
    """Write a program that uses the model in `folder`, its README.txt and requirements.txt.

    Raises:
        OSError: The disk is full, or the folder cannot be written to.
    """
    samples = resources() / "samples"
    program = f"predict_{form.runtime}.py"
    text = (samples / program).read_text(encoding="utf-8")
    (folder / program).write_text(_filled(text, {"MODEL": form.file_name}), encoding="utf-8")
    shutil.copyfile(samples / ANSWERS_FILE, folder / ANSWERS_FILE)
    is_lite = form.runtime == "tflite"
    if is_lite:
        shutil.copyfile(samples / "camera_tflite.py", folder / "camera_tflite.py")
    title = shown(bundle.dataset_title or bundle.dataset)
    facts = {
        "TITLE": title,
        "UNDERLINE": "=" * len(f"{title}: a model made with CNN Studio"),
        "KIND": _KINDS[form],
        "NETWORK": fill(bundle.network.origin, _LINE_WIDTH),
        "CLASSES": "\n".join(f"    {n} {shown(name)}" for n, name in enumerate(bundle.classes)),
        "RUNTIME": form.runtime,
        "CAMERA": _CAMERA if is_lite else "",
        "MODEL": form.file_name,
        "SIZE": str(bundle.input.size),
        "COLOURS": "red, green, blue" if bundle.input.channels == 3 else "grey",
        "BATCH": "1" if is_lite else "any number",
        "CHANNELS": str(bundle.input.channels),
        "INSIDE": _PLACES[form.runtime],
    }
    readme = (samples / "README.txt").read_text(encoding="utf-8")
    (folder / "README.txt").write_text(_filled(readme, facts), encoding="utf-8")
    needed = "".join(map(_requirement, (*_NEEDED_BY_ALL, *_NEEDED[form.runtime])))
    (folder / "requirements.txt").write_text(needed, encoding="utf-8")


def _filled(text: str, facts: dict[str, str]) -> str:
    # Not one after the other, or a class called @MODEL@ would be filled in too.
    parts = text.split("@")
    return "".join(
        part if place % 2 == 0 else facts.get(part, f"@{part}@") for place, part in enumerate(parts)
    )


def _requirement(package: str) -> str:
    """A line of requirements.txt: what the export was compared with, or newer."""
    try:
        return f"{package}>={version(package)}\n"
    except PackageNotFoundError:
        return f"{package}\n"
