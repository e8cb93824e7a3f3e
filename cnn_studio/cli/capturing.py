"""`cnn-studio capture`: record a class from a camera, as holding the record button does."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from cnn_studio.cli.filling import dataset_to_fill
from cnn_studio.cli.interrupts import stop_on_interrupt
from cnn_studio.cli.options import JsonOption, WorkspaceOption, chosen_workspace
from cnn_studio.cli.output import Bar, Output
from cnn_studio.errors import CameraError, DatasetError, UsageError

if TYPE_CHECKING:
    from cnn_studio.camera.feed import FeedState
    from cnn_studio.camera.source import Frame, FrameSource
    from cnn_studio.camera.spec import CameraSpec
    from cnn_studio.data.class_folders import ClassFolders
    from cnn_studio.data.recorder import Recorder
    from cnn_studio.data.sessions import Session

_HIGHEST_RATE = 1000
_LONGEST_S = 86_400
_LOOK_INTERVAL_S = 0.05
_WRITE_TIMEOUT_S = 30.0
_CLOSE_TIMEOUT_S = 10.0  # longer than a webcam that hangs blocks one read


ClassArgument = Annotated[
    str, typer.Argument(metavar="CLASS", help="What the camera shows.", show_default=False)
]
TargetOption = Annotated[
    str,
    typer.Option(
        metavar="DATASET", help="Where the images go: a dataset's name, or its folder as ./NAME."
    ),
]
CameraOption = Annotated[
    str | None,
    typer.Option(
        metavar="SPEC",
        help="0, a camera's name, a video, a folder of images, a URL, demo:shoe, demo:nothing.",
        show_default="the first webcam, else demo",
    ),
]
SizeOption = Annotated[
    str | None,
    typer.Option(
        metavar="WxH",
        help="The size of a webcam's pictures, such as 1280x720.",
        show_default="640x480",
    ),
]
CountOption = Annotated[int, typer.Option(metavar="N", help="How many frames to keep.")]
RateOption = Annotated[
    float | None,
    typer.Option(
        metavar="F",
        help="At most so many frames a second.",
        show_default="as many as the camera gives",
    ),
]
SkipOption = Annotated[
    bool,
    typer.Option(
        "--skip-same", help="Pass over frames that show the same as the last one that was kept."
    ),
]
DelayOption = Annotated[float, typer.Option(metavar="S", help="Seconds to wait before the first.")]
DurationOption = Annotated[
    float | None,
    typer.Option(metavar="S", help="End after so many seconds.", show_default="no end"),
]


def capture(
    context: typer.Context,
    class_name: ClassArgument,
    dataset: TargetOption = "objects",
    camera: CameraOption = None,
    size: SizeOption = None,
    count: CountOption = 100,
    fps: RateOption = None,
    skip_same: SkipOption = False,
    delay: DelayOption = 0.0,
    duration: DurationOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record frames of one class from a camera; all of them are one session.

    A class that the dataset does not have yet is added, and a dataset that is not there is made.
    Ctrl+C stops and keeps what was recorded.
    """
    from cnn_studio.camera.frame_size import parse_size
    from cnn_studio.camera.spec import create_source
    from cnn_studio.data.class_changes import class_removal
    from cnn_studio.data.class_folders import ClassFolders
    from cnn_studio.data.class_names import class_meant
    from cnn_studio.data.dataset_hold import Use, dataset_hold
    from cnn_studio.data.frame_gate import GateRules
    from cnn_studio.data.recorder import Recorder
    from cnn_studio.data.sessions import Session, SessionKind

    _check(count, fps, delay, duration)
    output = Output(as_json)
    wanted = parse_size(size) if size is not None else None
    # A video is taken once: its frames a second time would only be copies.
    source = create_source(_spec(camera), loop=False, size=wanted)
    place = chosen_workspace(context, workspace)
    with (
        dataset_to_fill(place, dataset, output) as chosen,
        dataset_hold(chosen.folder, Use.RECORDING),
    ):
        folders = ClassFolders(chosen)
        name = class_meant(class_name, folders.classes())
        is_new = name not in folders.classes()
        if is_new:
            folders.add_class(name)
        session, rules = Session.new(SessionKind.RECORDING), GateRules(skip_same=skip_same)
        recorder = Recorder(folders, name, session, frames_per_second=fps, limit=count, rules=rules)
        with stop_on_interrupt() as stop, output.progress(f"Recording {name}") as report:
            stop.wait(delay)
            last = _record(source, recorder, count, duration, stop, report)
        if is_new and not recorder.kept:
            folders.carry_out(class_removal(folders, name))
        _tell(output, folders, name, session, recorder, source)
    _raise_failure(recorder, last)


