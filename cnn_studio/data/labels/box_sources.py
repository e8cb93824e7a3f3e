"""Labels of boxes drawn on photos, for a network that finds things; what is in a box is an image.

They lie beside photos as text files of numbers (YOLO), as one file of JSON (COCO) or as XML (Pascal
VOC). An image of a class has one thing in it, so the boxes are cut out, each an image of its class.
"""

from __future__ import annotations

import math
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

from cnn_studio.data.class_names import folded, in_order
from cnn_studio.data.incoming import Incoming, is_label_name
from cnn_studio.data.labels.folder_sources import FolderTree
from cnn_studio.data.labels.label_source import Found, GivenLabel, counted, listed
from cnn_studio.errors import DatasetError, StudioError
from cnn_studio.untrusted_files import json_in, yaml_in
from cnn_studio.vision.images import ImageArray, decode_image, encode_jpeg, encode_png
from cnn_studio.vision.pixel_ranges import PixelReading

LEAST_SIDE = 16
"""Of a box, in pixels; less is no picture of anything."""

_LOSSLESS = frozenset({".png", ".bmp", ".gif", ".tif", ".tiff"})
_LARGEST_TEXT = 1 << 20
_LARGEST_YAML = 256 << 10  # PyYAML takes 20 s for 1 MB
_MOST_YAML = 10
_LARGEST_COCO = 256 << 20
_NAMES_FILES = (
    "classes.txt",
    "obj.names",
    "_darknet.labels",
    "labels.txt",
    "predefined_classes.txt",
)
_NUMBER = r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?"
_YOLO_LINE = re.compile(rf"\d{{1,9}}(?:\s+{_NUMBER}){{4,}}", re.IGNORECASE)
_NOT_UNDERSTOOD = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError
)  # fmt: skip
_SAME_SHAPE = 0.02


@dataclass(frozen=True)
class Box:
    """What is drawn around one thing.

    Attributes:
        class_name: What it is.
        left: Of the photo's width, 0 to 1; `right`, and `top` and `bottom` of its height, alike.
        size: Width and height in pixels of the photo that it was drawn on; None where not said.
    """

    class_name: str
    left: float
    top: float
    right: float
    bottom: float
    size: tuple[float, float] | None = None

    @property
    def is_sane(self) -> bool:
        """Whether all numbers are such, whoever has written them."""
        sides = (self.left, self.top, self.right, self.bottom, *(self.size or ()))
        return (
            all(map(math.isfinite, sides))
            and min(self.size or (1.0,)) > 0
            and bool(self.class_name)
        )


@dataclass(frozen=True, eq=False)
class BoxSource:
    """The boxes on photos, each cut out as an image.

    Attributes:
        kind: How they are written: "YOLO", "COCO" or "Pascal VOC".
        tree: The photos in their folders.
        boxes: The boxes on each, by its place in `tree.found`.
        read_from: The files that they stand in.
    """

    kind: str
    tree: FolderTree
    boxes: Mapping[int, Sequence[Box]]
    read_from: frozenset[Path]

    is_by_file = True

    @property
    def key(self) -> str:
        return f"boxes:{self.kind}"

    @property
    def options(self) -> str:
        return "--crop-boxes"

    @property
    def summary(self) -> str:
        boxes = counted(self._sizes.total(), "box", "boxes")
        classes = counted(len(self._sizes), "class", "classes")
        return f"{listed(in_order(self._sizes))} ({classes}, {boxes} cut out of {self._photos})"

    @property
    def notes(self) -> Sequence[str]:
        boxes = counted(self._sizes.total(), "box", "boxes")
        notes = [f"{boxes} ({self.kind}) cut out of {self._photos}, each as an image of its class."]
        found = (entry.folders for _root, entry in self.tree.found)
        empty = sum(not self.tree.is_aside(folders) for folders in found) - len(self.boxes)
        if empty:
            notes.append(f"{counted(empty, 'photo')} without a box left out.")
        return notes

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self._sizes)

    def labelled(self) -> Iterator[tuple[Path, Incoming, GivenLabel]]:
        decoded = _LastDecoded()
        for place, boxes in sorted(self.boxes.items()):
            root, entry = self.tree.found[place]
            part = self.tree.part_of(root, entry.folders)
            for number, box in enumerate(boxes, 1):
                label = GivenLabel(box.class_name, part)
                yield root, _cut_out(decoded, entry, box, place + 1, number), label

    @cached_property
    def _sizes(self) -> Counter[str]:
        return Counter(box.class_name for boxes in self.boxes.values() for box in boxes)

    @property
    def _photos(self) -> str:
        return counted(len(self.boxes), "photo")


