"""The last warnings and errors, kept for a report of a problem; nothing is sent anywhere."""

from __future__ import annotations

import logging
from collections import deque
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Self

from platformdirs import user_log_path
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_MOST_LINES = 400
_MOST_EARLIER = 100
_MOST_FILE_BYTES = 256 << 10
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_qt_log = logging.getLogger("qt")


def log_file() -> Path:
    """Where the warnings and errors of this and of earlier starts lie."""
    return user_log_path("cnn-studio", appauthor=False) / "studio.log"


class LogLines(logging.Handler):
    """Keeps what Python and Qt log from warnings upwards, and the traces of uncaught exceptions.

    While it is entered, the lines stand in memory and in a small file, and still on stderr; the
    last ones of earlier starts are there, too. A file that cannot be written is no reason not to
    start.
    """

    def __init__(self, file: Path | None = None) -> None:
        super().__init__(logging.WARNING)
        self.setFormatter(logging.Formatter(_FORMAT))
        self._lines: deque[str] = deque(maxlen=_MOST_LINES)
        self._place = log_file() if file is None else file
        self._handlers: list[logging.Handler] = []

    def __enter__(self) -> Self:
        # What Python uses by itself while nobody listens, and no longer once somebody does.
        stderr = [logging.lastResort] if logging.lastResort is not None else []
        self._handlers = [self, *stderr, *self._file_handlers()]
        for handler in self._handlers:
            logging.getLogger().addHandler(handler)
        qInstallMessageHandler(_on_qt_message)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        qInstallMessageHandler(None)
        for handler in self._handlers:
            logging.getLogger().removeHandler(handler)
            if handler is not logging.lastResort:
                handler.close()
        self._handlers = []

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.extend(self.format(record).splitlines())

    def text(self) -> str:
        """The lines, oldest first; empty if nothing went wrong."""
        self.acquire()
        try:
            return "\n".join(self._lines)
        finally:
            self.release()

    def _remember_earlier_starts(self) -> None:
        """After a crash the reason stands in the lines of the start before."""
        if self._place.is_file():
            text = self._place.read_bytes()[-_MOST_FILE_BYTES:].decode("utf-8", "replace")
            self._lines.extend(text.splitlines()[-_MOST_EARLIER:])

    def _file_handlers(self) -> list[logging.Handler]:
        with suppress(OSError):
            self._place.parent.mkdir(parents=True, exist_ok=True)
            if self._place.is_file() or not self._place.exists():  # a pipe would be waited for
                self._remember_earlier_starts()
                handler = RotatingFileHandler(
                    self._place, maxBytes=_MOST_FILE_BYTES, backupCount=1, encoding="utf-8"
                )
                handler.setLevel(logging.WARNING)
                handler.setFormatter(self.formatter)
                return [handler]
        return []


def last_log_lines() -> str:
    """What the `LogLines` that is entered has kept; empty if none is."""
    handlers = logging.getLogger().handlers
    return next((each.text() for each in handlers if isinstance(each, LogLines)), "")


def _on_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s", text)
