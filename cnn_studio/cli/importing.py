"""`cnn-studio import` and `cnn-studio pack`: bringing images in, and a dataset out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnn_studio.cli.filling import Skipped, conclude, dataset_to_fill, say_left_out
from cnn_studio.cli.interrupts import stop_on_interrupt
from cnn_studio.cli.options import DatasetArgument, JsonOption, WorkspaceOption, chosen_workspace
from cnn_studio.cli.output import Output
from cnn_studio.errors import DatasetError, StudioError

if TYPE_CHECKING:
    from cnn_studio.data.catalog import Dataset


def import_(
    context: typer.Context,
    dataset: DatasetArgument,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="Images, folders, zips, videos, projects of Teachable Machine, packed datasets.",
            show_default=False,
        ),
    ],
    class_name: Annotated[
        str,
        typer.Option("--class", metavar="NAME", help="What all the images show."),
    ] = "",
    move: Annotated[
        bool, typer.Option("--move", help="Take the files away from where they are.")
    ] = False,
    fps: Annotated[
        float, typer.Option(metavar="F", help="At most so many frames a second of each video.")
    ] = 5.0,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring images into a dataset; without --class each folder of images is a class.

    A dataset that is not there yet is made. What its class has already is skipped. A video needs
    --class: its frames become images of that class, all of one session. With --json each skipped
    file is a line, and the last line has "imported" and "skipped". Ctrl+C stops and keeps what is
    in. Where nothing new comes in, the exit code is 1.
    """
    from cnn_studio.data.class_folders import ClassFolders
    from cnn_studio.data.import_plan import plan_import
    from cnn_studio.data.intake import run_import
    from cnn_studio.data.unpacking import unpack_dataset
    from cnn_studio.video_import import FrameChoice, import_videos

    output = Output(as_json)
    wanted = FrameChoice(frames_per_second=fps)
    missing = next((path for path in paths if not path.exists()), None)
    if missing is not None:
        raise DatasetError(f"The file is not there: {missing}.")
    packed, videos, others = _sorted_out(paths, class_name)
    skipped: list[tuple[Path, str]] = []
    imported = 0
    place = chosen_workspace(context, workspace)
    with dataset_to_fill(place, dataset, output) as chosen:
        folders = ClassFolders(chosen)
        with stop_on_interrupt() as stop, output.progress("Bringing in") as bar:
            for path in packed:
                unpacked = unpack_dataset(chosen, path, progress=bar, cancelled=stop.is_set)
                imported += unpacked.imported
                skipped += unpacked.skipped
            if others:
                with plan_import(folders, others, class_name, stop.is_set) as plan:
                    report = run_import(plan, move=move, progress=bar, cancelled=stop.is_set)
                imported += len(report.imported)
                skipped += report.skipped
            if videos and class_name:
                taken = import_videos(
                    folders, class_name, videos, wanted, progress=bar, cancelled=stop.is_set
                )
                imported += len(taken.imported)
                skipped += taken.skipped
            elif videos:
                skipped += [
                    (p, f"Say with --class what the video shows: {p.name}.") for p in videos
                ]
        _tell(output, chosen, imported, skipped)
    conclude(imported, skipped, paths, stop.is_set())


def pack(
    context: typer.Context,
    dataset: DatasetArgument,
    target: Annotated[
        Path, typer.Argument(metavar="FILE.zip", help="The zip to write.", show_default=False)
    ],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a dataset into a zip, with its card and a manifest.

    `cnn-studio import NAME FILE.zip` makes the same dataset of it in another studio.
    """
    from cnn_studio.data.catalog import find_dataset
    from cnn_studio.data.packing import pack_dataset

    output = Output(as_json)
    chosen = find_dataset(chosen_workspace(context, workspace), dataset)
    with stop_on_interrupt() as stop, output.progress("Packing") as bar:
        count = pack_dataset(chosen, target, progress=bar, cancelled=stop.is_set)
    if count < 0:
        raise StudioError("Stopped; no zip was written.")
    size = target.stat().st_size
    output.line({"dataset": chosen.name, "packed": count, "bytes": size, "path": str(target)})
    output.say(f"{count:,} images of {chosen.title} are packed in {target}.")


def _sorted_out(
    paths: Sequence[Path], class_name: str
) -> tuple[list[Path], list[Path], list[Path]]:
    """Packed datasets, videos, and all else; for a class, a packed dataset is a zip like others."""
    from cnn_studio.camera.video_reader import is_video_name
    from cnn_studio.data.unpacking import is_packed_dataset

    videos = [path for path in paths if path.is_file() and is_video_name(path)]
    rest = [path for path in paths if path not in videos]
    packed = [path for path in rest if not class_name and is_packed_dataset(path)]
    return packed, videos, [path for path in rest if path not in packed]


def _tell(output: Output, dataset: Dataset, imported: int, skipped: Skipped) -> None:
    for path, reason in skipped:
        output.line({"path": str(path), "reason": reason})
    output.line({"dataset": dataset.name, "imported": imported, "skipped": len(skipped)})
    if not output.is_json:
        say_left_out(output, skipped)
    if imported:
        came = "1 image was" if imported == 1 else f"{imported:,} images were"
        output.say(f"{came} brought into {dataset.title}.")
