"""`cnn-studio import` and `cnn-studio pack`: bringing images in, and a dataset out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnn_studio.cli.filling import (
    Skipped,
    conclude,
    dataset_to_fill,
    say_left_out,
    say_present,
)
from cnn_studio.cli.interrupts import stop_on_interrupt
from cnn_studio.cli.options import (
    DatasetArgument,
    JsonOption,
    NamesEncodingOption,
    WorkspaceOption,
    chosen_workspace,
)
from cnn_studio.cli.output import Bar, Output
from cnn_studio.errors import DatasetError, StudioError

if TYPE_CHECKING:
    from cnn_studio.data.catalog import Dataset
    from cnn_studio.data.import_plan import ImportPlan
    from cnn_studio.data.labels.finding import LabelChoice
    from cnn_studio.video_import import FrameChoice
    from cnn_studio.vision.pixel_ranges import PixelChoice


def import_(
    context: typer.Context,
    dataset: DatasetArgument,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="Images, folders, zips, tars, videos, projects of Teachable Machine, "
            "packed datasets.",
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
    class_level: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            help="Which folder is the class; 1 is the outermost in what was named.",
            show_default="as found from the whole tree",
        ),
    ] = None,
    only: Annotated[
        str,
        typer.Option(metavar="FOLDER", help="Bring in what lies in folders of this name only."),
    ] = "",
    table: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A CSV or TSV of file names and classes, or Label Studio's CSV or JSON.",
            show_default="one that is found beside images in no class folders",
        ),
    ] = None,
    file_column: Annotated[
        str, typer.Option(metavar="NAME", help="The table's column of file names.")
    ] = "",
    class_column: Annotated[
        str, typer.Option(metavar="NAME", help="The table's column of classes.")
    ] = "",
    crop_boxes: Annotated[
        bool,
        typer.Option("--crop-boxes", help="Cut out what labels of boxes are drawn around."),
    ] = False,
    no_split: Annotated[
        bool,
        typer.Option("--no-split", help="Forget the train, validation and test parts it comes in."),
    ] = False,
    fps: Annotated[
        float, typer.Option(metavar="F", help="At most so many frames a second of each video.")
    ] = 5.0,
    span: Annotated[
        str,
        typer.Option(
            "--range",
            metavar="LOW..HIGH",
            help="What is black and what is white in images of more than 8 bits, as in 0..4095.",
        ),
    ] = "",
    bands: Annotated[
        str,
        typer.Option(
            metavar="R,G,B", help="Which bands of satellite images are shown, as in 4,3,2."
        ),
    ] = "",
    names_encoding: NamesEncodingOption = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring images into a dataset; without --class each folder of images is a class.

    A dataset that is not there yet is made. What its class has already is skipped. A video needs
    --class: its frames become images of that class, all of one session. Where it is not plain which
    folders are the classes, it asks for --class-level, --only, --table or --crop-boxes; where
    images of many bits would be nearly even, for --range. With --json each skipped file is a line,
    and the last line has "imported", "skipped", of those "already" (how many are there already) and
    "notes", and "pixels" where such images came. Ctrl+C stops and keeps what is in. Where nothing
    comes in, the exit code is 1, unless all of it is there already.
    """
    from cnn_studio.data.code_pages import check_encoding
    from cnn_studio.data.labels.finding import LabelChoice
    from cnn_studio.data.labels.table_sources import TableColumns
    from cnn_studio.data.pixel_survey import choice_of
    from cnn_studio.video_import import FrameChoice

    output = Output(as_json)
    pixels = choice_of(span, bands)
    encoding = check_encoding(names_encoding) if names_encoding else ""
    wanted = FrameChoice(frames_per_second=fps)
    columns = TableColumns(file_column, class_column)
    choice = LabelChoice(class_level, only, table, columns, crop_boxes, keeps_parts=not no_split)
    named = [*paths, *([table] if table is not None else [])]
    missing = next((path for path in named if not path.exists()), None)
    if missing is not None:
        raise DatasetError(f"The file is not there: {missing}.")
    place = chosen_workspace(context, workspace)
    with dataset_to_fill(place, dataset, output) as chosen:
        with stop_on_interrupt() as stop, output.progress("Bringing in") as bar:
            bringing = _BringingIn(chosen, class_name, choice, pixels, bar, stop.is_set, encoding)
            bringing.take(paths, move, wanted)
        imported, skipped = bringing.imported, bringing.skipped
        for sentence in bringing.said:
            output.warn(sentence)
        _tell(output, chosen, imported, skipped, bringing.notes, bringing.pixels)
    conclude(imported, skipped, paths, stop.is_set())


