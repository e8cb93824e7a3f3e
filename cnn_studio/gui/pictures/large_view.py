"""One image, large, over the tab; arrows walk, a number key says what it shows, + looks closer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from cnn_studio.gui.figures import percent
from cnn_studio.gui.pictures.zoomed_picture import ZoomedPicture
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.elided_label import ElidedLabel

_ICON = QSize(20, 20)
_MARGIN = 16
_ZOOM_KEYS = (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus, Qt.Key.Key_0)
_ZOOM_MODIFIERS = (
    Qt.KeyboardModifier.ControlModifier  # as everywhere else
    | Qt.KeyboardModifier.ShiftModifier  # + is above another sign on many keyboards
    | Qt.KeyboardModifier.KeypadModifier
)
_MOST_FITTED = 4  # a small image stays recognizably small


class LargeView(QWidget):
    """Covers its parent while it is shown, and has the keyboard.

    The arrows walk from image to image while all of an image is in sight. They move it while parts
    of it are not; Page Up and Page Down walk then as ever.

    Attributes:
        finds_alike: Whether it offers to find what is like the image.

    Signals:
        step_requested(int): The next image (1) or the one before (-1).
        class_requested(int): Key 1 to 9: it shows this class.
        confirm_requested: It shows the class that it is in.
        delete_requested: It shall go to the trash.
        exclude_requested: It shall be left out of training, or taken in again.
        alike_requested: What is like it is to be found; only where that `finds_alike`.
        closed: The view was closed.
    """

    step_requested = Signal(int)
    class_requested = Signal(int)
    confirm_requested = Signal()
    delete_requested = Signal()
    exclude_requested = Signal()
    alike_requested = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget, *, finds_alike: bool = False) -> None:
        super().__init__(parent)
        self.finds_alike = finds_alike
        self.setObjectName("largeView")
        self.setAccessibleName(self.tr("Large preview"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._covered = parent
        self._theme = theme
        self._problem = ""
        self._keys = ""
        self._caption = ElidedLabel(self)
        self._caption.setObjectName("largeCaption")
        self._caption.setProperty("role", "title")
        self._details = ElidedLabel(self)
        self._details.setObjectName("largeDetails")
        self._details.setProperty("role", "quiet")
        self._hint = QLabel(self)
        self._hint.setObjectName("largeHint")
        self._hint.setProperty("role", "quiet")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._hint.setWordWrap(True)
        self._picture = ZoomedPicture(self, most_fitted=_MOST_FITTED)
        self._picture.setObjectName("largePicture")
        self._picture.setAccessibleName(self.tr("The image"))
        self._picture.zoom_changed.connect(self._show_hint)
        self._lay_out()
        parent.installEventFilter(self)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.hide()

    def open(self) -> None:
        """Cover the parent and take the keyboard."""
        self.setGeometry(self._covered.rect())
        self.show()
        self.raise_()
        self.setFocus()

    def close_view(self) -> None:
        """Uncover the parent."""
        if self.isVisible():
            self._picture.show_whole()
            self.hide()
            self.closed.emit()

    def set_image(self, image: QImage | None, problem: str = "") -> None:
        """Show an image; without one, why there is none."""
        self._problem = problem
        self._picture.set_image(image)
        self.update()

    def set_texts(self, caption: str, details: str, hint: str) -> None:
        """Say what it is, what is known of it, and which keys do what.

        Args:
            caption: What it is.
            details: What is known of it.
            hint: Which keys do what; its last line is about walking, and gives way to what the
                arrows do instead while the image is zoomed.
        """
        self._caption.setText(caption)
        self._details.setText(details)
        self._keys = hint
        self._show_hint()

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that it takes itself, and what they do."""
        return [
            (self.tr("Left, Right"), self.tr("Go to the image before or the next image")),
            (
                self.tr("Page Up, Page Down"),
                self.tr("Go to the image before or the next image, also while zoomed"),
            ),
            ("1 … 9", self.tr("Move the image to the class of this number")),
            (self.tr("Enter"), self.tr("Keep the image in its class")),
            (self.tr("Del"), self.tr("Delete it")),
            ("X", self.tr("Leave it out of training, or take it in again")),
            ("+, -", self.tr("Zoom in or out, as the wheel does")),
            ("Z", self.tr("Show the image at its full size, or all of it again")),
            ("0", self.tr("Show all of the image")),
            (self.tr("Arrows"), self.tr("Move the zoomed image, as dragging does")),
            (self.tr("Esc, Space"), self.tr("Go back")),
        ]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._covered:
            self.setGeometry(self._covered.rect())
        return False

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() in _ZOOM_KEYS
            and _may_zoom(event)
        ):
            event.accept()  # else Ctrl and + would change the thumbnails behind it
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, event_is_new = event.key(), not event.isAutoRepeat()
        if _may_zoom(event) and self._picture.take_key(key):
            pass
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_PageDown):
            self.step_requested.emit(1)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_PageUp):
            self.step_requested.emit(-1)
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Escape) and event_is_new:
            self.close_view()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event_is_new:
            self.confirm_requested.emit()
        elif key == Qt.Key.Key_Delete and event_is_new:
            self.delete_requested.emit()
        elif key == Qt.Key.Key_X and event_is_new:
            self.exclude_requested.emit()
        elif key == Qt.Key.Key_A and event_is_new and self.finds_alike:
            self.alike_requested.emit()
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9 and event_is_new:
            self.class_requested.emit(int(key) - int(Qt.Key.Key_0))
        event.accept()  # nothing behind it may be changed by a key

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.close_view()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("ground"))
        if self._picture.image is None:
            painter.setPen(QColor(self._theme.tokens.text_quiet))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self._picture.geometry()), int(flags), self._problem)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        for label in (self._caption, self._details):  # the buttons stand at the right edge
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        texts.addWidget(self._caption)
        texts.addWidget(self._details)
        head.addLayout(texts, 1)
        self._buttons: list[tuple[QToolButton, str]] = []
        parts = [
            ("previousImageButton", "back", self.tr("The image before (Left)"), self._on_previous),
            ("nextImageButton", "forward", self.tr("The next image (Right)"), self._on_next),
            ("closeLargeButton", "close", self.tr("Back (Esc)"), self.close_view),
        ]
        if self.finds_alike:
            tip = self.tr("Find alike (A)")
            parts.insert(0, ("largeAlikeButton", "alike", tip, self.alike_requested.emit))
        for name, icon, tip, slot in parts:
            button = QToolButton(self)
            button.setObjectName(name)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.setIconSize(_ICON)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys belong to the view
            button.clicked.connect(slot)
            head.addWidget(button)
            self._buttons.append((button, icon))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._picture, 1)
        layout.addWidget(self._hint)

    @Slot()
    def _show_hint(self) -> None:
        *above, walking = self._keys.split("\n")
        zoom = self._picture.zoom
        if zoom.is_fitted or not zoom.is_larger:
            keys = self.tr("+, - or the wheel zoom · Z 1:1")
            line = f"{walking} · {keys}" if walking and self._picture.image else walking
        else:
            line = self.tr(
                "{share} · Arrows or dragging move it · Page Up and Page Down walk · "
                "+ and - zoom · Z 1:1 · 0 shows all"
            ).format(share=percent(zoom.share, 0))
        self._hint.setText("\n".join([*above, line]))

    @Slot()
    def _on_previous(self) -> None:
        self.step_requested.emit(-1)

    @Slot()
    def _on_next(self) -> None:
        self.step_requested.emit(1)

    @Slot()
    def _on_theme_changed(self) -> None:
        for button, icon in self._buttons:
            button.setIcon(self._theme.icon(icon))
        self.update()


def _may_zoom(event: QKeyEvent) -> bool:
    has_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    is_known = not event.modifiers() & ~_ZOOM_MODIFIERS
    return is_known and (event.key() in _ZOOM_KEYS or not has_control)
