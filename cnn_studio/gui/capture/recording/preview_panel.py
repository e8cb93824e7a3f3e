"""The camera's picture, what the model sees of it, and what records it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.camera.source import Frame
from cnn_studio.gui.capture.recording.instant_strip import InstantStrip
from cnn_studio.gui.capture.recording.prepared_box import PreparedBox
from cnn_studio.gui.capture.recording.record_panel import RecordPanel
from cnn_studio.gui.capture.recording.recording import Counts
from cnn_studio.gui.capture.recording.size_chooser import SizeChooser
from cnn_studio.gui.figures import whole
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.demo_objects import DemoObjects
from cnn_studio.gui.widgets.frame_view import FrameView
from cnn_studio.vision.preparation import InputSpec
from cnn_studio.vision.quality import Flaw, measure_quality

_PREPARE_INTERVAL_S = 0.06
_MEASURE_INTERVAL_S = 0.2
_SIDE_WIDTHS = (248, 560)
_PREPARED_SHARE = 0.22  # of the panel's width, at most


class PreviewPanel(QFrame):
    """Shows the camera. What is stored is never mirrored, whatever the screen shows.

    Signals:
        instant_toggled(bool): Whether a person wants to read what the camera shows.
    """

    instant_toggled = Signal(bool)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("previewPanel")
        self.setProperty("panel", "true")
        self._studio = studio
        self._spec: InputSpec | None = None
        self._prepared_s = 0.0
        self._measured_s = 0.0
        self._flaws: tuple[Flaw, ...] = ()
        self._recorded = ""
        self._aspect = 4 / 3
        self.frame_view = FrameView(studio.camera, studio.theme, self)
        self.record = RecordPanel(studio.theme, studio.settings, self)
        self._prepared = PreparedBox(studio.theme, self)
        self._prepared_text = QLabel(self)
        self._prepared_text.setProperty("role", "quiet")
        self._prepared_text.setWordWrap(True)
        self._mirror = QToolButton(self)
        self._make_mirror()
        self.instant = InstantStrip(studio.theme, self)
        self._says = QToolButton(self)
        self._make_says()
        self._size = SizeChooser(studio.camera.picture_size, self)
        self._lay_out()
        self.frame_view.frame_shown.connect(self._on_frame_shown)
        studio.camera.state_changed.connect(self._prepared.view.clear)
        studio.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def set_spec(self, spec: InputSpec | None) -> None:
        """Say what the dataset's network expects of an image; None while there is no dataset."""
        self._spec = spec
        self._prepared_s = 0.0
        if spec is None:
            self._prepared.view.clear()
            self._prepared_text.setText("")
            return
        self._prepared.set_image_size(spec.size)
        colours = self.tr("colour") if spec.channels == 3 else self.tr("grey")
        self._prepared_text.setText(
            self.tr("{size} × {size} {colours}").format(size=spec.size, colours=colours)  # noqa: RUF001
        )

    def set_recording(self, class_name: str) -> None:
        """Show that frames are recorded into a class; empty for none."""
        self._recorded = class_name
        self.record.set_recording(class_name)
        self._size.set_locked(bool(class_name))
        self.set_counts(Counts())

    def set_counts(self, counts: Counts) -> None:
        """Show what became of the frames of the newest recording."""
        if self._recorded:
            shown = self.tr("Recording {name}: {count}")
            text = shown.format(name=self._recorded, count=whole(counts.kept))
            self.frame_view.set_recording(text)
        else:
            self.frame_view.set_recording("")

    def set_instant_on(self, is_on: bool) -> None:
        """Show whether it is said what the camera shows."""
        self._says.setChecked(is_on)

    def set_instant_possible(self, is_possible: bool) -> None:
        """Offer to say what the camera shows, or do not."""
        self._says.setVisible(is_possible)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._prepared.set_most(round(_PREPARED_SHARE * event.size().width()))
        self._fit_frame_view()

    def _make_mirror(self) -> None:
        self._mirror.setObjectName("mirrorButton")
        self._mirror.setText(self.tr("Mirror"))
        self._mirror.setToolTip(
            self.tr("Show the picture as a mirror does; what is stored is never mirrored")
        )
        self._mirror.setAccessibleName(self.tr("Mirror the preview"))
        self._mirror.setCheckable(True)
        self._mirror.setChecked(self._studio.camera.mirrored)
        self._mirror.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._mirror.setIconSize(QSize(16, 16))
        self._mirror.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._mirror.toggled.connect(self._studio.camera.set_mirrored)
        self._studio.camera.mirrored_changed.connect(self._mirror.setChecked)

    def _make_says(self) -> None:
        self._says.setObjectName("saysButton")
        self._says.setToolTip(
            self.tr("Show what the camera sees, judged by your images alone (Ctrl+I)")
        )
        self._says.setShortcut("Ctrl+I")
        self._says.setAccessibleName(self.tr("Say what the camera shows"))
        self._says.setCheckable(True)
        self._says.setIconSize(QSize(16, 16))
        self._says.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._says.toggled.connect(self.instant_toggled)

    def _lay_out(self) -> None:
        heading = QLabel(self.tr("What the model sees"), self)
        heading.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(heading)
        words.addWidget(self._prepared_text)
        words.addSpacing(4)
        switches = QHBoxLayout()
        switches.setSpacing(8)
        switches.addWidget(self._mirror)
        switches.addWidget(self._says)
        switches.addStretch(1)
        words.addLayout(switches)
        words.addSpacing(4)
        words.addWidget(self._size, 0, Qt.AlignmentFlag.AlignLeft)
        words.addStretch(1)
        sees = QHBoxLayout()
        sees.setSpacing(12)
        sees.addWidget(self._prepared)
        sees.addLayout(words, 1)
        side = QWidget(self)
        side.setMinimumWidth(_SIDE_WIDTHS[0])
        side.setMaximumWidth(_SIDE_WIDTHS[1])
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(sees, 1)
        column.addWidget(self.record)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.frame_view, 1000)  # the picture first, then what stands beside it
        row.addWidget(side, 1)
        row.addStretch(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        layout.addLayout(row, 1)
        layout.addWidget(self.instant)
        layout.addWidget(DemoObjects(self._studio.camera, self))

    def _fit_frame_view(self) -> None:
        # As wide as the picture, so that what stands beside it stands close to it.
        widest = max(240, round(self.frame_view.height() * self._aspect))
        if widest != self.frame_view.maximumWidth():
            self.frame_view.setMaximumWidth(widest)

    @Slot(object)
    def _on_frame_shown(self, frame: Frame) -> None:
        height, width = frame.image_rgb.shape[:2]
        self._aspect = width / height
        self._fit_frame_view()
        if self._spec is not None and frame.captured_s - self._prepared_s > _PREPARE_INTERVAL_S:
            self._prepared_s = frame.captured_s
            self._prepared.view.set_frame(frame.image_rgb, self._spec)
        if frame.captured_s - self._measured_s > _MEASURE_INTERVAL_S:
            self._measured_s = frame.captured_s
            self._remark_on(measure_quality(frame.image_rgb).flaws)

    def _remark_on(self, flaws: tuple[Flaw, ...]) -> None:
        """Say what is wrong, once it has been wrong twice in turn."""
        words = {
            Flaw.BLURRED: self.tr("Blurred"),
            Flaw.DARK: self.tr("Too dark"),
            Flaw.BRIGHT: self.tr("Too bright"),
        }
        lasting = [flaw for flaw in flaws if flaw in self._flaws]
        self._flaws = flaws
        self.frame_view.set_remark(words[lasting[0]] if lasting else "")

    @Slot()
    def _on_theme_changed(self) -> None:
        self._mirror.setIcon(self._studio.theme.icon("mirror"))
        self._says.setIcon(self._studio.theme.icon("predict"))