def find_boxes(
    tree: FolderTree,
    texts: Sequence[Found],
    cancelled: Callable[[], bool] = lambda: False,
) -> list[BoxSource]:
    """The boxes on photos that files beside them tell of; empty where there are none.

    Args:
        tree: The photos in their folders.
        texts: Files beside them.
        cancelled: Called often; once it returns True, what was found by then is returned.
    """
    if not texts or not tree.found:
        return []
    photos = _Photos(tree)
    readers = (("COCO", _coco), ("Pascal VOC", _voc), ("YOLO", _yolo))
    for kind, read in readers:
        boxes: dict[int, list[Box]] = defaultdict(list)
        for place, box in read(photos, [entry for _root, entry in texts], cancelled):
            if box.is_sane:
                boxes[place].append(box)
        if boxes:
            return [BoxSource(kind, tree, dict(boxes), _label_files(texts))]
    return []


def _label_files(texts: Sequence[Found]) -> frozenset[Path]:
    """The files that say something of boxes, or could: of thousands nobody wants to read each."""
    return frozenset(entry.path for _root, entry in texts if is_label_name(entry.path.name))


class _Photos:
    """Finds photos by what files of labels call them."""

    def __init__(self, tree: FolderTree) -> None:
        self._by_stem: dict[str, list[int]] = defaultdict(list)
        self._folders = [entry.folders for _root, entry in tree.found]
        for place, (_root, entry) in enumerate(tree.found):
            if not tree.is_aside(entry.folders):  # a mask is called like its photo
                self._by_stem[folded(entry.path.stem)].append(place)

    def place(self, name: str, beside: tuple[str, ...]) -> int | None:
        """The photo of a name, with or without folders and ending.

        Args:
            name: As the labels have it.
            beside: The folders that the labels lie in; of several photos the nearest is meant.
        """
        path = PurePosixPath(name.replace("\\", "/"))
        stem = path.stem if path.suffix else path.name
        places = self._by_stem.get(folded(stem), [])
        if len(places) > 1:
            around = (*beside, *path.parts[:-1])
            near = [_shared(self._folders[place], around) for place in places]
            places = [place for place, n in zip(places, near, strict=True) if n == max(near)]
        return places[0] if len(places) == 1 else None


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How near two folders are: `train/images` and `train/labels` share one of two."""
    return sum(name in other for name in one)


Placed = Iterator[tuple[int, Box]]


def _yolo(photos: _Photos, texts: Sequence[Incoming], cancelled: Callable[[], bool]) -> Placed:
    names, has_points = _yolo_names(texts)
    for entry in texts:
        if cancelled():
            return
        if entry.path.suffix.lower() != ".txt" or entry.path.name.lower() in _NAMES_FILES:
            continue
        place = photos.place(f"{entry.path.stem}.txt", entry.folders)
        lines = _text(entry).splitlines() if place is not None else []
        lines = [line.strip() for line in lines if line.strip()]
        if place is None or not all(_YOLO_LINE.fullmatch(line) for line in lines):
            continue
        for line in lines:
            number, *values = line.split()
            shares = [float(value) for value in values]
            shares = shares[:4] if has_points else shares
            box = _yolo_box(names.get(int(number), number), shares)
            if box is not None:
                yield place, box


def _yolo_box(class_name: str, values: Sequence[float]) -> Box | None:
    """A box by its middle and size, or around a polygon; None where the numbers are no shares."""
    if any(not -0.5 <= value <= 1.5 for value in values):
        return None
    if len(values) <= 5:  # a fifth tells how sure a network was
        x, y, width, height = values[:4]
        return Box(class_name, x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    if len(values) % 2:
        return None
    across, down = values[::2], values[1::2]
    return Box(class_name, min(across), min(down), max(across), max(down))


def _yolo_names(texts: Sequence[Incoming]) -> tuple[dict[int, str], bool]:
    """The classes by their numbers, and whether points of a body follow each box."""
    in_yaml = [entry for entry in texts if entry.path.suffix.lower() in (".yaml", ".yml")]
    for entry in sorted(in_yaml, key=lambda entry: len(entry.folders))[:_MOST_YAML]:
        names, has_points = _said_in_yaml(_text(entry, _LARGEST_YAML))
        if names:
            return names, has_points
    for entry in texts:
        if entry.path.name.lower() in _NAMES_FILES:
            lines = [line.strip() for line in _text(entry).splitlines() if line.strip()]
            if lines and not any(_YOLO_LINE.fullmatch(line) for line in lines):
                return dict(enumerate(lines)), False
    return {}, False


def _said_in_yaml(text: str) -> tuple[dict[int, str], bool]:
    """What a data.yaml says: `names`, as a list or by number, and whether it has `kpt_shape`."""
    try:
        said = yaml_in(text, "data.yaml")
        names = said["names"]
        pairs = names.items() if isinstance(names, Mapping) else enumerate(list(names))
        plain = {int(number): n for number, n in pairs if isinstance(n, str)}
        return ({} if isinstance(names, str) else plain), "kpt_shape" in said
    except (StudioError, *_NOT_UNDERSTOOD):
        return {}, False


def _coco(photos: _Photos, texts: Sequence[Incoming], cancelled: Callable[[], bool]) -> Placed:
    for entry in texts:
        if cancelled():
            return
        text = _text(entry, _LARGEST_COCO) if entry.path.suffix.lower() == ".json" else ""
        if '"annotations"' in text:
            with suppress(StudioError, *_NOT_UNDERSTOOD):
                content = json_in(text, entry.path.name)
                yield from _coco_boxes(photos, content, entry.folders)


def _coco_boxes(photos: _Photos, content: Any, beside: tuple[str, ...]) -> Placed:
    names = {each["id"]: str(each["name"]) for each in content["categories"]}
    images = {each["id"]: each for each in content["images"]}
    places = {
        number: photos.place(str(image.get("file_name", "")), beside)
        for number, image in images.items()
    }
    for each in content["annotations"]:
        with suppress(*_NOT_UNDERSTOOD):  # of one that is damaged the others are none the worse
            image, place = images[each["image_id"]], places[each["image_id"]]
            if place is not None and not each.get("iscrowd"):
                width, height = float(image["width"]), float(image["height"])
                x, y, across, down = (float(value) for value in each["bbox"])
                sides = (x / width, y / height, (x + across) / width, (y + down) / height)
                yield place, Box(names[each["category_id"]], *sides, (width, height))


def _voc(photos: _Photos, texts: Sequence[Incoming], cancelled: Callable[[], bool]) -> Placed:
    for entry in texts:
        if cancelled():
            return
        place = photos.place(f"{entry.path.stem}.xml", entry.folders)
        if entry.path.suffix.lower() != ".xml" or place is None:
            continue
        text = _text(entry)
        if "<!DOCTYPE" in text or "<!ENTITY" in text:  # no labels need them; bombs do
            continue
        with suppress(ElementTree.ParseError, *_NOT_UNDERSTOOD):
            root = ElementTree.fromstring(text)
            width, height = (
                float(root.findtext(f"size/{side}") or "") for side in ("width", "height")
            )
            for thing in root.iter("object"):
                x0, y0, x1, y1 = (
                    float(thing.findtext(f"bndbox/{side}") or "")
                    for side in ("xmin", "ymin", "xmax", "ymax")
                )
                name = (thing.findtext("name") or "").strip()
                yield (
                    place,
                    Box(name, x0 / width, y0 / height, x1 / width, y1 / height, (width, height)),
                )


def _text(entry: Incoming, most_bytes: int = _LARGEST_TEXT) -> str:
    """What a file of labels says; nothing where it cannot be read or is too large for one."""
    with suppress(DatasetError):
        data = entry.read()
        if len(data) <= most_bytes:
            return data.decode("utf-8-sig", "replace")
    return ""


class _LastDecoded:
    """Decodes photos, and keeps the last one: its boxes are cut out one after the other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # else two threads would decode one photo at once
        self._last: tuple[Path, dict[str, PixelReading], ImageArray] | None = None

    def pixels(self, photo: Incoming, readings: Mapping[str, PixelReading]) -> ImageArray:
        """The pixels of a photo (height, width, 3), uint8, RGB."""
        with self._lock:
            if self._last is None or self._last[:2] != (photo.path, readings):
                image_rgb = decode_image(photo.read(), photo.path.name, readings=readings)
                self._last = (photo.path, dict(readings), image_rgb)
            return self._last[2]


