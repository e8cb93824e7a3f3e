"""A run in one zip for another studio, and how it comes in there.

What comes in is looked at like any other model file: its network is tried in a process of its own,
its .keras file is made again, and only files that a run has are taken.
"""

from __future__ import annotations

import json
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cnn_studio import __version__
from cnn_studio.errors import NOT_UNDERSTOOD, ModelError, StudioError
from cnn_studio.models.bundle import BUNDLE_FILE, KERAS_FILE, model_file, read_bundle
from cnn_studio.models.opening.archive import ModelZip
from cnn_studio.models.opening.found import RUN_FILES, find_network, opened_keras
from cnn_studio.models.opening.opened import is_unchanged, plain_name, write_tried
from cnn_studio.models.opening.trial import Trial
from cnn_studio.models.run_notes import NOTES_FILE
from cnn_studio.models.runs import Run, open_run, runs_in
from cnn_studio.paths import Workspace
from cnn_studio.untrusted_files import json_in
from cnn_studio.whole_files import folder_in_making, write_whole

MANIFEST_NAME = "manifest.json"
FORMAT = "cnn-studio-run"
SCHEMA_VERSION = 1
_SAME_TIME = (1980, 1, 1, 0, 0, 0)  # the same run makes the same zip
_CHUNK_BYTES = 1 << 20
_MAX_MANIFEST_BYTES = 1 << 16
_MAX_NOTES_BYTES = 1 << 20
_LONGEST_NAME = 80


def pack_run(
    run: Run,
    target: Path,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Path | None:
    """Write a run into a zip, whole or not at all; one that is there is replaced.

    Its checkpoints stay at home: elsewhere it can be used, but not be trained further.

    Args:
        run: What to pack.
        target: The zip.
        progress: Called with how many bytes are in, and of how many.
        cancelled: Called often; once it returns True, nothing is written.

    Returns:
        The zip; None if it was cancelled.

    Raises:
        ModelError: The run has no model, or a file cannot be read or written.
    """
    if not run.is_usable:
        raise ModelError(run.problem or f"{run.name} has no model.")
    names = [BUNDLE_FILE, model_file(run.folder).name, KERAS_FILE, *RUN_FILES, NOTES_FILE]
    manifest = {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "written_by": f"CNN Studio {__version__}",
        "name": run.name,
    }

    def write(temporary: Path) -> None:
        paths = [path for name in names if (path := run.folder / name).is_file()]
        done, total = 0, sum(path.stat().st_size for path in paths)
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(zipfile.ZipInfo(MANIFEST_NAME, _SAME_TIME), json.dumps(manifest))
            for path in paths:
                entry = zipfile.ZipInfo(path.name, _SAME_TIME)
                entry.file_size = path.stat().st_size
                with archive.open(entry, "w") as packed, path.open("rb") as source:
                    while data := source.read(_CHUNK_BYTES):
                        if cancelled():
                            raise _CancelledError
                        done += packed.write(data)
                        progress(done, total)

    try:
        write_whole(target, write)
    except _CancelledError:
        return None
    except OSError as error:
        raise ModelError(
            f"{run.name} cannot be packed into {target} ({error.strerror or error})."
        ) from error
    return target


class _CancelledError(Exception):
    """The work was cancelled."""


def is_packed_run(path: Path) -> bool:
    """Whether a file is a zip that `pack_run` wrote."""
    try:
        if path.suffix.lower() != ".zip":
            return False
        with ModelZip(path) as archive:
            return _manifest(archive) is not None
    except ModelError:
        return False


def unpack_run(zip_path: Path, workspace: Workspace, trial: Trial | None = None) -> Run:
    """Bring a packed run into a workspace as a new one, never over one that is there.

    A run that the workspace has already under this name and with this model is given back as it
    is.

    Args:
        zip_path: A zip that `pack_run` wrote.
        workspace: Whose run it becomes.
        trial: The process to try it in; None takes one for this file alone.

    Raises:
        ModelError: The zip is damaged or not honest, its model cannot be used, or the workspace
            cannot be written to.
    """
    with ModelZip(zip_path) as archive:
        manifest = _manifest(archive)
        if manifest is None:
            raise ModelError(f"{zip_path.name} holds no run of CNN Studio.")
        inside = set(archive.names)
        keras = opened_keras(KERAS_FILE, archive.read(KERAS_FILE)) if KERAS_FILE in inside else None
        notes = archive.read(NOTES_FILE) if NOTES_FILE in inside else b""
    found = find_network(zip_path)
    wanted = (str(manifest.get("name", "")), zip_path.stem, "run")
    name = next(filter(None, (plain_name(each, _LONGEST_NAME) for each in wanted)))
    try:
        workspace.runs.mkdir(parents=True, exist_ok=True)
        with folder_in_making(workspace.runs / f".incoming-{uuid.uuid4().hex}") as work:
            folder = work / "run"
            folder.mkdir()
            write_tried(found, folder, trial)
            if keras is not None:
                (folder / KERAS_FILE).write_bytes(keras[0])
            if 0 < len(notes) <= _MAX_NOTES_BYTES:
                (folder / NOTES_FILE).write_bytes(notes)
            known = _known(workspace, name, folder)
            if known is not None:
                return known
            target = _free(workspace.runs, name)
            folder.rename(target)
    except OSError as error:
        raise ModelError(
            f"{zip_path.name} cannot be brought into {workspace.runs} ({error.strerror or error})."
        ) from error
    return open_run(target)


def _manifest(archive: ModelZip) -> dict[str, Any] | None:
    if MANIFEST_NAME not in archive.names or BUNDLE_FILE not in archive.names:
        return None
    data = archive.read(MANIFEST_NAME)
    try:
        manifest = json_in(data, MANIFEST_NAME) if len(data) <= _MAX_MANIFEST_BYTES else None
        if manifest is None or manifest["format"] != FORMAT:
            return None
        version = int(manifest["schema_version"])
    except (StudioError, *NOT_UNDERSTOOD):
        return None
    if version > SCHEMA_VERSION:
        raise ModelError(
            f"The zip was packed by a newer studio: this one reads "
            f"version {SCHEMA_VERSION}, not {version}."
        )
    return dict(manifest)


def _known(workspace: Workspace, name: str, folder: Path) -> Run | None:
    """The run that was brought in before, under this name or the same with a number."""
    sha256 = read_bundle(folder).model_sha256
    for run in runs_in(workspace.runs):
        is_called_so = run.name == name or run.name.startswith(f"{name}-")
        if run.bundle and is_called_so and run.bundle.model_sha256 == sha256:
            return run if is_unchanged(run.folder, run.bundle) else None
    return None


def _free(runs: Path, name: str) -> Path:
    place, number = runs / name, 1
    while place.exists():
        number += 1
        place = runs / f"{name}-{number}"
    return place
