"""What becomes of a map's images by edits."""

from __future__ import annotations

import numpy as np

from cnn_studio.gui.capture.map.map_points import NOWHERE, MapPoints

POINTS = MapPoints(("pen/1.jpg", "cup/1.jpg", "pen/2.jpg"), np.zeros((3, 2), np.float32))
CLASSES = ("cup", "pen", "key")


def test_labels_and_counts_follow_the_order_of_the_classes() -> None:
    assert POINTS.labels(CLASSES).tolist() == [1, 0, 1]
    assert POINTS.counts(CLASSES) == {"cup": 1, "pen": 2, "key": 0}
    assert POINTS.names_at(np.array([True, False, True])) == ("pen/1.jpg", "pen/2.jpg")


def test_a_move_a_renamed_class_and_a_deleted_image() -> None:
    moved = POINTS.moved({"pen/2.jpg": "key/2.jpg"})
    assert moved.labels(CLASSES).tolist() == [1, 0, 2]
    renamed = moved.moved({"pen": "pencil"})
    assert renamed.names == ("pencil/1.jpg", "cup/1.jpg", "key/2.jpg")
    gone = renamed.moved({"cup/1.jpg": ".trash/cup/1.jpg"})
    assert gone.labels(("cup", "pencil", "key")).tolist() == [1, NOWHERE, 2]
    assert gone.moved({".trash/cup/1.jpg": "cup/1.jpg"}).names == renamed.names