def _tell(
    output: Output,
    folders: ClassFolders,
    class_name: str,
    session: Session,
    recorder: Recorder,
    source: FrameSource,
) -> None:
    folder = folders.folder_of(class_name)
    output.line(
        {
            "dataset": folders.dataset.name,
            "class": class_name,
            "kept": recorder.kept,
            "lost": recorder.lost,
            "skipped": recorder.skipped_same,
            "session": session.id,
            "folder": str(folder),
        }
    )
    if recorder.kept:
        lost = f"; {recorder.lost} were lost" if recorder.lost else ""
        output.say(f"{recorder.kept} frames from {source.description} are kept in {folder}{lost}.")
    about_size = _about_size(source)
    if about_size:
        output.warn(about_size)


def _about_size(source: FrameSource) -> str:
    """A sentence if a webcam did not give the size that it was asked for, else empty."""
    from cnn_studio.camera.webcam import WebcamSource

    answer = source.size_answer if isinstance(source, WebcamSource) else None
    if answer is None or answer.asked in (None, answer.given):
        return ""
    return f"They are of {answer.given} pixels: the webcam does not give {answer.asked}."


def _raise_failure(recorder: Recorder, last: FeedState) -> None:
    """Say why it did not go to its end.

    Raises:
        DatasetError: A frame could not be written.
        CameraError: The camera failed, or gave nothing. A video that came to its end has not: it
            gave what it had.
    """
    from cnn_studio.camera.feed import FeedStatus

    if recorder.error:
        raise DatasetError(recorder.error)
    if last.status is FeedStatus.FAILED or not recorder.kept:
        raise CameraError(last.message or "Stopped before the first frame.")


def _check(count: int, fps: float | None, delay: float, duration: float | None) -> None:
    if count < 1:
        raise UsageError(f"The count of frames must be 1 or more, not {count}.")
    if fps is not None and not 0 < fps <= _HIGHEST_RATE:
        raise UsageError(f"Frames a second must be above 0, up to {_HIGHEST_RATE}, not {fps}.")
    if not 0 <= delay <= _LONGEST_S:
        raise UsageError(f"The delay must be 0 to {_LONGEST_S} seconds, not {delay}.")
    if duration is not None and not 0 < duration <= _LONGEST_S:
        raise UsageError(
            f"The duration must be above 0, up to {_LONGEST_S} seconds, not {duration}."
        )


def _record(
    source: FrameSource,
    recorder: Recorder,
    count: int,
    duration_s: float | None,
    stop: threading.Event,
    report: Bar,
) -> FeedState:
    """Let the camera run until enough frames are kept, the time is over, or no more are to be had.

    Returns:
        How the camera stood when it ended by itself, else how it stood last.
    """
    from cnn_studio.camera.feed import CameraFeed, FeedStatus
    from cnn_studio.camera.mailbox import Mailbox

    ended = threading.Event()
    states: list[FeedState] = []

    def on_state(state: FeedState) -> None:
        if not ended.is_set():
            states.append(state)
        if state.status in (FeedStatus.FAILED, FeedStatus.STOPPED):
            ended.set()

    first_s = math.inf

    def offer(frame: Frame) -> None:
        nonlocal first_s
        first_s = min(first_s, frame.captured_s)
        if duration_s is not None and frame.captured_s - first_s > duration_s:
            ended.set()
        else:
            recorder.offer(frame.image_rgb, frame.captured_s)

    feed = CameraFeed(source, Mailbox(), on_state)
    feed.add_listener(offer)
    thread = threading.Thread(target=feed.run, name="camera", daemon=True)
    recorder.start()
    thread.start()
    try:
        while recorder.kept < count and not (ended.is_set() or stop.is_set() or recorder.error):
            report(recorder.kept, count)
            stop.wait(_LOOK_INTERVAL_S)
    finally:
        feed.stop()
        recorder.finish(_WRITE_TIMEOUT_S)
        thread.join(_CLOSE_TIMEOUT_S)
    return states[-1]


def _spec(text: str | None) -> CameraSpec:
    from cnn_studio.camera.listing import choose_at_start, list_cameras
    from cnn_studio.camera.spec import parse_spec

    return parse_spec(text) if text is not None else choose_at_start(None, list_cameras())