def _cut_out(
    decoded: _LastDecoded, photo: Incoming, box: Box, number: int, of_photo: int
) -> Incoming:
    """One box of a photo as an image of its own, which knows the photo that it comes from."""
    name = f"{photo.path.name}#{of_photo}"
    return replace(
        photo,
        path=photo.path.with_name(name),
        read=partial(_read_cut, decoded, photo, box, {}),
        photo=photo,
        read_alike=partial(_read_cut, decoded, photo, box),
        source=number,
    )


def _read_cut(
    decoded: _LastDecoded, photo: Incoming, box: Box, readings: Mapping[str, PixelReading]
) -> bytes:
    image_rgb = decoded.pixels(photo, readings)
    height, width = image_rgb.shape[:2]
    if box.size is not None:
        drawn, stored = box.size[0] / box.size[1], width / height
        if abs(math.log(drawn / stored)) > _SAME_SHAPE:
            raise DatasetError(
                f"Its boxes were drawn on {box.size[0]:.0f} x {box.size[1]:.0f} pixels, and it has "
                f"{width} x {height}: {photo.path.name}."
            )
    left, right = (round(min(max(side, 0.0), 1.0) * width) for side in (box.left, box.right))
    top, bottom = (round(min(max(side, 0.0), 1.0) * height) for side in (box.top, box.bottom))
    if min(right - left, bottom - top) < LEAST_SIDE:
        raise DatasetError(
            f"The box has {max(right - left, 0)} x {max(bottom - top, 0)} pixels, and "
            f"{LEAST_SIDE} x {LEAST_SIDE} are the least: {photo.path.name}."
        )
    cut = image_rgb[top:bottom, left:right].copy()
    return encode_png(cut) if photo.suffix in _LOSSLESS else encode_jpeg(cut)
