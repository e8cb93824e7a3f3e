"""From a held key or button to images in the chosen class, or to a hint why not."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.camera.feed import FeedState, FeedStatus
from cnn_studio.gui.capture.classes.class_model import ClassModel
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.editing.edit_flow import EditFlow
from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.capture.recording.hold_keys import HoldKeys
from cnn_studio.gui.capture.recording.preview_panel import PreviewPanel
from cnn_studio.gui.capture.recording.record_control import RecordControl
from cnn_studio.gui.capture.recording.recording import Burst, Obstacle, obstacle
from cnn_studio.gui.endings import AFTER_A_CHANGE, Until
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Kind


class RecordFlow(QObject):
    """Connects what asks for frames, the camera, and what shows how it goes.

    Signals:
        recorded: The dataset has new images, and none is still being written.
    """

    recorded = Signal()

    def __init__(
        self,
        studio: Studio,
        contents: Contents,
        edits: EditFlow,
        classes: ClassModel,
        preview: PreviewPanel,
        keys: HoldKeys,
        messages: Messages,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._contents = contents
        self._edits = edits
        self._classes = classes
        self._preview = preview
        self._keys = keys
        self._messages = messages
        self._control = RecordControl(studio.camera, studio.jobs, self)
        self._is_waiting = False  # Space is held for a class that is just being added
        self._is_toggled = False  # the recording goes on when the key or button comes up
        self._connect()

    def let_go(self) -> None:
        """End the recording, whatever holds it."""
        self._keys.let_go()
        self._preview.record.hold_button.let_go()
        self._control.end()

    def release(self) -> None:
        """Nobody can be holding a key or button any more, as when the window is left."""
        self._keys.let_go()
        self._preview.record.hold_button.let_go()

    def update_lock(self) -> None:
        """Enable what records, or disable it and say why."""
        self._preview.record.set_locked(self._locked_reason())

    @property
    def is_active(self) -> bool:
        """Whether frames are being taken, or will be once the delay is over."""
        return self._control.is_active

    def shutdown(self) -> None:
        """End the recording and wait until its frames are on the disk."""
        for burst in self._control.shutdown():
            self._edits.keep_recorded(burst.folders, burst.class_name, burst.samples)

    def _connect(self) -> None:
        record, control = self._preview.record, self._control
        record.hold_button.hold_began.connect(self._on_hold_began)
        record.hold_button.hold_ended.connect(self._on_hold_ended)
        record.shot_requested.connect(self._on_shot_requested)
        self._keys.hold_began.connect(self._on_hold_began)
        self._keys.hold_ended.connect(self._on_hold_ended)
        self._keys.class_hold_began.connect(self._on_class_hold_began)
        self._keys.end_requested.connect(control.end)
        self._keys.shot_requested.connect(self._on_shot_requested)
        self._edits.class_added.connect(self._on_edits_class_added)
        control.began.connect(self._preview.set_recording)
        control.began.connect(self._on_control_began)
        control.counting_down.connect(self._preview.frame_view.set_countdown)
        control.counted.connect(record.set_counts)
        control.counted.connect(self._preview.set_counts)
        control.written.connect(self._contents.add_samples)
        control.written.connect(self._studio.instant.learn)
        control.stopped.connect(self._on_control_stopped)
        control.ended.connect(self._on_control_ended)
        control.failed.connect(self._on_control_failed)
        self._studio.camera.state_changed.connect(self._on_camera_state_changed)

    def _may_record(self) -> bool:
        contents, latest = self._contents, self._studio.camera.latest()
        reason = obstacle(contents.folders, contents.classes, contents.chosen, latest is not None)
        if reason is None:
            self._studio.endings.end(Until.CHANGE)
        else:
            hint, until = self._hint(reason)
            self._messages.say(hint, Kind.INFO, until=until | AFTER_A_CHANGE)
        return reason is None

    def _hint(self, reason: Obstacle) -> tuple[str, Until]:
        """What to do about it, and what shows that it was done."""
        if reason is Obstacle.READ_ONLY:
            return self._locked_reason(), Until.DATASET
        if reason is Obstacle.NO_CLASSES:
            text = self.tr("Add a class first: type its name on the left and press Enter.")
            return text, Until.CHANGE
        if reason is Obstacle.NO_CLASS_CHOSEN:
            text = self.tr("Choose a class first: click it on the left or press its number.")
            return text, Until.SHOWN
        text = self.tr("There is nothing to record: the camera gives no picture.")
        return text, Until.CAMERA_WORKS

    def _locked_reason(self) -> str:
        dataset = self._contents.dataset
        if dataset is None:
            return self.tr("Choose a dataset above to record into.")
        if self._contents.folders is None:
            return self.tr(
                "{title} is kept as it was published. Choose or create another dataset above "
                "to record into."
            ).format(title=dataset.title)
        return ""

    @Slot()
    def _on_hold_began(self) -> None:
        self._is_waiting = self._edits.is_adding_class
        if self._is_waiting:
            return
        self._is_toggled = self._preview.record.options.is_toggle
        if self._is_toggled and self._control.is_active:
            self._control.end()
        else:
            self._begin()

    @Slot(int)
    def _on_class_hold_began(self, number: int) -> None:
        name = self._classes.name_of(number)
        if name:
            self._is_toggled = False  # it is held, whatever the button does
            self._control.end()
            self._contents.choose(name)
            self._begin()

    @Slot()
    def _on_edits_class_added(self) -> None:
        if self._is_waiting and not self._edits.is_adding_class:
            self._on_hold_began()

    @Slot()
    def _on_hold_ended(self) -> None:
        self._is_waiting = False
        if not self._is_toggled:
            self._control.end()

    def _begin(self) -> None:
        folders, chosen = self._contents.folders, self._contents.chosen
        if not self._may_record() or folders is None:
            return
        options, limit = self._preview.record.options, None
        if options.stops_at_target:
            limit = self._contents.next_target(chosen) - self._contents.counts.get(chosen, 0)
            if limit <= 0:
                text = self.tr("{name} has reached its target. Switch that off to record more.")
                until = Until.SHOWN | AFTER_A_CHANGE
                self._messages.say(text.format(name=chosen), Kind.INFO, until=until)
                return
        self._control.begin(folders, chosen, options, limit, is_held=not self._is_toggled)

    @Slot()
    def _on_shot_requested(self) -> None:
        frame = self._studio.camera.latest()
        if self._may_record() and self._contents.folders is not None and frame is not None:
            self._control.shoot(self._contents.folders, self._contents.chosen, frame)
            self._preview.frame_view.flash()

    @Slot()
    def _on_control_stopped(self) -> None:
        self._preview.set_recording("")

    @Slot()
    def _on_control_began(self) -> None:
        self._studio.features.hold("recording", True)

    @Slot(object)
    def _on_control_ended(self, burst: Burst) -> None:
        self._edits.remember_recorded(burst.folders, burst.class_name, burst.samples)
        if burst.samples and self._contents.shows(burst.folders.dataset):
            images = self._edits.images(len(burst.samples))
            text = self.tr("{images} of {name} recorded")
            said = text.format(images=images, name=burst.class_name)
            self._studio.say(said, AFTER_A_CHANGE | Until.PAGE)
        if not self._control.is_writing:
            self._studio.features.hold("recording", False)
            self.recorded.emit()

    @Slot(str)
    def _on_control_failed(self, sentence: str) -> None:
        self._messages.say(sentence, Kind.ERROR, until=AFTER_A_CHANGE)

    @Slot(object)
    def _on_camera_state_changed(self, state: FeedState) -> None:
        if state.status is not FeedStatus.RUNNING and self._control.is_active:
            self.let_go()
            text = self.tr("The camera stopped giving frames; the recording has ended.")
            until = Until.CAMERA_WORKS | AFTER_A_CHANGE
            self._messages.say(text, Kind.ERROR, until=until)
