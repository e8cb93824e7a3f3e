"""A small window to drag files out of, as a file manager is: `python drag_source.py FILE...`.

It says on standard output `at` and where it is on the screen (left, top, width, height), then
`accepted` when what lies under the mouse would take the files, and `taken` once they were let go
there and the other program is done with them.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl, Slot
from PySide6.QtGui import QDrag, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel


class DragSource(QLabel):
    """Starts a drag of the files when it is dragged."""

    def __init__(self, files: list[str]) -> None:
        super().__init__("drag me")
        self._files = files
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        place = self.geometry()
        print("at", place.x(), place.y(), place.width(), place.height(), flush=True)

    def mouseMoveEvent(self, _event: QMouseEvent) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(file) for file in self._files])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.actionChanged.connect(self._on_action_changed)
        # Under X11 Qt keeps the drag beyond exec, until its target says that it has the data.
        drag.destroyed.connect(lambda: print("taken", flush=True))
        drag.exec(Qt.DropAction.CopyAction)

    @Slot(Qt.DropAction)
    def _on_action_changed(self, action: Qt.DropAction) -> None:
        if action is Qt.DropAction.CopyAction:
            print("accepted", flush=True)


if __name__ == "__main__":
    application = QApplication(sys.argv[:1])
    source = DragSource(sys.argv[1:])
    source.setGeometry(0, 940, 120, 60)
    source.show()
    sys.exit(application.exec())
