"""Model files of other people, as runs that classify like the studio's own.

Each is put into a folder of the cache that is called after its content, with a model.tflite (or
model.onnx) that has been tried and a studio.json. So a file is tried once, whatever opens it. What
it does not say and a person has decided is kept by its content; see `pixel_question`.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from cnn_studio.errors import ModelError, UsageError
from cnn_studio.models.bundle import (
    LITE_FILE,
    NOT_OURS,
    ONNX_FILE,
    Bundle,
    RunStatus,
    file_sha256,
    model_file,
    write_bundle,
)
from cnn_studio.models.opening.found import Found, find_network
from cnn_studio.models.opening.keras_signs import sign_of_keras
from cnn_studio.models.opening.labels import fitted
from cnn_studio.models.opening.network_file import accept
from cnn_studio.models.opening.pixel_question import (
    PixelQuestion,
    PixelsUnknownError,
    Wanted,
    keep_choice,
    kept_choice,
)
from cnn_studio.models.opening.pixel_signs import PixelSign
from cnn_studio.models.opening.trial import Trial, Tried
from cnn_studio.models.runs import Run, find_run, open_run, run_places
from cnn_studio.paths import Workspace, cache_folder
from cnn_studio.vision.preparation import InputSpec

_KERAS, _ONNX, _H5 = ".keras", ".onnx", ".h5"
_ASKED = "asked"
_VERSION = 3  # of what is kept: earlier ones took some pixels and outputs without a word
_NOTHING = Wanted()
_LONGEST_NAME = 60
_MOST_KEPT = 24


def find_model(
    workspace: Workspace,
    name_or_path: str,
    trial: Trial | None = None,
    wanted: Wanted = _NOTHING,
) -> Run:
    """A run of the workspace by its name or path, or any model file or folder, opened.

    A bare name is a run of the workspace first, whatever lies in the present folder.

    Args:
        workspace: Where runs are looked for.
        name_or_path: The run, or the file.
        trial: The process to try a file in; None takes one for this file alone.
        wanted: What a person has decided about a file of others.

    Raises:
        ModelError: There is no such model, or it cannot be used.
        PixelsUnknownError: It does not say what a pixel is for it, and nobody has decided that.
        UsageError: Something was decided about a model that says it itself.
    """
    path = _other_place(workspace, name_or_path)
    if path is not None:
        return open_model(path, trial, wanted)
    if wanted != _NOTHING:
        raise UsageError(
            f"{name_or_path} is a run of this studio, which knows its pixels and its size."
        )
    return find_run(workspace, name_or_path)


def is_of_others(workspace: Workspace, name_or_path: str) -> bool:
    """Whether `find_model` takes this as a file from elsewhere, and not as a run."""
    return _other_place(workspace, name_or_path) is not None


def _other_place(workspace: Workspace, name_or_path: str) -> Path | None:
    places = (place for place in run_places(workspace, name_or_path) if place.exists())
    path = next(places, None) if name_or_path else None
    return None if path is None or is_own(workspace, path) else path


def is_own(workspace: Workspace, path: Path) -> bool:
    """Whether a path is within the runs of a workspace, which this studio has written."""
    return path.resolve().is_relative_to(workspace.runs.resolve())


def open_model(path: Path, trial: Trial | None = None, wanted: Wanted = _NOTHING) -> Run:
    """Open what a person has dropped, opened or named: a model that someone else may have made.

    No code of it is run, and only a process of its own meets it before it is known to be sound.

    Args:
        path: A .tflite, .keras, .h5 or .onnx file, a zip with one, or a folder such as a run's.
        trial: The process to try it in; None takes one for this file alone.
        wanted: What a person has decided about it; it is kept, and holds until they decide again.

    Returns:
        A run whose folder `Classifier.open` takes.

    Raises:
        ModelError: It cannot be opened; the sentence says why and what to do.
        PixelsUnknownError: It does not say what a pixel is for it, and nobody has decided that.
        UsageError: Something was decided about a model that says it itself.
    """
    found = find_network(path)
    digest = hashlib.sha256(found.network).hexdigest()
    if found.described is not None and wanted != _NOTHING:
        raise UsageError(f"{path.name} states which pixels and which size it takes.")
    kept = kept_choice(digest) if found.described is None else _NOTHING
    decided = wanted.or_else(kept)
    place = cache_folder() / "opened" / _key_of(found)
    folder = place / (plain_name(found.name, _LONGEST_NAME) or "model")
    known = open_run(folder)
    bundle = known.bundle
    is_known = known.is_usable and bundle is not None and is_unchanged(folder, bundle)
    if is_known and bundle and (found.described is not None or decided.fits(bundle)):
        return known
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place, prefix=".") as work:
            _try(found, path, Path(work), trial, wanted, kept)
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(work, folder)
        if decided != _NOTHING:
            keep_choice(digest, decided)
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


def write_tried(
    found: Found,
    folder: Path,
    trial: Trial | None = None,
    wanted: Wanted = _NOTHING,
    kept: Wanted = _NOTHING,
) -> Bundle:
    """Try a network, and write it into an empty folder as a run's.

    Args:
        found: The network.
        folder: Where it is written.
        trial: The process to try it in; None takes one for this network alone.
        wanted: What a person has decided about it just now.
        kept: What was decided before; it counts where the network does not say it itself.

    Raises:
        ModelError: It cannot be used.
        PixelsUnknownError: It does not say what a pixel is for it; the file is in the folder then.
        OSError: The disk is full, or the folder cannot be written to.
    """
    if trial is None:
        with Trial() as own:
            return write_tried(found, folder, own, wanted, kept)
    decided = wanted.or_else(kept)
    target = folder / (ONNX_FILE if found.form == _ONNX else LITE_FILE)
    said = None
    if found.form in (_KERAS, _H5):
        said = _converted(found, target, trial, decided)
    else:
        target.write_bytes(found.network)
    tried = trial.network(target, found.described, decided.size or found.size)
    described = tried.described or found.described  # within the file it cannot be another's
    if described and wanted != _NOTHING:
        raise UsageError(f"{found.name} states which pixels and which size it takes.")
    if wanted.size and wanted.size != tried.shape[0]:
        raise UsageError(f"{found.name} takes images of {tried.shape[0]} pixels only.")
    sign = _pixels(found, tried, decided, said)
    bundle = _fitting(described, tried) if described else _made(found, tried, decided, target, sign)
    for name, data in found.run_files.items():
        (folder / name).write_bytes(data)
    write_bundle(folder, bundle)
    accept(file_sha256(target))
    return bundle


def _converted(found: Found, target: Path, trial: Trial, wanted: Wanted) -> PixelSign | None:
    """Write the LiteRT form of a Keras network; what its pixels are, where the network tells."""
    asked = target.parent.parent / _ASKED / target.name  # of this very network, by its folder
    is_same = target.parent.parent.name == _key_of(found) and asked.is_file()
    if wanted.pixels is not None and is_same:
        shutil.copy(asked, target)
        return None
    source, architecture = (target.with_name(f"source{end}") for end in (found.form, ".json"))
    source.write_bytes(found.network)
    if found.architecture:
        architecture.write_bytes(found.architecture)
    said = trial.convert_keras(source, target, architecture if found.architecture else None)
    source.unlink()
    architecture.unlink(missing_ok=True)
    return said


def _try(
    found: Found, path: Path, folder: Path, trial: Trial | None, wanted: Wanted, kept: Wanted
) -> None:
    try:
        write_tried(found, folder, trial, wanted, kept)
    except PixelsUnknownError as error:
        # The file stays, so that it can be asked what it would say.
        asked = folder.parent / _ASKED
        shutil.rmtree(asked, ignore_errors=True)
        shutil.copytree(folder, asked)
        question = error.question
        raise PixelsUnknownError(
            replace(question, name=path.name, network=asked / question.network.name)
        ) from error
    except ModelError as error:
        # In the trial it had a name that no person knows.
        sentence = re.sub(rf"^({LITE_FILE}|{ONNX_FILE}) (?:cannot be used\. )?", "", str(error))
        if not sentence[:1].isupper():
            sentence = f"It {sentence}"
        raise ModelError(f"{path.name} cannot be opened. {sentence}") from error


def _fitting(described: Bundle, tried: Tried) -> Bundle:
    expected = (described.input.shape, len(described.classes))
    received = (tried.shape, tried.num_classes)
    if expected != received:
        raise ModelError(
            "The model and its description do not belong together. "
            f"Image shape and classes must be {expected}, not {received}."
        )
    return described


def _made(
    found: Found, tried: Tried, wanted: Wanted, network: Path, sign: PixelSign | None
) -> Bundle:
    """What is known of a model that no studio has described.

    Raises:
        ModelError: Its class names are missing or do not fit.
        PixelsUnknownError: It does not say what a pixel is for it.
    """
    labels = fitted((*tried.labels, *found.labels), tried.num_classes)
    size, _width, channels = tried.shape
    try:
        spec = InputSpec(size, channels)
    except UsageError as error:
        raise ModelError(str(error)) from error
    if sign is None or not sign.is_sure:
        raise PixelsUnknownError(
            PixelQuestion(
                found.name, network, labels.names, spec, tried.outputs, sign, tried.is_free
            )
        )
    notes = [
        NOT_OURS,
        f"Pixels: {sign.pixels.name or sign.pixels.in_words}, because {sign.why}.",
        f"Class names: {labels.source}.",
        labels.note,
        tried.outputs.in_words,
    ]
    if tried.is_free:
        why = ", which is usual" if tried.is_usual_size and not wanted.size else ""
        notes.append(f"It takes images of any size; here {size} x {size}{why}.")
    return Bundle(
        classes=labels.names,
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
        notes=tuple(filter(None, notes)),
        background=labels.background,
        pixel_range=sign.pixels,
        outputs=tried.outputs,
    )


def _pixels(found: Found, tried: Tried, wanted: Wanted, said: PixelSign | None) -> PixelSign | None:
    """What a person has decided, else what is sure, else what may be; None if nothing is known."""
    if wanted.pixels is not None:
        return PixelSign(wanted.pixels, "you have decided it")
    by_layers = sign_of_keras(found.network) if found.form == _KERAS else None
    signs = [sign for sign in (said, tried.pixels, by_layers, found.pixels) if sign is not None]
    return next((sign for sign in signs if sign.is_sure), signs[0] if signs else None)


def _forget_oldest(opened: Path) -> None:
    """Keep the cache from growing without end; what is forgotten is opened again when needed."""
    places = sorted(opened.iterdir(), key=lambda place: place.stat().st_mtime, reverse=True)
    for place in places[_MOST_KEPT:]:
        shutil.rmtree(place, ignore_errors=True)


def _key_of(found: Found) -> str:
    """The same for the same network with the same description."""
    digest = hashlib.sha256(found.network)
    described = None if found.described is None else found.described.to_dict()
    labels = [(one.source, one.names) for one in found.labels]
    pixels = None if found.pixels is None else found.pixels.to_dict()
    parts = [_VERSION, found.form, described, labels, pixels, found.size]
    digest.update(json.dumps(parts, sort_keys=True).encode("utf-8"))
    digest.update(found.architecture)
    for name, data in sorted(found.run_files.items()):
        digest.update(name.encode("utf-8") + data)
    return digest.hexdigest()[:24]
