"""What lies in a file, folder or zip: one network, and what describes it. Only read, never run."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from cnn_studio.errors import ModelError, StudioError
from cnn_studio.models.batch_history import BATCHES_FILE
from cnn_studio.models.bundle import BUNDLE_FILE, MAX_DESCRIPTION_BYTES, Bundle
from cnn_studio.models.description import LABELS_FILE
from cnn_studio.models.learned import CONTENTS_FILE
from cnn_studio.models.opening.archive import ModelZip, read_file
from cnn_studio.models.opening.keras_config import MAX_CONFIG_BYTES, MEMBERS, checked_keras
from cnn_studio.models.opening.kinds import Kind, best_model, kind_of, refusal_of_names
from cnn_studio.models.opening.labels import (
    MAX_LABEL_BYTES,
    Labels,
    is_named_for_labels,
    labels_of,
    may_have_labels,
)
from cnn_studio.models.opening.network_content import (
    H5_FORM,
    form_of,
    is_of_form,
    refusal_of_content,
)
from cnn_studio.models.opening.pixel_signs import (
    SIGNED,
    PixelSign,
    sign_of_properties,
    size_among,
)
from cnn_studio.models.runs import HISTORY_FILE, RECIPE_FILE, SPLIT_FILE
from cnn_studio.untrusted_files import json_in, leads_to_file

RUN_FILES = (RECIPE_FILE, HISTORY_FILE, BATCHES_FILE, SPLIT_FILE, CONTENTS_FILE)
"""What a run has besides its model that is worth keeping."""

_MOST_RUN_FILE_BYTES = 64 << 20
_EVERYBODYS_NAMES = frozenset({"model", "model_unquant"})
_KERAS = ".keras"
_TEACHABLE = "model_unquant.tflite"
_PROPERTIES = ("metadata_properties.json", "preprocessor_config.json", "config.json")
"""What Custom Vision, Hugging Face and timm put beside a model."""

_MOST_TEXTS = 40
_ARCHITECTURES = ("model.json", "architecture.json", "model_architecture.json", "config.json")

Reader = Callable[[str], bytes]


@dataclass(frozen=True)
class Found:
    """A network as it was found.

    Attributes:
        name: What a person calls it.
        form: How its file is written: ".tflite", ".keras", ".onnx" or ".h5".
        network: The file; a .keras one made again from what may be in it.
        described: What stands in it, or beside it, in the studio's own words.
        labels: The names of its classes in texts beside it, the surest first.
        run_files: Those of `RUN_FILES` that are beside it.
        pixels: What is known of its pixels by its form or from a text beside it; None if nothing.
        size: The size of its images by a text beside it; None if none says so.
        architecture: A JSON text beside an .h5 file that may be the network of its weights.
    """

    name: str
    form: str
    network: bytes = field(repr=False)
    described: Bundle | None
    labels: tuple[Labels, ...]
    run_files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    pixels: PixelSign | None = None
    size: int | None = None
    architecture: bytes = field(default=b"", repr=False)


def find_network(path: Path) -> Found:
    """Read what a person has dropped, opened or named.

    Raises:
        ModelError: It is no model, or one that is not opened; the sentence says why.
    """
    kind = kind_of(path)
    if kind is Kind.ZIP:
        with ModelZip(path) as archive:
            return _in_zip(path, archive)
    folder = path if kind is Kind.FOLDER else path.parent
    names = _regular_files(folder)
    names = {n for n in names if not may_have_labels(n) or _is_short(folder / n)}
    name = path.name if kind is Kind.FILE else best_model(names)
    if name is None:
        raise ModelError(f"There is no model in {path.name}.")
    is_named = kind is Kind.FILE and path.stem not in _EVERYBODYS_NAMES
    called = path.stem if is_named else folder.absolute().name
    return _found(called, name, names, lambda other: read_file(folder / other))


def read_description(data: bytes) -> Bundle:
    """A studio.json.

    Raises:
        ModelError: It is damaged, or not as expected.
    """
    if len(data) > MAX_DESCRIPTION_BYTES:
        raise ModelError(f"{BUNDLE_FILE} must have up to {MAX_DESCRIPTION_BYTES >> 20} MB.")
    return Bundle.from_dict(json_in(data, BUNDLE_FILE, ModelError))


def _in_zip(path: Path, archive: ModelZip) -> Found:
    """The model in the folder of a zip that has one; the outermost, if several have."""
    folders: dict[PurePosixPath, set[str]] = {}
    for name in archive.names:
        place = PurePosixPath(name)
        folders.setdefault(place.parent, set()).add(place.name)
    for folder, names in sorted(folders.items(), key=lambda item: (len(item[0].parts), item[0])):
        best = best_model(names)
        if best is not None and not refusal_of_names({best}):

            def read(other: str, folder: PurePosixPath = folder) -> bytes:
                return archive.read(str(folder / other))

            return _found(path.stem, best, names, read)
    refusal = refusal_of_names({PurePosixPath(name).name for name in archive.names})
    raise ModelError(f"{path.name} {refusal}" if refusal else f"There is no model in {path.name}.")


def _found(called: str, name: str, names: set[str], read: Reader) -> Found:
    network, inner = read(name), None
    form = form_of(name, network)
    if not is_of_form(network, form):
        raise ModelError(f"{name} {refusal_of_content(network, form)}")
    if form == _KERAS:
        network, inner = opened_keras(name, network)
    described = inner
    if described is None and BUNDLE_FILE in names:
        described = read_description(read(BUNDLE_FILE))
    beside = Beside(name, names, read)
    is_run = BUNDLE_FILE in names
    kept = {other: read(other) for other in RUN_FILES if is_run and other in names}
    return Found(
        called,
        form,
        network,
        described,
        beside.labels(),
        {other: data for other, data in kept.items() if len(data) <= _MOST_RUN_FILE_BYTES},
        beside.pixels(),
        beside.size(),
        _architecture(Path(name).stem, names, read) if form == H5_FORM else b"",
    )


def _architecture(stem: str, names: set[str], read: Reader) -> bytes:
    """What `model.to_json()` may have written beside a file of weights; b"" if nothing has."""
    plain = re.sub(r"[._-]?weights$", "", stem)
    for other in dict.fromkeys((f"{stem}.json", f"{plain}.json", *_ARCHITECTURES)):
        if other in names:
            text = read(other)
            if len(text) <= MAX_CONFIG_BYTES and b'"class_name"' in text:
                return text
    return b""


def opened_keras(name: str, content: bytes) -> tuple[bytes, Bundle | None]:
    """A .keras file made again, and the description that the studio's own exports have in it.

    Raises:
        ModelError: It is damaged, or holds what is not allowed.
    """
    with ModelZip(Path(name), content) as archive:
        strange = sorted(set(archive.names) - MEMBERS - {BUNDLE_FILE})
        if strange:
            raise ModelError(f"A .keras file must not hold {strange[0][:200]}.")
        inside = {other: archive.read(other) for other in archive.names}
    inner = inside.pop(BUNDLE_FILE, None)
    return checked_keras(inside), None if inner is None else read_description(inner)


class Beside:
    """What the other files of a model's folder say of it.

    Args:
        name: The model's file.
        names: All files of its folder.
        read: Reads one of them.
    """

    def __init__(self, name: str, names: set[str], read: Reader) -> None:
        self._name = name
        self._names = names
        self._read = read
        self._properties = [self._json(other) for other in _PROPERTIES if other in names]

    def labels(self) -> tuple[Labels, ...]:
        """Class names, those in files called after the model or after labels first."""
        stem = Path(self._name).stem
        first = [LABELS_FILE, f"{stem}.txt", f"{stem}_labels.txt", f"{stem}-labels.txt"]
        others = sorted(filter(may_have_labels, self._names), key=_least_doubtful)[:_MOST_TEXTS]
        wanted = dict.fromkeys([*(n for n in first if n in self._names), *others])
        found = labels_of((other, self._text(other)) for other in wanted)
        return tuple(replace(labels, is_models_own=labels.source in first) for labels in found)

    def pixels(self) -> PixelSign | None:
        """What is known of its pixels: by its maker's settings, or because it is of a kind."""
        found = (sign_of_properties(values) for values in self._properties)
        sign = next((sign for sign in found if sign is not None), None)
        if sign is None and self._name == _TEACHABLE:
            # Its real files are known by what is in them; any other may be called so.
            return PixelSign(SIGNED, "Teachable Machine calls its files so", is_sure=False)
        return sign

    def size(self) -> int | None:
        """The size of its images, by its maker's settings."""
        return next(filter(None, map(size_among, self._properties)), None)

    def _json(self, name: str) -> dict[str, Any]:
        try:
            values = json_in(self._text(name), name)
        except StudioError:
            return {}
        return values if isinstance(values, dict) else {}

    def _text(self, name: str) -> bytes:
        try:
            return self._read(name)[: MAX_LABEL_BYTES + 1]
        except ModelError:
            return b""


def _least_doubtful(name: str) -> tuple[bool, str]:
    return not is_named_for_labels(name), name


def _is_short(path: Path) -> bool:
    try:
        return path.stat().st_size <= MAX_LABEL_BYTES
    except OSError:
        return False


def _regular_files(folder: Path) -> set[str]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name for entry in entries if leads_to_file(entry)}
    except OSError as error:
        raise ModelError(f"{folder} cannot be read ({error.strerror or error}).") from error
