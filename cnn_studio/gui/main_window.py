"""The window: the header, the three tabs and one line of status."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.activity_bar import ActivityBar
from cnn_studio.gui.closing import Closing
from cnn_studio.gui.endings import Until
from cnn_studio.gui.header import Header
from cnn_studio.gui.help.help_flow import HelpFlow
from cnn_studio.gui.help.tab_order import order_tabs
from cnn_studio.gui.help.window_keys import give_keys
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.elided_label import ElidedLabel
from cnn_studio.gui.widgets.lower_edge import LowerEdge
from cnn_studio.gui.widgets.notice import Kind, Notice
from cnn_studio.workspace_claim import Owner

_GEOMETRY = "window/geometry"
_RATE_INTERVAL_MS = 1000
_FIRST, _LEAST = QSize(1280, 800), QSize(960, 640)
_STATUS_PX = 32
_LOAD_PAGES_AFTER_MS = 700  # the first paint and the camera come first

# A tab is imported once the window is there, so that this takes under a second.
_PAGES = {
    "capture": ("cnn_studio.gui.capture.capture_tab", "CaptureTab"),
    "training": ("cnn_studio.gui.training.training_tab", "TrainingTab"),
    "prediction": ("cnn_studio.gui.prediction.prediction_tab", "PredictionTab"),
}


class Page(Protocol):
    """What the window asks of a tab.

    Attributes:
        lower_edge: Where its banners lie; those of the window lie above them.
    """

    lower_edge: LowerEdge

    def activate(self) -> None:
        """The tab is on the screen now."""

    def deactivate(self) -> None:
        """The tab has left the screen; what costs time pauses."""

    def shutdown(self) -> None:
        """The window closes; end all work and let go."""


class MainWindow(QMainWindow):
    """Shows one tab at a time, and what is under way; see `Closing` for how it closes.

    Signals:
        closed: It has closed, for good.
        tabs_imported: What the tabs are made of is in memory now.
    """

    closed = Signal()
    tabs_imported = Signal()

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._pages: dict[str, QWidget] = {}
        self._page_name = ""
        self._loading = False
        self.setWindowTitle("CNN Studio")
        self._fit_on_screen()
        self._header = Header(studio, self)
        self._notice = Notice(studio.theme, self, endings=studio.endings)
        self._closing = Closing(studio.jobs.activities, self)
        self._closing_notice = Notice(studio.theme, self)
        self._stack = QStackedWidget(self)
        self._stack.setObjectName("pages")
        self._area = _PageArea(self._stack, self)
        self._status = ElidedLabel(self)
        self._status.setObjectName("statusText")
        self._status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._activities = ActivityBar(studio.jobs.activities, studio.theme, self)
        self._rate = QLabel(self)
        self._rate.setObjectName("cameraRate")
        self._rate.setProperty("role", "quiet")
        self._lay_out()
        self.help = HelpFlow(studio, self, self.pages, self.page_name)
        self._header.add_help(self.help.actions)
        self._connect()
        self._restore()

    @Slot(str)
    def show_page(self, name: str) -> None:
        """Open a tab: "capture", "training" or "prediction"."""
        if name == self._page_name:
            self._header.set_page(name)
            return
        if self._page_name:
            self._page(self._page_name).deactivate()
        page = self._page(name)
        self._page_name = name
        self._stack.setCurrentWidget(self._pages[name])
        self._header.set_page(name)
        self._lower_edge.stand_over(page.lower_edge.area, page.lower_edge)
        self._studio.endings.end(Until.PAGE)
        page.activate()
        self._pages[name].setFocus()
        self._activities.refresh()

    def pages(self) -> dict[str, QWidget]:
        """All tabs by name; those that were never open are made now, and begin no work."""
        for name in _PAGES:
            self._page(name)
        return self._pages

    def page_name(self) -> str:
        """The tab on the screen."""
        return self._page_name

    @Slot(str)
    def show_problem(self, sentence: str) -> None:
        """Say that something unexpected happened; the program goes on."""
        self._notice.show_message(sentence, Kind.ERROR, until=Until.REPLACED)

    def show_other_studio(self, owner: Owner) -> None:
        """Say that another studio has the workspace open, too."""
        text = self.tr(
            "Another studio has this workspace open (on {computer} since {since}). Each sees what "
            "the other changes, and no image is lost."
        )
        self._notice.show_message(
            text.format(computer=owner.computer or "?", since=owner.since or "?"),
            Kind.WARN,
            until=Until.REPLACED,
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._loading:
            self._loading = True
            QTimer.singleShot(_LOAD_PAGES_AFTER_MS, self, self._load_pages)

    def end_in_order(self) -> None:
        """Close without a question; what is under way ends, and the next start asks about it."""
        self._closing.end_in_order()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._closing.may_close():
            event.ignore()
            return
        self._studio.settings.setValue(_GEOMETRY, self.saveGeometry())
        self.hide()  # releasing a hung camera can take seconds; nobody need watch
        for name in list(self._pages):
            self._page(name).shutdown()
        event.accept()
        self.closed.emit()

    def _lay_out(self) -> None:
        line = QWidget(self)
        line.setObjectName("statusLine")
        line.setFixedHeight(_STATUS_PX)
        row = QHBoxLayout(line)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(16)
        row.addWidget(self._status, 1)
        row.addWidget(self._activities)
        row.addWidget(self._rate)
        central = QWidget(self)
        central.setObjectName("central")
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._area, 1)
        column.addWidget(line)
        self.setCentralWidget(central)
        order_tabs("header", self._header)
        banners = (self._notice, self._header.datasets.messages, self._closing_notice)
        self._lower_edge = LowerEdge(central, self._area, *banners)

    def _connect(self) -> None:
        self._header.page_chosen.connect(self.show_page)
        self._studio.page_requested.connect(self.show_page)
        self._studio.recording_requested.connect(self._on_studio_recording_requested)
        self._studio.status_changed.connect(self._status.setText)
        self._closing.ready.connect(self.close)
        self._closing.changed.connect(self._on_closing_changed)
        self._closing.kept_open.connect(self._on_closing_kept_open)
        for signal in (self._closing_notice.action_requested, self._closing_notice.closed):
            signal.connect(self._closing.stay_open)
        self._rate_timer = QTimer(self, interval=_RATE_INTERVAL_MS)
        self._rate_timer.timeout.connect(self._on_rate_timer_timeout)
        self._rate_timer.start()

    def _fit_on_screen(self) -> None:
        """Open no larger than the screen, which is small in points where each is many pixels."""
        title_bar = self.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
        room = self.screen().availableSize() - QSize(0, title_bar)
        self.setMinimumSize(_LEAST.boundedTo(room))
        self.resize(_FIRST.boundedTo(room))

    def _restore(self) -> None:
        geometry = self._studio.settings.value(_GEOMETRY)
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)

    def _page(self, name: str) -> Page:
        if name not in self._pages:
            module, view = _PAGES[name]
            widget = getattr(import_module(module), view)(self._studio, self._stack)
            self._pages[name] = widget
            self._stack.addWidget(widget)
            give_keys(name, widget)
            order_tabs(name, widget)
        return cast(Page, self._pages[name])

    @Slot()
    def _load_pages(self) -> None:
        job = self._studio.jobs.create(_import_pages)
        job.succeeded.connect(self.tabs_imported)
        job.start()

    @Slot()
    def _on_studio_recording_requested(self) -> None:
        self.show_page("capture")
        self._pages["capture"].setFocus()

    @Slot()
    def _on_closing_changed(self) -> None:
        if self._closing.is_waiting:
            text = self.tr("CNN Studio closes by itself as soon as all is done.")
            stay = self.tr("Stay open")
            self._closing_notice.show_message(text, Kind.INFO, stay, until=Until.REPLACED)
        elif self._closing.is_stopping:
            text = self.tr("Stopping what is under way; then CNN Studio closes …")
            self._closing_notice.show_message(text, Kind.INFO, until=Until.REPLACED)
        else:
            self._closing_notice.hide()

    @Slot(str)
    def _on_closing_kept_open(self, title: str) -> None:
        text = self.tr("CNN Studio stays open, as something did not go well: {title}.")
        self._notice.show_message(text.format(title=title), Kind.WARN, until=Until.REPLACED)

    @Slot()
    def _on_rate_timer_timeout(self) -> None:
        rate = self._studio.camera.frames_per_second
        text = self.tr("{name} · {rate} fps").format(
            name=self._studio.camera.description, rate=round(rate)
        )
        self._rate.setText(text if rate > 0 else self._studio.camera.description)


class _PageArea(QScrollArea):
    """Gives the tabs its room; on a screen with less than they need, they can be scrolled."""

    def __init__(self, pages: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._pages = pages
        self.setWidget(pages)
        self.setObjectName("pageArea")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def resizeEvent(self, event: QResizeEvent) -> None:
        around = self.window().size() - self.size()
        whole = (_LEAST - around).expandedTo(self.size())
        if whole.height() > self.height() and whole.width() == self.width():
            # The bar that comes at the side would bring one below, for as much as it takes.
            whole.setWidth(self.width() - self.verticalScrollBar().sizeHint().width())
        self._pages.resize(whole)
        super().resizeEvent(event)


def _import_pages(_task: Task) -> None:
    """Import the tabs beside the window's thread, where it would hold the preview up."""
    for module, _view in _PAGES.values():
        import_module(module)
