"""Which formats are exported, and where to; remembered for the next time."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QSettings

from cnn_studio.exporting.formats import ExportFormat

ORDER = (
    ExportFormat.TFLITE,
    ExportFormat.TFLITE_DYNAMIC,
    ExportFormat.TFLITE_INT8,
    ExportFormat.ONNX,
    ExportFormat.KERAS,
    ExportFormat.SAVED_MODEL,
)
"""The formats as they are listed: what most people need comes first."""

_FORMATS, _FOLDER = "export/formats", "export/folder"
_PACKAGES = {ExportFormat.ONNX: ("onnx", "onnxruntime")}


class ExportChoice:
    """What a person has chosen so far.

    Args:
        settings: Where it is remembered.
        usual_folder: Where exports go if nothing else was ever chosen.
    """

    def __init__(self, settings: QSettings, usual_folder: Path) -> None:
        self._settings = settings
        named = str(settings.value(_FORMATS, ExportFormat.TFLITE)).split(",")
        self._chosen = {form for form in ORDER if form in named and not missing_packages(form)}
        self._folder = Path(str(settings.value(_FOLDER, usual_folder)))

    @property
    def formats(self) -> tuple[ExportFormat, ...]:
        """The chosen formats, as they are listed."""
        return tuple(form for form in ORDER if form in self._chosen)

    @property
    def folder(self) -> Path:
        """Where each format gets a folder of its own."""
        return self._folder

    def choose(self, form: ExportFormat, is_chosen: bool) -> None:
        """Take a format in, or leave it out."""
        if is_chosen and not missing_packages(form):
            self._chosen.add(form)
        else:
            self._chosen.discard(form)

    def choose_folder(self, folder: Path) -> None:
        """Have the exports put there."""
        self._folder = folder

    def remember(self) -> None:
        """Offer the same the next time."""
        self._settings.setValue(_FORMATS, ",".join(self.formats))
        self._settings.setValue(_FOLDER, str(self._folder))


def missing_packages(form: ExportFormat) -> tuple[str, ...]:
    """The packages that a format needs and that are not installed."""
    return tuple(name for name in _PACKAGES.get(form, ()) if find_spec(name) is None)


def refusals(reports: Iterable[tuple[str, str]]) -> str:
    """Why formats were refused, a line for each.

    Args:
        reports: What each is called, and why; empty where it was not refused.
    """
    return "\n".join(f"{name}: {why}" for name, why in reports if why)
