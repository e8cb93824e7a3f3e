"""Above the picture: what is classified, and what was said of it in the last minutes."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from cnn_studio.gui.prediction.sources.live_source import SourceKind
from cnn_studio.gui.theme import Theme
from cnn_studio.untrusted_text import shown

_ICONS = {SourceKind.CAMERA: "capture", SourceKind.VIDEO: "video", SourceKind.SCREEN: "screen"}
_MOST_TEXT = 220


class SourceBar(QWidget):
    """Shows and asks; the source changes only when `show_source` says so.

    Signals:
        camera_requested, video_requested, screen_requested: This shall be classified; which video
            or which part of the screen is still to be asked.
        history_requested: The last minutes shall be shown.
    """

    camera_requested = Signal()
    video_requested = Signal()
    screen_requested = Signal()
    history_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sourceBar")
        self._theme = theme
        self._kind = SourceKind.CAMERA
        self._chooser = QPushButton(self)
        self._chooser.setObjectName("sourceChooser")
        self._chooser.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._actions: dict[SourceKind, QAction] = {}
        self._chooser.setMenu(self._make_menu())
        self.setFocusProxy(self._chooser)
        self._again = QPushButton(self.tr("Choose again"), self)
        self._again.setObjectName("chooseSourceAgain")
        self._again.setAccessibleName(self._again.text())
        self._again.setToolTip(self.tr("Choose another video, or another part of the screen"))
        self._again.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._history = QToolButton(self)
        self._history.setObjectName("liveHistoryButton")
        self._history.setIconSize(QSize(18, 18))
        self._history.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._history.setAccessibleName(self.tr("Show the history of the last minutes"))
        self._history.setShortcut(QKeySequence("Ctrl+H"))
        key = self._history.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self._history.setToolTip(f"{self._history.accessibleName()} ({key})")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._chooser)
        row.addWidget(self._again)
        row.addStretch(1)
        row.addWidget(self._history)
        self._again.clicked.connect(self._on_again_clicked)
        self._history.clicked.connect(self.history_requested)
        theme.changed.connect(self._on_theme_changed)
        self.show_source(SourceKind.CAMERA, "")

    def show_source(self, kind: SourceKind, name: str) -> None:
        """Show what is classified.

        Args:
            kind: What it is.
            name: Of the video's file or the part of the screen; not needed for the camera.
        """
        self._kind = kind
        for other, action in self._actions.items():
            action.setChecked(other is kind)
        text = self.tr("Camera") if kind is SourceKind.CAMERA else shown(name)
        elided = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, _MOST_TEXT)
        self._chooser.setText(f" {elided}")  # a little room after the icon
        self._chooser.setAccessibleName(self.tr("Source: {name}").format(name=text))
        self._chooser.setToolTip(
            self.tr("Choose what is classified; now: {name} (Alt+S)").format(name=text)
        )
        self._chooser.setShortcut(QKeySequence("Alt+S"))  # a new text takes it away
        self._again.setVisible(kind is not SourceKind.CAMERA)
        self._on_theme_changed()

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName("sourceMenu")
        menu.setToolTipsVisible(True)
        group = QActionGroup(menu)
        for kind, name, text, tip in (
            (
                SourceKind.CAMERA,
                "sourceCamera",
                self.tr("Camera"),
                self.tr("The camera that is chosen above"),
            ),
            (
                SourceKind.VIDEO,
                "sourceVideo",
                self.tr("Video file …"),
                self.tr("Play a video, and see what is in it on a time line"),
            ),
            (
                SourceKind.SCREEN,
                "sourceScreen",
                self.tr("Screen region …"),
                self.tr("Look at a part of the screen"),
            ),
        ):
            action = menu.addAction(text)
            action.setObjectName(name)
            action.setToolTip(tip)
            action.setCheckable(True)
            group.addAction(action)
            self._actions[kind] = action
        menu.triggered.connect(self._on_menu_triggered)
        return menu

    def _request(self, kind: SourceKind) -> None:
        {
            SourceKind.CAMERA: self.camera_requested,
            SourceKind.VIDEO: self.video_requested,
            SourceKind.SCREEN: self.screen_requested,
        }[kind].emit()

    @Slot(QAction)
    def _on_menu_triggered(self, chosen: QAction) -> None:
        self._actions[self._kind].setChecked(True)  # until the source is there
        self._request(next(kind for kind, each in self._actions.items() if each is chosen))

    @Slot()
    def _on_again_clicked(self) -> None:
        self._request(self._kind)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._chooser.setIcon(self._theme.icon(_ICONS[self._kind]))
        self._history.setIcon(self._theme.icon("history"))
