"""The files of one picture that stand in one class, and the button that says that it is right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QListView, QSizePolicy, QVBoxLayout, QWidget

from cnn_studio.data.samples import Sample
from cnn_studio.gui.figures import images
from cnn_studio.gui.pictures.gallery_delegate import GalleryDelegate
from cnn_studio.gui.pictures.gallery_model import GalleryModel
from cnn_studio.gui.pictures.thumbnail_view import ThumbnailView
from cnn_studio.gui.pictures.thumbnails import Thumbnails
from cnn_studio.gui.pictures.whole_picture import LEAST_WIDTH, WholePicture
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.gui.widgets.elided_label import ElidedLabel
from cnn_studio.untrusted_text import shown


class ClassColumn(QWidget):
    """Shows the best of the files large, and below it all of them where a class has several.

    Args:
        class_name: The class.
        key: The number key that answers with it; 0 for none.
        samples: At least one; the best first.
        is_listed: Whether all of them are shown small below it, as where a class has several.
        thumbnails: Where small pictures are made.
        theme: Where colours come from.

    Attributes:
        button: Says that it is this class.
        files: All of them, where there are several.

    Signals:
        chosen: It is this class.
        pointed_at(bool): The button is pointed at, or has the keyboard; or no longer.
    """

    chosen = Signal()
    pointed_at = Signal(bool)

    def __init__(
        self,
        class_name: str,
        key: int,
        samples: Sequence[Sample],
        is_listed: bool,
        thumbnails: Thumbnails,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("classColumn")
        self.class_name = class_name
        self.samples = tuple(samples)
        self._text = f"{key}   {class_name}" if key else class_name
        self._picture = WholePicture(theme, self)
        self._picture.setAccessibleName(shown(f"{class_name}: {samples[0].path.name}"))
        self._picture.setToolTip(samples[0].path.name)
        self._model = GalleryModel(thumbnails, self)
        self._model.set_samples(samples)
        self.files = ThumbnailView(self._model, thumbnails, theme, self)
        self.button = dialog_button(self, "whichClassButton", self._text, "")
        self._outcome = QLabel(self)
        self._outcome_text = ""
        self.files.setVisible(is_listed)
        self._make_parts(key, theme, thumbnails)
        self._lay_out()

    def set_notes(self, note: Callable[[Sample], str]) -> None:
        """Say what becomes of each file, in a word or two."""
        self._model.set_notes(note)
        self.files.viewport().update()
        self._picture.set_note(note(self.samples[0]))

    def set_outcome(self, text: str) -> None:
        """Say what becomes of the files of all classes if it is this one."""
        self._outcome_text = text
        self._fit_texts()
        self.button.setToolTip(text)
        self.button.setAccessibleDescription(text)

    def set_image(self, image: QImage | str) -> None:
        """Show the best of the files, or why it cannot be read."""
        self._picture.set_image(image)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.button:
            kind = event.type()
            if kind in (QEvent.Type.Enter, QEvent.Type.FocusIn):
                self.pointed_at.emit(True)
            elif kind in (QEvent.Type.Leave, QEvent.Type.FocusOut):
                self.pointed_at.emit(self.button.underMouse() or self.button.hasFocus())
            elif kind == QEvent.Type.Resize:
                self._fit_texts()
        return False

    def _make_parts(self, key: int, theme: Theme, thumbnails: Thumbnails) -> None:
        self.files.setObjectName("classColumnFiles")
        self.files.setAccessibleName(self.tr("Files in {name}").format(name=shown(self.class_name)))
        self.files.setItemDelegate(GalleryDelegate(self._model, theme, self.files))
        self.files.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.files.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.files.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        thumbnails.ready.connect(self._on_thumbnails_ready)
        self.button.setAccessibleName(
            self.tr("It is {name} ({key})").format(name=shown(self.class_name), key=key)
            if key
            else self.tr("It is {name}").format(name=shown(self.class_name))
        )
        self.button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.button.setFocusPolicy(
            Qt.FocusPolicy.TabFocus
        )  # a click leaves the keys where they are
        self.button.installEventFilter(self)
        self.button.clicked.connect(self.chosen)
        self._outcome.setObjectName("whichClassOutcome")
        self._outcome.setProperty("role", "quiet")
        self._outcome.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)

    def _lay_out(self) -> None:
        self.setMinimumWidth(LEAST_WIDTH)
        count = ElidedLabel(self)
        count.setProperty("role", "quiet")
        count.setText(
            self.samples[0].path.name if len(self.samples) == 1 else images(len(self.samples))
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._picture, 1)
        layout.addWidget(count, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.files)
        layout.addWidget(self.button)
        layout.addWidget(self._outcome)

    def _fit_texts(self) -> None:
        """Cut the name on the button and part the outcome in lines where the column is narrow.

        Of the files one row is in sight.
        """
        self.files.setFixedHeight(self.files.grid.cell)
        # Not by setWordWrap: in a QScrollArea it keeps the picture from becoming smaller.
        text = self._outcome_text
        is_wide = self._outcome.fontMetrics().horizontalAdvance(text) <= self.button.width()
        self._outcome.setText(text if is_wide else text.replace(", ", ",\n"))
        room = self.button.width() - 32
        metrics, elide = self.button.fontMetrics(), Qt.TextElideMode.ElideRight
        elided = metrics.elidedText(shown(self._text), elide, room)
        self.button.setText(elided.replace("&", "&&"))

    @Slot()
    def _on_thumbnails_ready(self) -> None:
        self.files.viewport().update()
