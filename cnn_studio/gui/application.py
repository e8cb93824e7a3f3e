"""Opens the window and keeps the program alive whatever happens inside it."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType, TracebackType

from PySide6.QtCore import QObject, QSettings, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from cnn_studio import __version__
from cnn_studio.errors import StudioError
from cnn_studio.gui.cycle_collector import CycleCollector, pass_over_what_is_there
from cnn_studio.gui.focus_ring import FocusRing
from cnn_studio.gui.help.log_lines import LogLines
from cnn_studio.gui.key_repeat import KeyRepeat
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.plain_texts import PlainTexts
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace, resources
from cnn_studio.untrusted_files import read_bytes
from cnn_studio.workspace_claim import WorkspaceClaim

_SETTINGS = "cnn-studio"
_MOST_SETTINGS_BYTES = 16 << 20
_log = logging.getLogger(__name__)


class Problems(QObject):
    """Turns an exception that nobody caught into a sentence in the window.

    Signals:
        raised(str): What to tell the person.
    """

    raised = Signal(str)

    def install(self) -> None:
        """Take over from Python's own handling, on every thread."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        if isinstance(error, StudioError):
            self.raised.emit(str(error))
            return
        _log.error("Something unexpected happened", exc_info=(kind, error, trace))
        self.raised.emit(
            self.tr("Something unexpected happened ({error}). What is on disk is safe.").format(
                error=f"{kind.__name__}: {error}"
            )
        )

    def _on_thread_exception(self, caught: threading.ExceptHookArgs) -> None:
        if caught.exc_value is not None:
            self._on_exception(caught.exc_type, caught.exc_value, caught.exc_traceback)


def create_application(arguments: list[str]) -> QApplication:
    """The one QApplication, with the program's name, icon and style."""
    _be_even()
    application = QApplication(arguments)
    application.setApplicationName("CNN Studio")
    application.setOrganizationName("CNN Studio")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("cnn-studio")
    application.setWindowIcon(QIcon(str(resources() / "icons" / "app.svg")))
    application.setStyle(PlainTexts())
    CycleCollector(application)
    KeyRepeat(application)
    FocusRing(application)
    return application


def _be_even() -> None:
    """Have Python hold the window up less while threads work beside it."""
    # A thread that computes keeps Python's lock this long while the window waits for it, and a
    # paint asks for the lock many times. At the usual 5 ms a scroll waited up to 110 ms; at 0.5 ms
    # a table of 500 selected runs did, beside the thread that draws their curves. Two threads that
    # compute are not slower for it.
    sys.setswitchinterval(0.00002)


def default_settings() -> QSettings:
    """Where the program remembers the last camera, dataset and look.

    What is no file of settings, such as a pipe, which Qt would wait for, stays as it is, and
    another file beside it is used.
    """
    try:
        # Another name tells where the file is; with its own, Qt would read it at once.
        place = Path(_settings_called("none").fileName()).with_name(f"{_SETTINGS}.ini")
        read_bytes(place, _MOST_SETTINGS_BYTES)
    except StudioError as error:
        if not isinstance(error.__cause__, FileNotFoundError):
            _log.warning("%s The settings begin again in another file.", error)
            return _settings_called(f"{_SETTINGS}-2")
    return _settings_called(_SETTINGS)


def _settings_called(name: str) -> QSettings:
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "CNN Studio", name)


def run(workspace: Workspace, camera_spec: str | None = None) -> int:
    """Open the window and stay until it is closed.

    Args:
        workspace: Where datasets and runs lie.
        camera_spec: The camera to open, as on the command line; None for the usual choice.

    Returns:
        The program's exit code.
    """
    with LogLines():
        return _run(workspace, camera_spec)


def _run(workspace: Workspace, camera_spec: str | None) -> int:
    application = create_application(sys.argv[:1])
    problems = Problems()
    problems.install()
    studio = Studio(workspace, default_settings())
    studio.theme.apply()
    window = MainWindow(studio)
    window.tabs_imported.connect(pass_over_what_is_there)
    problems.raised.connect(window.show_problem)
    claim = WorkspaceClaim(workspace)
    if claim.owner is not None:
        window.show_other_studio(claim.owner)
    studio.load_datasets()
    window.show_page("capture")
    window.show()
    studio.camera.start(camera_spec)
    window.help.tour.begin_at_first_start()
    window.closed.connect(application.quit)
    _end_on_signals(application, window)
    code = application.exec()
    claim.release()
    if not studio.shutdown():
        # A camera's driver never came back. Ending Qt under its thread would crash instead.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def _end_on_signals(application: QApplication, window: MainWindow) -> None:
    """Close in order when the system asks, as on a shutdown or Ctrl+C; at once the second time."""

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, lambda *_: application.exit(1))
        window.end_in_order()

    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        signal.signal(number, on_signal)
    # Python handles signals only between its own instructions, which Qt's loop does not run.
    timer = QTimer(application, interval=250)
    timer.timeout.connect(lambda: None)
    timer.start()
