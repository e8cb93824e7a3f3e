"""Shows the picture of the curves, or says what will stand there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QFontInfo, QHelpEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.curves import Curves, Measure
from cnn_studio.gui.training.plot_look import PlotLook, PlotPicture
from cnn_studio.gui.training.plot_thread import PlotThread
from cnn_studio.gui.training.wording import share, whole

_DRAW_INTERVAL_MS = 150  # 6 to 7 pictures a second
_LEAVE_MS = 5000
_ICON_PX = 40


class CurvesView(QWidget):
    """Paints what the plot's thread has drawn; the thread starts after the first paint."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curvesView")
        self.setAccessibleName(self.tr("Loss and accuracy over the epochs"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(160)
        self._theme = theme
        self._curves = Curves(0)
        self._picture: PlotPicture | None = None
        self._title = ""
        self._sentence = ""
        self._thread = PlotThread(self)
        self._thread.drawn.connect(self._on_thread_drawn)
        self._pause = QTimer(self, interval=_DRAW_INTERVAL_MS, singleShot=True)
        self._pause.timeout.connect(self._on_pause_timeout)
        self._is_stale = False
        theme.changed.connect(self._on_theme_changed)

    def sizeHint(self) -> QSize:
        return QSize(720, 264)

    def set_curves(self, curves: Curves) -> None:
        """Show curves; drawn at once or, if a picture was asked for just now, a moment later."""
        self._curves = curves
        if curves.is_empty:
            self._picture = None
            self._is_stale = False
            self.update()
            return
        self._ask()

    def set_empty_text(self, title: str, sentence: str) -> None:
        """What to say while there are no curves."""
        self._title, self._sentence = title, sentence
        self.update()

    def shutdown(self) -> None:
        """End the plot's thread."""
        self._pause.stop()
        self._thread.leave()
        self._thread.wait(_LEAVE_MS)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._curves.is_empty:
            self._paint_empty(painter)
        elif self._picture is not None:
            # Between a change of size and its picture the older one is shown, stretched.
            painter.drawImage(QRectF(self.rect()), self._picture.image)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        if not self._curves.is_empty:
            self._ask()

    def showEvent(self, _event: QShowEvent) -> None:
        # Matplotlib is imported once the tab has been painted, never before.
        QTimer.singleShot(0, self, self._start_thread)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self._tip_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), text, self) if text else QToolTip.hideText()
            return True
        return super().event(event)

    def _ask(self) -> None:
        self._is_stale = True
        if not self._pause.isActive():
            self._on_pause_timeout()

    @Slot()
    def _on_pause_timeout(self) -> None:
        if self._is_stale and self.isVisible():
            self._is_stale = False
            self._thread.ask(self._curves, self._look())
            self._pause.start()

    @Slot(object)
    def _on_thread_drawn(self, picture: PlotPicture) -> None:
        if not self._curves.is_empty:
            self._picture = picture
            self.update()

    @Slot()
    def _on_theme_changed(self) -> None:
        if not self._curves.is_empty:
            self._ask()
        self.update()

    @Slot()
    def _start_thread(self) -> None:
        if not self._thread.isRunning() and not self._thread.isFinished():
            self._thread.start(self._thread.Priority.LowPriority)
        if not self._curves.is_empty:
            self._ask()

    def _look(self) -> PlotLook:
        tokens = self._theme.tokens
        return PlotLook(
            width=max(1, self.width()),
            height=max(1, self.height()),
            pixel_ratio=self.devicePixelRatioF(),
            font_family=QFontInfo(self.font()).family(),
            surface=tokens.surface,
            line=tokens.line,
            text=tokens.text,
            text_quiet=tokens.text_quiet,
            training=tokens.training,
            validation=tokens.validation,
            loss=self.tr("Loss"),
            accuracy=self.tr("Accuracy"),
            epoch=self.tr("epoch"),
            of_training=self.tr("training"),
            of_validation=self.tr("validation"),
            of_batches=self.tr("each batch"),
        )

    def _paint_empty(self, painter: QPainter) -> None:
        middle = QRectF(self.rect()).adjusted(24, 0, -24, 0)
        top = middle.center().y() - 44
        icon = self._theme.icon("train", "line_strong").pixmap(
            QSize(_ICON_PX, _ICON_PX), self.devicePixelRatioF()
        )
        painter.drawPixmap(QPointF(middle.center().x() - _ICON_PX / 2, top), icon)
        font = self.font()
        font.setPixelSize(15)
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(self._theme.color("text"))
        centred = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(middle.left(), top + 48, middle.width(), 24), centred, self._title)
        font.setPixelSize(13)
        font.setWeight(font.Weight.Normal)
        painter.setFont(font)
        painter.setPen(self._theme.color("text_quiet"))
        below = QRectF(middle.left(), top + 76, middle.width(), self.height() - top - 76)
        painter.drawText(below, centred, self._sentence)

    def _tip_at(self, place: QPointF) -> str:
        """The figures of the epoch under the mouse."""
        if self._picture is None or self._curves.is_empty:
            return ""
        x = place.x() / max(1, self.width())
        for title, measure, box in zip(
            (self.tr("Loss"), self.tr("Accuracy")),
            (self._curves.loss, self._curves.accuracy),
            self._picture.axes,
            strict=False,
        ):
            if box[0] <= x <= box[0] + box[2]:
                epoch = round((x - box[0]) / box[2] * self._picture.epochs)
                return self._figures_of(title, measure, epoch)
        return ""

    def _figures_of(self, title: str, measure: Measure, epoch: int) -> str:
        lines = []
        for name, curve in (
            (self.tr("training"), measure.training),
            (self.tr("validation"), measure.validation),
        ):
            for value in curve.y[curve.x == epoch]:
                lines.append(f"{name} {share(float(value))}")
        if not lines:
            return ""
        head = self.tr("{title}, epoch {epoch}").format(title=title, epoch=whole(epoch))
        return "\n".join([head, *lines])
