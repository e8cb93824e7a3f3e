"""Model files of other people, as runs that classify like the studio's own.

Each is put into a folder of the cache that is called after its content, with a model.tflite (or
model.onnx) that has been tried and a studio.json. So a file is tried once, whatever opens it.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from cnn_studio.errors import ModelError, UsageError
from cnn_studio.models.bundle import (
    LITE_FILE,
    ONNX_FILE,
    Bundle,
    RunStatus,
    file_sha256,
    model_file,
    write_bundle,
)
from cnn_studio.models.opening.found import Found, find_network
from cnn_studio.models.opening.network_file import accept
from cnn_studio.models.opening.trial import Trial, Tried
from cnn_studio.models.pixel_values import OUR_RANGE
from cnn_studio.models.runs import Run, find_run, open_run, run_places
from cnn_studio.paths import Workspace, cache_folder
from cnn_studio.vision.preparation import InputSpec

_SIGNED_RANGE = (-1.0, 1.0)
"""What Teachable Machine and most small float networks take."""

_KERAS, _ONNX, _H5 = ".keras", ".onnx", ".h5"
_LONGEST_NAME = 60
_MOST_KEPT = 24


def find_model(workspace: Workspace, name_or_path: str, trial: Trial | None = None) -> Run:
    """A run of the workspace by its name or path, or any model file or folder, opened.

    A bare name is a run of the workspace first, whatever lies in the present folder.

    Args:
        workspace: Where runs are looked for.
        name_or_path: The run, or the file.
        trial: The process to try a file in; None takes one for this file alone.

    Raises:
        ModelError: There is no such model, or it cannot be used.
    """
    places = (place for place in run_places(workspace, name_or_path) if place.exists())
    path = next(places, None) if name_or_path else None
    if path is not None and not is_own(workspace, path):
        return open_model(path, trial)
    return find_run(workspace, name_or_path)


def is_own(workspace: Workspace, path: Path) -> bool:
    """Whether a path is within the runs of a workspace, which this studio has written."""
    return path.resolve().is_relative_to(workspace.runs.resolve())


def open_model(path: Path, trial: Trial | None = None) -> Run:
    """Open what a person has dropped, opened or named: a model that someone else may have made.

    No code of it is run, and only a process of its own meets it before it is known to be sound.

    Args:
        path: A .tflite, .keras, .h5 or .onnx file, a zip with one, or a folder such as a run's.
        trial: The process to try it in; None takes one for this file alone.

    Returns:
        A run whose folder `Classifier.open` takes.

    Raises:
        ModelError: It cannot be opened; the sentence says why and what to do.
    """
    found = find_network(path)
    place = cache_folder() / "opened" / _key_of(found)
    folder = place / (plain_name(found.name, _LONGEST_NAME) or "model")
    known = open_run(folder)
    if known.is_usable and known.bundle and is_unchanged(folder, known.bundle):
        return known
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place, prefix=".") as work:
            _try(found, path, Path(work), trial)
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(work, folder)
        _forget_oldest(place.parent)
    except OSError as error:
        raise ModelError(
            f"{path.name} cannot be kept in {place} ({error.strerror or error})."
        ) from error
    run = open_run(folder)
    if run.problem is not None:
        raise ModelError(run.problem)
    return run


def is_unchanged(folder: Path, bundle: Bundle) -> bool:
    """Whether the model in a folder is the one that its studio.json was written with."""
    return bundle.model_sha256 != "" and file_sha256(model_file(folder)) == bundle.model_sha256


def plain_name(name: str, longest: int) -> str:
    """What is left of a name that came from elsewhere for a folder's; perhaps nothing."""
    return re.sub(r"[^\w. -]+", "-", name).strip(" .-")[:longest]


