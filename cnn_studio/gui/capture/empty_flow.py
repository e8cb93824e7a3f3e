"""Decides what stands in the gallery's place while it has nothing to show, and acts on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.camera.feed import FeedStatus
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.fetching import Fetching
from cnn_studio.gui.capture.gallery.gallery_panel import GalleryPanel
from cnn_studio.gui.capture.transfer.import_choice import ImportChoice
from cnn_studio.gui.studio import Studio
from cnn_studio.untrusted_text import shown

_LONGEST_NAME = 40


class EmptyFlow(QObject):
    """Watches Contents and Fetching, and fills the gallery's empty state.

    Signals:
        class_requested: A person wants to add the first class.
        tree_requested: A person wants to bring in a folder of class folders.
        fetched: The dataset's files are there now.
    """

    class_requested = Signal()
    tree_requested = Signal()
    fetched = Signal()

    def __init__(
        self,
        studio: Studio,
        contents: Contents,
        gallery: GalleryPanel,
        is_toggle: Callable[[], bool],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._contents = contents
        self._gallery = gallery
        self._window = parent
        self._is_toggle = is_toggle
        studio.camera.state_changed.connect(self._on_camera_state_changed)
        self._fetching = Fetching(studio.jobs, self)
        self._fetching.changed.connect(self.update)
        self._fetching.fetched.connect(self.fetched)
        self._act: Callable[[], None] = self.class_requested.emit
        self._act_second: Callable[[], None] = self.tree_requested.emit
        gallery.empty_state.action_requested.connect(self._on_action_requested)
        gallery.empty_state.second_requested.connect(self._on_second_requested)

    def update(self) -> None:
        """Show the thumbnails, or what to do where there are none."""
        contents = self._contents
        self._gallery.set_empty(not contents.samples)
        state = self._gallery.empty_state
        state.set_progress(None)
        if contents.samples:
            return
        if contents.dataset is None:
            state.set_content("dataset", self.tr("No dataset"), self.tr("Choose one above."))
        elif not contents.is_known:
            state.set_content("images", self.tr("Reading the folder …"), "")
        elif not contents.is_present:
            is_of_this = self._fetching.folder == contents.dataset.folder
            self._show_fetching(contents.dataset.title, is_of_this)
        elif not contents.classes:
            self._show_no_classes(contents.dataset.card.how_to_get)
        elif contents.folders is not None:
            self._show_no_images(contents.chosen)
        else:
            state.set_content("images", self.tr("No images"), "")

    def _show_no_classes(self, how_to_get: str) -> None:
        self._act, self._act_second = self.class_requested.emit, self.tree_requested.emit
        text = how_to_get or self.tr(
            "Add a class for each thing that the computer is to learn, "
            "or bring in a folder that has a folder of images for each class."
        )
        self._gallery.empty_state.set_content(
            "dataset",
            self.tr("No classes yet"),
            text,
            self.tr("Add the first class"),
            self.tr("Import class folders …"),
        )

    def _show_no_images(self, class_name: str) -> None:
        card = self._contents.card
        if card is not None and card.background == class_name:
            text = self.tr(
                "Show the camera what is none of your things, such as the empty table, hands and "
                "the room, and keep Space down meanwhile."
            )
        else:
            text = self.tr(
                "Hold it up to the camera and keep Space down while you turn it, "
                "or drop images and folders here."
            )
        is_live = self._studio.camera.state.status is FeedStatus.RUNNING
        if not is_live:
            heading = self.tr("No images of {name} yet")
        elif self._is_toggle():
            heading = self.tr("Press Space: {name}")
        else:
            heading = self.tr("Hold Space: {name}")
        name = shown(class_name)
        name = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
        self._gallery.empty_state.set_content(
            "images", heading.format(name=name), text, is_large=is_live
        )

    def take(self, paths: Sequence[Path]) -> bool:
        """Take what was dropped for the files of a dataset that is kept as it was published.

        Returns:
            Whether they are looked for in it; False where the dataset is no such one, or is here.
        """
        contents = self._contents
        is_wanted = contents.dataset is not None and contents.folders is None
        if not is_wanted or contents.is_present or not contents.is_known:
            return False
        # Of the four files one is as good as the folder that they lie in.
        only = paths[0] if len(paths) == 1 else paths[0].parent
        self._fetch(only)
        return True

    def _show_fetching(self, title: str, is_of_this: bool) -> None:
        """Offer to fetch a dataset, or say how that goes, if it is this one that is fetched."""
        state = self._gallery.empty_state
        if self._fetching.is_running and is_of_this:
            self._act = self._fetching.cancel
            heading = self.tr("Getting {title} …").format(title=title)
            text = self._fetching.details or self.tr("About 30 MB.")
            state.set_content("import", heading, text, self.tr("Cancel"))
            state.set_progress(self._fetching.share)
            return
        self._act, self._act_second = self._fetch, self._ask_for_source
        get = self.tr("Get {title}").format(title=title)
        if self._fetching.problem and is_of_this:
            heading = self.tr("{title} could not be fetched").format(title=title)
            state.set_content(
                "warning", heading, self._fetching.problem, get, self.tr("Choose a folder …")
            )
            return
        state.set_content(
            "dataset",
            self.tr("{title} is not on this computer yet").format(title=title),
            self.tr(
                "It is about 30 MB, and is fetched once. If you have it, drop its folder, zip or "
                "tar here."
            ),
            get,
            self.tr("Choose a folder …"),
        )

    def _fetch(self, source: Path | None = None) -> None:
        dataset = self._contents.dataset
        if dataset is not None:
            state = self._gallery.empty_state
            self._fetching.start(
                dataset, source, lambda: state.isVisible() and self._contents.shows(dataset)
            )

    def _ask_for_source(self) -> None:
        title = self.tr("The folder with the four files of Fashion-MNIST")
        choice = ImportChoice(title, self._studio.settings, self._window)
        choice.chosen.connect(lambda paths: self._fetch(paths[0]))
        choice.ask_for_folder()

    @Slot()
    def _on_camera_state_changed(self) -> None:
        if self._contents.folders is not None and not self._contents.samples:
            self.update()

    @Slot()
    def _on_action_requested(self) -> None:
        self._act()

    @Slot()
    def _on_second_requested(self) -> None:
        self._act_second()
