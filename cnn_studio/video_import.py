"""From a video file to images of a class.

Reading videos is the camera's part and keeping images the data's, and neither knows the other. The
window and the command line both do this, so it stands between them and those two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from pathlib import Path

from cnn_studio.camera.video_reader import VideoFacts, VideoReader, clock
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.class_names import class_meant
from cnn_studio.data.frame_gate import FrameGate, GateRules
from cnn_studio.data.held_contents import HeldContents
from cnn_studio.data.import_notes import BrokenImport, ImportKind, ImportNote
from cnn_studio.data.import_removal import TakenBack
from cnn_studio.data.import_turn import import_turn
from cnn_studio.data.left_out import AlreadyHere
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session
from cnn_studio.errors import DatasetError, StudioError, UsageError
from cnn_studio.vision.images import encode_jpeg
from cnn_studio.work_notes import Halt

DEFAULT_RATE = 5.0
"""Frames per second: more would hardly show anything new."""

HIGHEST_RATE = 1000.0
_STEPS = 1000  # of progress, for each video
_BREAK_S = 1.0  # the length that a file promises may be wrong by so much
_KEEP_ALL = GateRules()

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class FrameChoice:
    """Which frames of a video are wanted.

    Attributes:
        from_s: Where the part of the video begins.
        to_s: Where it ends; None for the end of the video.
        frames_per_second: At most so many are taken, evenly spaced; None takes every frame.
        rules: Which frames are passed over though they are due.

    Raises:
        UsageError: A value is outside what is said above.
    """

    from_s: float = 0.0
    to_s: float | None = None
    frames_per_second: float | None = DEFAULT_RATE
    rules: GateRules = _KEEP_ALL

    def __post_init__(self) -> None:
        rate = self.frames_per_second
        if rate is not None and not 0 < rate <= HIGHEST_RATE:
            raise UsageError(
                f"Frames a second must be above 0, up to {HIGHEST_RATE:g}, not {rate:g}."
            )
        if self.from_s < 0 or (self.to_s is not None and self.to_s < self.from_s):
            raise UsageError(
                "The part of a video must begin at 0 s or later and end after that, "
                f"not {self.from_s:g} s to {self.to_s or 0.0:g} s."
            )

    def expected(self, facts: VideoFacts) -> int:
        """How many frames of a video that is if they come evenly and none is passed over."""
        # The last frame of the part is in it, and is shown for an interval.
        last_s = facts.duration_s if self.to_s is None else self.to_s + 1 / facts.frames_per_second
        rate = min(self.frames_per_second or HIGHEST_RATE, facts.frames_per_second)
        shown_s = min(last_s, facts.duration_s) - self.from_s
        return max(1, ceil(round(shown_s * rate, 3)))


@dataclass(frozen=True)
class VideoReport:
    """What became of the frames of some videos.

    Attributes:
        imported: The new samples, in the order of the frames.
        skipped: The videos that gave nothing, or less than they could have, each with the reason:
            it breaks off, frames are damaged, the disk is full; an `AlreadyHere` where the class
            has these very frames, and nothing else is to be said.
        same: How many frames showed nothing new.
        flawed: How many were blurred, too dark or burnt out.
        known: How many frames the class has already, byte for byte.
        taken_back: What had come in and was taken back again; None if it stays.
    """

    imported: tuple[Sample, ...] = ()
    skipped: tuple[tuple[Path, str], ...] = ()
    same: int = 0
    flawed: int = 0
    known: int = 0
    taken_back: TakenBack | None = None


def import_videos(
    folders: ClassFolders,
    class_name: str,
    paths: Sequence[Path],
    choice: FrameChoice,
    *,
    progress: Progress = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
    halted: Callable[[], Halt] = lambda: Halt.KEEP,
    broken: BrokenImport | None = None,
    waits: Callable[[str], object] = lambda _sentence: None,
) -> VideoReport:
    """Take frames out of videos into a class; a new class is added with its first frame.

    The frames of a video differ by fractions of a second, so each video is one recording: the
    honest split keeps it on one side.

    Args:
        folders: The dataset.
        class_name: What the videos show.
        paths: The videos.
        choice: Which frames are wanted of each.
        progress: Told how far the work is, in steps of no unit, and of how many.
        cancelled: Called often; once it returns True, the import ends.
        halted: Called then; says what becomes of what is in.
        broken: The import that was broken off and goes on; None for a new one.
        waits: Gets a sentence, once, while another import into the dataset is under way.

    Raises:
        DatasetError: The class cannot have this name, or the dataset cannot be changed.
    """
    folders.check_changeable()
    name = class_meant(class_name, folders.classes())
    with import_turn(folders.dataset.folder, cancelled, waits) as has_come:
        if not has_come:
            return VideoReport()
        with _note_of(folders, name, paths, choice, broken) as note:
            taking = _Taking(folders, name, choice, note, cancelled)
            for place, path in enumerate(paths):
                if cancelled():
                    break
                taking.take(path, partial(_report, progress, place, len(paths)))
            report = taking.report()
            kept, taken_back = note.settle(report.imported, ended_early=cancelled(), halted=halted)
    return replace(report, imported=kept, taken_back=taken_back)


def go_on_with_videos(
    broken: BrokenImport,
    *,
    progress: Progress = lambda _done, _total: None,
    cancelled: Callable[[], bool] = lambda: False,
    halted: Callable[[], Halt] = lambda: Halt.KEEP,
    waits: Callable[[str], object] = lambda _sentence: None,
) -> VideoReport:
    """Take the frames that were still to come when an import was broken off; see `import_videos`.

    Raises:
        DatasetError: The dataset cannot be changed, or another studio goes on with it.
    """
    values = broken.values["choice"]
    rules = GateRules(values["skip_same"], values["skip_flawed"])
    choice = FrameChoice(values["from_s"], values["to_s"], values["frames_per_second"], rules)
    return import_videos(
        ClassFolders(broken.dataset),
        str(broken.values["class_name"]),
        broken.sources,
        choice,
        progress=progress,
        cancelled=cancelled,
        halted=halted,
        broken=broken,
        waits=waits,
    )


def _note_of(
    folders: ClassFolders,
    class_name: str,
    paths: Sequence[Path],
    choice: FrameChoice,
    broken: BrokenImport | None,
) -> ImportNote:
    if broken is not None:
        return ImportNote(folders, broken.values, broken)
    values = {
        "from_s": choice.from_s,
        "to_s": choice.to_s,
        "frames_per_second": choice.frames_per_second,
        "skip_same": choice.rules.skip_same,
        "skip_flawed": choice.rules.skip_flawed,
    }
    return ImportNote.begin(
        folders, ImportKind.VIDEOS, paths, 0, class_name=class_name, choice=values
    )


class _Taking:
    """One import in the making."""

    def __init__(
        self,
        folders: ClassFolders,
        class_name: str,
        choice: FrameChoice,
        note: ImportNote,
        cancelled: Callable[[], bool],
    ) -> None:
        self._folders = folders
        self._class_name = class_name
        self._choice = choice
        self._note = note
        self._cancelled = cancelled
        # What was there before: a video of a still gives the frames that were asked for.
        self._held = HeldContents(folders.folder_of(class_name))
        self._imported: list[Sample] = []
        self._skipped: list[tuple[Path, str]] = []
        self._same = self._flawed = self._known = 0

    def report(self) -> VideoReport:
        """What was done."""
        return VideoReport(
            tuple(self._imported), tuple(self._skipped), self._same, self._flawed, self._known
        )

    def take(self, path: Path, progress: Callable[[float], None]) -> None:
        """Take the frames of one video; `progress` is told the share that is done, 0 to 1."""
        gate = FrameGate(self._choice.rules)
        reasons = []
        known = 0
        progress(0.0)
        try:
            with VideoReader(path, self._cancelled) as video:
                try:
                    known = self._keep_frames(video, path, gate, progress)
                    if known:
                        reasons.append(_known_text(self._class_name, known, path))
                finally:
                    if video.damaged:
                        reasons.append(_damaged_text(video.damaged, path))
        except StudioError as error:
            reasons.append(str(error))
        if reasons:
            text = " ".join(reasons)
            is_known_only = bool(known) and len(reasons) == 1
            self._skipped.append((path, AlreadyHere(text) if is_known_only else text))
        self._known += known
        self._same += gate.same
        self._flawed += gate.flawed

    def _keep_frames(
        self, video: VideoReader, path: Path, gate: FrameGate, progress: Callable[[float], None]
    ) -> int:
        """Keep what is wanted of one video.

        Returns:
            How many frames the class has already, byte for byte.

        Raises:
            StudioError: It cannot go on; what is in stays.
        """
        choice = self._choice
        length_s = (choice.to_s or video.promised_s) - choice.from_s
        session = self._note.session_of_video(path)
        sequence = known = 0
        last_s: float | None = None
        for frame in video.frames(choice.from_s, choice.to_s, choice.frames_per_second):
            if self._cancelled():
                return known
            last_s = frame.time_s
            progress(min(1.0, (last_s - choice.from_s) / length_s) if length_s > 0 else 0.0)
            if not gate.admits(frame.image_rgb):
                continue
            if self._note.is_frame_in(path, frame.time_s):
                sequence += 1
                continue
            data = encode_jpeg(frame.image_rgb)
            if self._held.has(data):
                known += 1
                continue
            sequence += 1
            name = f"{self._class_name}/{session.file_name(sequence)}"
            self._note.frame_comes(name, path, frame.time_s)
            self._keep(data, session, sequence)
        if not self._cancelled():
            self._check_end(path, last_s, video.promised_s)
        return known

    def _keep(self, data: bytes, session: Session, sequence: int) -> None:
        if self._class_name not in self._folders.classes():
            self._folders.add_class(self._class_name)
        self._imported.append(
            self._folders.add_encoded(self._class_name, data, ".jpg", session, sequence)
        )

    def _check_end(self, path: Path, last_s: float | None, promised_s: float) -> None:
        """Say when a video gave less than it promises.

        Raises:
            DatasetError: It gave nothing, or broke off.
        """
        choice = self._choice
        if last_s is None:
            raise DatasetError(f"There is no picture that can be read in this part: {path.name}.")
        end_s = min(choice.to_s or promised_s, promised_s)
        interval_s = 1 / choice.frames_per_second if choice.frames_per_second else 0.0
        if last_s + interval_s < end_s - _BREAK_S:
            raise DatasetError(f"The video breaks off after {clock(last_s)}: {path.name}.")


def _known_text(class_name: str, count: int, path: Path) -> str:
    frames = "one of these frames" if count == 1 else f"{count:,} of these frames"
    return f"{class_name} has {frames} already: {path.name}."


def _damaged_text(count: int, path: Path) -> str:
    frames = "One frame is" if count == 1 else f"{count:,} frames are"
    return f"{frames} damaged: {path.name}."


def _report(progress: Progress, place: int, count: int, share: float) -> None:
    progress(round((place + share) * _STEPS), count * _STEPS)
