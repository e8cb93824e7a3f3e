"""`cnn-studio sort`: photos without classes, sorted into those of a dataset."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cnn_studio.cli import COULD_NOT, DONE
from cnn_studio.cli.filling import say_left_out, say_present
from cnn_studio.cli.interrupts import stop_on_interrupt
from cnn_studio.cli.options import DatasetArgument, JsonOption, WorkspaceOption, chosen_workspace
from cnn_studio.cli.output import Bar, Column, Output, percent
from cnn_studio.errors import DatasetError, ImageError, StudioError, UsageError
from cnn_studio.untrusted_text import spreadsheet_cell

if TYPE_CHECKING:
    from cnn_studio.data.class_folders import ClassFolders
    from cnn_studio.data.intake import IntakeReport
    from cnn_studio.instant.sorting import Sorting

_FIELDS = ("path", "class", "probability", "sure", "unknown", "score")


def sort(
    context: typer.Context,
    dataset: DatasetArgument,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="Photos, or folders, zips and tars of photos.",
            show_default=False,
        ),
    ],
    error: Annotated[
        float,
        typer.Option(
            metavar="SHARE", help="At most this share of those taken as sure may be wrong, 0 to 1."
        ),
    ] = 0.02,
    take: Annotated[
        bool, typer.Option("--take", help="Copy the sure ones into their classes.")
    ] = False,
    table: Annotated[
        Path | None,
        typer.Option(
            "--csv", metavar="FILE", help="Also write a table into this file.", show_default=False
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> int:
    """Propose a class for each photo, from what the images of a dataset show. No training.

    Two classes need three images each. The sure ones come first, the most probable before all; the
    others follow, those first whose label would teach most. Without --take nothing is changed; with
    it the sure ones are copied into their classes, and only the others are listed. Photos that the
    dataset has already are left out. With --json each photo is a line, and the last line says how
    many are sure and how many of them are likely wrong.
    """
    from cnn_studio.data.catalog import find_dataset
    from cnn_studio.data.class_folders import ClassFolders

    if not 0 <= error <= 1:
        raise UsageError(f"The share of wrong ones must be 0 to 1, not {error}.")
    missing = next((path for path in paths if not path.exists()), None)
    if missing is not None:
        raise DatasetError(f"The file is not there: {missing}.")
    output = Output(as_json)
    place = chosen_workspace(context, workspace)
    folders = ClassFolders(find_dataset(place, dataset, to_change=take))
    report = None
    with stop_on_interrupt() as stop, output.progress("Learning the classes") as bar:
        sorting = _sorted(folders, paths, bar, stop.is_set)
        sure = sorting.sure(error)
        if take and len(sure):
            bar.describe("Bringing in")
            report = _taken(folders, paths, sorting, sure.tolist(), bar, stop.is_set)
    listed = [*([] if report is not None else sure.tolist()), *sorting.rest(sure).tolist()]
    rows = [_values(sorting, number, set(sure.tolist())) for number in listed]
    for row in rows:
        output.line(row)
    for sentence in sorting.names_said:
        output.warn(sentence)
    _tell(output, sorting, rows, report)
    if table is not None:
        _write_csv(table, rows)
    return _conclude(output, sorting, error, take, report, stop.is_set())


def _sorted(
    folders: ClassFolders, paths: Sequence[Path], bar: Bar, stopped: Callable[[], bool]
) -> Sorting:
    """Learn the dataset, and look at the photos.

    Raises:
        DatasetError: Too little is known to tell classes apart.
        ImageError: There is no photo.
        StudioError: It was stopped.
    """
    from cnn_studio.instant.learner import learn_dataset
    from cnn_studio.instant.unsorted_photos import NOTHING_TO_GO_BY, sort_photos

    model = None
    if any(folders.counts().values()):
        model, _table = learn_dataset(folders.dataset, progress=bar, cancelled=stopped)
    if model is None and not stopped():
        raise DatasetError(NOTHING_TO_GO_BY)
    bar.describe("Looking at the photos")
    sorting = None
    if model is not None:
        sorting = sort_photos(folders, paths, model, progress=bar, cancelled=stopped)
    if sorting is None:
        raise StudioError("Stopped; nothing was changed.")
    if not (len(sorting) or sorting.held or sorting.unreadable):
        raise ImageError(f"There is no image in {', '.join(map(str, paths))}.")
    return sorting


def _taken(
    folders: ClassFolders,
    paths: Sequence[Path],
    sorting: Sorting,
    places: Sequence[int],
    bar: Bar,
    stopped: Callable[[], bool],
) -> IntakeReport:
    """Bring photos into the classes that are proposed."""
    from cnn_studio.data.import_plan import plan_import
    from cnn_studio.data.intake import run_import

    classes = {sorting.photos[place].absolute(): sorting.class_of(place) for place in places}
    with plan_import(folders, paths, cancelled=stopped) as plan:
        plan.assign(classes)
        return run_import(plan, progress=bar, cancelled=stopped, waits=bar.say)


def _values(sorting: Sorting, place: int, sure: set[int]) -> dict[str, Any]:
    name, probability = sorting.ranked(place)[0]
    score = None if sorting.scores is None else float(sorting.scores[place])
    return {
        "path": str(sorting.photos[place]),
        "class": name,
        "probability": probability,
        "sure": place in sure,
        "unknown": bool(sorting.unknown[place]),
        "score": score,
    }


def _tell(
    output: Output, sorting: Sorting, rows: Sequence[dict[str, Any]], report: IntakeReport | None
) -> None:
    skipped = (*sorting.held, *sorting.unreadable, *(report.skipped if report else ()))
    for path, reason in skipped:
        output.line({"path": str(path), "reason": reason})
    if not output.is_json:
        say_left_out(output, skipped)
        say_present(output, len(sorting), skipped)
    columns = [Column("PATH"), Column("CLASS"), Column("PROBABILITY", is_number=True)]
    columns.append(Column("SURE"))
    if rows:
        output.table(columns, [_row(row) for row in rows])


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    name = f"unknown ({row['class']}?)" if row["unknown"] else str(row["class"])
    return str(row["path"]), name, percent(row["probability"]), "yes" if row["sure"] else ""


def _write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    from cnn_studio.whole_files import write_atomically

    text = io.StringIO()
    writer = csv.DictWriter(text, _FIELDS)
    writer.writeheader()
    writer.writerows(
        {
            field: spreadsheet_cell(value) if isinstance(value, str) else value
            for field, value in row.items()
        }
        for row in rows
    )
    write_atomically(path, text.getvalue().encode())


def _conclude(
    output: Output,
    sorting: Sorting,
    error: float,
    take: bool,
    report: IntakeReport | None,
    stopped: bool,
) -> int:
    """Say how many are sure, and what came in.

    Returns:
        The exit code.
    """
    taking = sorting.taking(error)
    imported = 0 if report is None else len(report.imported)
    output.line(
        {
            "photos": len(sorting),
            "sure": taking.count,
            "expected_wrong": taking.wrong,
            "left_out": len(sorting.held) + len(sorting.unreadable),
            "imported": imported,
        }
    )
    wrong = round(taking.wrong)
    output.say(
        f"{taking.count:,} of {len(sorting):,} photos are sure, about {wrong:,} of them wrong "
        f"(at most {percent(error)} was allowed)."
    )
    if report is not None:
        came = "1 photo was" if imported == 1 else f"{imported:,} photos were"
        output.say(f"{came} copied into their classes; {len(sorting) - taking.count:,} are left.")
    if stopped:
        raise StudioError(f"Stopped; {imported:,} photos were brought in.")
    is_all_there = bool(sorting.held) and not (len(sorting) or sorting.unreadable)
    return COULD_NOT if take and not imported and not is_all_there else DONE