def write_tried(found: Found, folder: Path, trial: Trial | None = None) -> Bundle:
    """Try a network, and write it into an empty folder as a run's.

    Raises:
        ModelError: It cannot be used.
        OSError: The disk is full, or the folder cannot be written to.
    """
    if trial is None:
        with Trial() as own:
            return write_tried(found, folder, own)
    target = folder / (ONNX_FILE if found.form == _ONNX else LITE_FILE)
    said = None
    if found.form in (_KERAS, _H5):
        said = _converted(found, target, trial)
    else:
        target.write_bytes(found.network)
    given = said if found.described is None else found.described.pixel_range
    tried = trial.network(target, given)
    described = tried.described or found.described  # within the file it cannot be another's
    bundle = _fitting(described, tried) if described else _made(found, tried, said)
    for name, data in found.run_files.items():
        (folder / name).write_bytes(data)
    write_bundle(folder, bundle)
    accept(file_sha256(target))
    return bundle


def _converted(found: Found, target: Path, trial: Trial) -> tuple[float, float] | None:
    """Write the LiteRT form of a Keras network; what its pixels are, where the network tells."""
    source, architecture = (target.with_name(f"source{end}") for end in (found.form, ".json"))
    source.write_bytes(found.network)
    if found.architecture:
        architecture.write_bytes(found.architecture)
    said = trial.convert_keras(source, target, architecture if found.architecture else None)
    source.unlink()
    architecture.unlink(missing_ok=True)
    return said


def _try(found: Found, path: Path, folder: Path, trial: Trial | None) -> None:
    try:
        write_tried(found, folder, trial)
    except ModelError as error:
        # In the trial it had a name that no person knows.
        sentence = re.sub(rf"^({LITE_FILE}|{ONNX_FILE}) ", "It ", str(error))
        raise ModelError(f"{path.name} cannot be opened. {sentence}") from error


def _fitting(described: Bundle, tried: Tried) -> Bundle:
    expected = (described.input.shape, len(described.classes))
    received = (tried.shape, tried.num_classes)
    if expected != received:
        raise ModelError(
            "The model and its description do not belong together. "
            f"Expected image shape and classes: {expected}. Received: {received}."
        )
    return described


def _made(found: Found, tried: Tried, said: tuple[float, float] | None) -> Bundle:
    """What is known of a model that no studio has described.

    Args:
        found: The model.
        tried: What it takes and gives.
        said: What a black and a white pixel are, where its layers tell.
    """
    if len(found.labels) != tried.num_classes:
        how_many = f"{len(found.labels)} names" if found.labels else "no labels.txt"
        raise ModelError(
            f"{found.name} has {tried.num_classes} classes and {how_many} beside it. Put a text "
            "labels.txt with one class a line beside the model."
        )
    height, _width, channels = tried.shape
    try:
        spec = InputSpec(height, channels)
    except UsageError as error:
        raise ModelError(str(error)) from error
    pixel_range = _SIGNED_RANGE
    if not tried.input_kind.is_real:
        pixel_range = tried.input_kind.pixel_range()
    elif found.form in (_KERAS, _H5):
        pixel_range = said or OUR_RANGE
    return Bundle(
        classes=found.labels,
        input=spec,
        dataset=found.name,
        dataset_title=found.name,
        recipe={},
        weights=0,
        status=RunStatus.FINISHED,
        epochs_done=0,
        best_epoch=0,
        created=datetime.now(UTC),
        seconds=0.0,
        notes=("It was not made by CNN Studio.",),
        pixel_range=pixel_range,
    )


def _forget_oldest(opened: Path) -> None:
    """Keep the cache from growing without end; what is forgotten is opened anew when needed."""
    places = sorted(opened.iterdir(), key=lambda place: place.stat().st_mtime, reverse=True)
    for place in places[_MOST_KEPT:]:
        shutil.rmtree(place, ignore_errors=True)


def _key_of(found: Found) -> str:
    """The same for the same network with the same description."""
    digest = hashlib.sha256(found.network)
    described = None if found.described is None else found.described.to_dict()
    digest.update(json.dumps([found.form, described, found.labels], sort_keys=True).encode("utf-8"))
    digest.update(found.architecture)
    for name, data in sorted(found.run_files.items()):
        digest.update(name.encode("utf-8") + data)
    return digest.hexdigest()[:24]
