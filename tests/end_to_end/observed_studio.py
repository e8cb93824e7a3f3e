"""The studio as it is, in a process that also answers where its widgets are and what they show.

    python observed_studio.py SOCKET [what follows `cnn-studio`]

Answers are read-only: a test looks through them and acts with a mouse and a keyboard. Each
connection to SOCKET asks one question. An objectName, or the name of a class of Qt, gets a JSON
list of the visible widgets it fits; an absolute path gets a picture of the whole screen, as PNG,
and an empty list.
"""

from __future__ import annotations

import json
import queue
import socket
import sys
import threading
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

import cnn_studio.cli

_TEXTS = ("text", "currentText", "plainText", "value")
_MOST_ROWS = 500


class Onlooker(QObject):
    """Answers on the window's thread what another thread asks."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.answers: queue.Queue[list[dict[str, Any]] | str] = queue.Queue()
        self.asked.connect(self._on_asked, Qt.ConnectionType.QueuedConnection)

    @Slot(str)
    def _on_asked(self, question: str) -> None:
        try:
            self.answers.put(_answer(question))
        except Exception as error:  # noqa: BLE001 - whoever asked is waiting
            self.answers.put(repr(error))


def _answer(question: str) -> list[dict[str, Any]]:
    if question.startswith("/"):
        QApplication.primaryScreen().grabWindow(0).save(question, "PNG")
    return [
        _description(widget)
        for widget in QApplication.allWidgets()
        if question in (widget.objectName(), widget.metaObject().className()) and _is_seen(widget)
    ]


def _is_seen(widget: QWidget) -> bool:
    """Whether a widget is on the screen: a new window is visible before it has its place there."""
    window = widget.window().windowHandle()
    return widget.isVisible() and window is not None and window.isExposed()


def _description(widget: QWidget) -> dict[str, Any]:
    seen = widget.visibleRegion().boundingRect()  # what a scroll area cuts off cannot be clicked
    text = next((widget.property(key) for key in _TEXTS if widget.property(key) is not None), "")
    return {
        "rectangle": _on_screen(widget, seen),
        "text": str(text),
        "accessible": f"{widget.accessibleName()} {widget.accessibleDescription()}".strip(),
        "enabled": widget.isEnabled(),
        "checked": bool(widget.property("checked")),
        "focused": widget.hasFocus(),
        "rows": _rows(widget) if isinstance(widget, QAbstractItemView) else [],
    }


def _rows(view: QAbstractItemView) -> list[dict[str, Any]]:
    model = view.model()
    rows = []
    for row in range(min(model.rowCount(view.rootIndex()), _MOST_ROWS)):
        index = first = model.index(row, 0, view.rootIndex())
        texts = []
        while index.isValid():
            texts.append(str(index.data(Qt.ItemDataRole.DisplayRole) or ""))
            index = index.siblingAtColumn(index.column() + 1)
        rows.append(
            {
                "texts": texts,
                "accessible": str(first.data(Qt.ItemDataRole.AccessibleTextRole) or ""),
                "rectangle": _on_screen(view.viewport(), view.visualRect(first)),
            }
        )
    return rows


def _on_screen(widget: QWidget, rectangle: QRect) -> list[int]:
    corner: QPoint = widget.mapToGlobal(rectangle.topLeft())
    return [corner.x(), corner.y(), rectangle.width(), rectangle.height()]


def _answer_for_ever(listener: socket.socket) -> None:
    onlooker: Onlooker | None = None
    while True:
        connection, _ = listener.accept()
        with connection, connection.makefile("rw", encoding="utf-8") as line:
            question = line.readline().strip()
            application = QCoreApplication.instance()
            if application is None or QCoreApplication.startingUp():
                line.write("[]\n")
                continue
            if onlooker is None:
                onlooker = Onlooker()
                onlooker.moveToThread(application.thread())
            onlooker.asked.emit(question)
            line.write(json.dumps(onlooker.answers.get()) + "\n")


def main() -> int:
    """Open the socket, then the studio as the command does it."""
    path, *arguments = sys.argv[1:]
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    threading.Thread(
        target=_answer_for_ever, args=(listener,), name="onlooker", daemon=True
    ).start()
    return cnn_studio.cli.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