class _BringingIn:
    """One import of the command, of whatever was named."""

    def __init__(
        self,
        dataset: Dataset,
        class_name: str,
        choice: LabelChoice,
        pixels: PixelChoice,
        bar: Bar,
        stopped: Callable[[], bool],
        names_encoding: str = "",
    ) -> None:
        self.said: list[str] = []
        self._names_encoding = names_encoding
        self.imported = 0
        self.notes: list[str] = []
        self.pixels: tuple[str, ...] = ()
        self.skipped: list[tuple[Path, str]] = []
        self._dataset = dataset
        self._class_name = class_name
        self._choice = choice
        self._pixels = pixels
        self._bar = bar
        self._stopped = stopped

    def take(self, paths: Sequence[Path], move: bool, wanted: FrameChoice) -> None:
        from cnn_studio.data.class_folders import ClassFolders
        from cnn_studio.data.import_plan import plan_import
        from cnn_studio.data.intake import run_import
        from cnn_studio.data.unpacking import unpack_dataset
        from cnn_studio.video_import import import_videos

        folders, name = ClassFolders(self._dataset), self._class_name
        packed, videos, others = _sorted_out(paths, name)
        for path in packed:
            unpacked = unpack_dataset(
                self._dataset,
                path,
                progress=self._bar,
                cancelled=self._stopped,
                waits=self._bar.say,
            )
            self._count(unpacked.imported, unpacked.skipped)
        if others:
            with plan_import(
                folders,
                others,
                name,
                self._stopped,
                self._choice,
                names_encoding=self._names_encoding,
                on_failure=lambda path, error: self._count(0, [(path, str(error))]),
            ) as plan:
                if self._stopped():  # what was found by then says nothing of the rest
                    return
                self._decide_names(plan)
                self.notes += plan.notes
                self._look_at_pixels(plan)
                done = run_import(
                    plan,
                    move=move,
                    progress=self._bar,
                    cancelled=self._stopped,
                    waits=self._bar.say,
                )
            self._count(len(done.imported), done.skipped)
            self.pixels = done.pixels
        if videos and name:
            taken = import_videos(
                folders,
                name,
                videos,
                wanted,
                progress=self._bar,
                cancelled=self._stopped,
                waits=self._bar.say,
            )
            self._count(len(taken.imported), taken.skipped)
        elif videos:
            say = "Say with --class what the video shows"
            self._count(0, [(path, f"{say}: {path.name}.") for path in videos])

    def _look_at_pixels(self, plan: ImportPlan) -> None:
        """Find how images of many bits or bands are read, and say where little would be seen.

        Raises:
            DatasetError: A person has to decide it.
        """
        from cnn_studio.data.pixel_survey import span_text, surveyed

        self._bar.describe("Looking at the pixels")
        known = plan.folders.dataset.card.pixels
        found = surveyed(plan.files, cancelled=self._stopped, progress=self._bar, known=known)
        plan.pixels = found.chosen(self._pixels)
        self._bar.describe("Bringing in")
        if plan.pixels.doubts:
            spans = reversed(plan.pixels.spans)
            named = " or ".join(f"--range {span_text(span)}" for span in spans)
            raise DatasetError(
                f"{'; '.join(plan.pixels.doubts)}. Say what is black and what is white: {named}."
            )
        for sentence in plan.pixels.warnings:
            self._bar.say(sentence)

    def _decide_names(self, plan: ImportPlan) -> None:
        """Say how names were read that do not say it; of those in doubt nothing is imported.

        For one class of all the images the names of their folders do not matter.
        """
        if not self._class_name:
            plan.leave_out_doubtful()
        for path, reading in plan.readings.items():
            if not (reading.is_certain or reading.is_doubtful or self._class_name):
                self.said.append(
                    f"{reading.said(path.name)} --names-encoding reads them otherwise."
                )

    def _count(self, imported: int, skipped: Skipped) -> None:
        self.imported += imported
        self.skipped += skipped


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


def _tell(
    output: Output,
    dataset: Dataset,
    imported: int,
    skipped: Skipped,
    notes: Sequence[str],
    pixels: Sequence[str],
) -> None:
    from cnn_studio.data.left_out import without_present

    for path, reason in skipped:
        output.line({"path": str(path), "reason": reason})
    _others, present = without_present(skipped)
    counts = {
        "dataset": dataset.name,
        "imported": imported,
        "skipped": len(skipped),
        "already": present,
    }
    about = {"pixels": list(pixels)} if pixels else {}
    output.line({**counts, "notes": list(notes), **about})
    if not output.is_json:
        say_left_out(output, skipped)
        for note in notes:
            output.say(note)
    if imported:
        came = "1 image was" if imported == 1 else f"{imported:,} images were"
        output.say(f"{came} brought into {dataset.title}.")
    say_present(output, imported, skipped)
    for sentence in pixels:
        output.say(sentence)
