"""The samples of one class as a list for Qt; it changes only where the disk has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QUrl,
)

from cnn_studio.data.samples import Sample
from cnn_studio.gui.pictures.thumbnails import Thumbnail, Thumbnails
from cnn_studio.untrusted_text import shown

SAMPLES_MIME = "application/x-cnn-studio-samples"
"""What a drag of thumbnails carries beside the files' addresses, so that it is told from others."""

_MOST_STEPS = 64  # a list that differs in more places is shown again
_AnyIndex = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class GalleryModel(QAbstractListModel):
    """Newest first. Keeps selection and scroll position where samples come and go.

    That a thumbnail is there tells no signal of the model's: at dataChanged a QListView lays out
    all of its rows again. The view listens to the Thumbnails itself.
    """

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._samples: list[Sample] = []
        self._note: Callable[[Sample], str] = lambda _sample: ""

    @property
    def samples(self) -> Sequence[Sample]:
        """What is shown, newest first."""
        return self._samples

    def set_samples(self, samples: Sequence[Sample]) -> None:
        """Show these instead, newest first; what stays is left as it is.

        Args:
            samples: Those that stay must be the same objects as before.
        """
        start, stop = _same_ends(self._samples, samples)
        before = list(map(id, self._samples[start : len(self._samples) - stop]))
        after = list(map(id, samples[start : len(samples) - stop]))
        if not before and not after:
            return
        wanted, shown = set(after), set(before)
        stay_before = [one for one in before if one in wanted]
        stay_after = [one for one in after if one in shown]
        if stay_before != stay_after or not (stay_after or start or stop):
            self._reset(samples)
            return
        gone = _runs([row for row, one in enumerate(before, start) if one not in wanted])
        new = _runs([row for row, one in enumerate(after, start) if one not in shown])
        if len(gone) + len(new) > _MOST_STEPS:
            self._reset(samples)
            return
        for first, last in reversed(gone):
            self.beginRemoveRows(_NOWHERE, first, last)
            self._samples = self._samples[:first] + self._samples[last + 1 :]
            self.endRemoveRows()
        for first, last in new:
            self.beginInsertRows(_NOWHERE, first, last)
            fresh = list(samples[first : last + 1])
            self._samples = self._samples[:first] + fresh + self._samples[first:]
            self.endInsertRows()

    def _reset(self, samples: Sequence[Sample]) -> None:
        self.beginResetModel()
        self._samples = list(samples)
        self.endResetModel()

    def add_in_front(self, samples: Sequence[Sample]) -> None:
        """Show new ones, newest first."""
        self.beginInsertRows(_NOWHERE, 0, len(samples) - 1)
        self._samples = [*samples, *self._samples]
        self.endInsertRows()

    def set_notes(self, note: Callable[[Sample], str]) -> None:
        """Say what stands on a thumbnail, in a word or two; empty for nothing."""
        self._note = note

    def note(self, index: _AnyIndex) -> str:
        """What stands on the thumbnail in a row."""
        return self._note(self._samples[index.row()])

    def sample(self, index: _AnyIndex) -> Sample:
        """The sample in a row."""
        return self._samples[index.row()]

    def thumbnail(self, index: _AnyIndex) -> Thumbnail | None:
        """Its picture, if it is at hand; else it is being made."""
        return self._thumbnails.get(self._samples[index.row()].path)

    def rowCount(self, parent: _AnyIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._samples)

    def data(self, index: _AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        path = self._samples[index.row()].path
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return shown(path.name)
        if role == Qt.ItemDataRole.ToolTipRole:
            thumbnail = self._thumbnails.get(path)
            return shown(thumbnail.reason if thumbnail and thumbnail.reason else path.name)
        return None

    def flags(self, index: _AnyIndex) -> Qt.ItemFlag:
        drag = Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags
        return super().flags(index) | drag

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        return self.mime_data([self._samples[index.row()] for index in indexes])

    def mime_data(self, samples: Sequence[Sample]) -> QMimeData:
        """What a drag of these carries."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(sample.path)) for sample in samples])
        mime.setData(SAMPLES_MIME, QByteArray(b""))
        return mime


def _same_ends(before: Sequence[Sample], after: Sequence[Sample]) -> tuple[int, int]:
    """How many samples at the start, and how many others at the end, are the same in both."""
    both = min(len(before), len(after))
    start = next((n for n in range(both) if before[n] is not after[n]), both)
    rest = both - start
    stop = next((n for n in range(rest) if before[-1 - n] is not after[-1 - n]), rest)
    return start, stop


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Rows in ascending order as (first, last) of each stretch without a gap."""
    runs = []
    for _key, group in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
        stretch = [row for _place, row in group]
        runs.append((stretch[0], stretch[-1]))
    return runs
