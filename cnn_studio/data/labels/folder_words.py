"""What the name of a folder says by itself: a part of a split, a date, a generic word, or a class.

No name is sure to be one or the other: "train" is a part beside "test", and a class beside "plane".
What stands around a folder decides; see `folder_sources`.
"""

from __future__ import annotations

import re
from datetime import date
from enum import Enum, auto

from cnn_studio.data.class_names import folded
from cnn_studio.data.labels.label_source import GivenPart


class FolderKind(Enum):
    """What a folder may be called after."""

    NAME = auto()
    """Nothing known: it can be a class."""
    PART = auto()
    """A part of a split: train, val, test."""
    ASIDE = auto()
    """What has no class: unlabelled images, masks, annotations."""
    GENERIC = auto()
    """A word for images as such: images, jpg, data."""
    SERIES = auto()
    """A word with a number: fold1, session 2, camera_03."""
    DATE = auto()
    """A day, a month or a year."""
    VERSION = auto()
    """How the same images were processed: color, grayscale, segmented, 224x224."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PARTS = {
    **dict.fromkeys(_words("train training trainset trainingset trn"), GivenPart.TRAIN),
    **dict.fromkeys(_words("val valid validation valset validationset dev"), GivenPart.VALIDATION),
    **dict.fromkeys(_words("test testing testset eval evaluation holdout"), GivenPart.TEST),
}
_BESIDE_A_PART = _words(
    "set sets data dataset datasets image images img imgs seg split splits folder folders jpg jpeg "
    "png photos pictures a b final stage public private"
)
_ASIDE = _words(
    "unlabelled unlabeled nolabel nolabels pred prediction predictions mask masks annotation "
    "annotations groundtruth gt label labels segmentationclass segmentationobject"
)
_MAYBE_ASIDE = _words("mask label prediction")
_GENERIC = _words(
    "image images img imgs jpg jpeg jpgs jpegs png pngs tif tiff bmp webp heic jpegimages "
    "pictures pics photos data dataset datasets bild bilder foto fotos imagen imagenes "
    "dcim"
)
_MAYBE_GENERIC = _words(
    "camera photo picture pic frames files file all samples sample input inputs output new old "
    "class classes folder folders"
)
_VERSION = _words(
    "color colour colored coloured rgb gray grey grayscale greyscale bw segmented segmentation "
    "original originals orig augmented augmentation aug resized cropped raw processed "
    "preprocessed enhanced edge edges depth infrared ir thermal thumbnails thumbs lowres highres "
    "hr lr normalised normalized denoised"
)
_SERIES_WORD = (
    "fold|session|batch|set|part|camera|cam|subject|person|user|participant|patient|student|day|"
    "week|round|take|sequence|seq|video|clip|series|site|location|run|trial|folder|group|split|"
    "scene|roll|device|phone|img_set|image_set"
)
_SERIES = re.compile(rf"(?:{_SERIES_WORD})[ _.-]*(?:no|nr)?[ _.-]*\d+")
_CARD_FOLDER = re.compile(r"\d{3}(?:_{3}\d\d|[a-z_]{5})")  # 100canon, 101apple: of cameras
_SIZE = re.compile(r"\d{2,4}(?:x\d{2,4}|px)")
_TOKEN = re.compile(r"[a-z]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_DATES = (
    (re.compile(r"(\d{4})[-_. ]?(\d\d)[-_. ]?(\d\d)(?:[t_ .-].*)?"), (1, 2, 3)),
    (re.compile(r"(\d\d?)[-_. ](\d\d?)[-_. ](\d{4})"), (3, 2, 1)),
    (re.compile(r"(\d{4})[-_. ](\d\d)"), (1, 2, None)),
    (re.compile(r"(\d{4})"), (1, None, None)),
)
_MONTHS = _words(
    "jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july "
    "august september october november december"
)
_WITH_MONTH = re.compile(
    rf"(?:\d{{1,2}}[ ._-])?(?:{'|'.join(sorted(_MONTHS))})[ ._-](?:\d{{1,2}}[ ._,-]+)?\d{{4}}"
)
_YEARS = range(1970, 2100)


def kind_of(name: str) -> FolderKind:
    """What a folder of this name is, as far as the name tells."""
    plain = folded(name.strip())
    tokens = _tokens(name)
    if part_of(name) is not None:
        return FolderKind.PART
    beside = [token for token in tokens if token not in _BESIDE_A_PART and not token.isdigit()]
    if "".join(tokens) in _ASIDE or (beside and set(beside) <= _ASIDE):
        return FolderKind.ASIDE
    if _is_date(plain):
        return FolderKind.DATE
    words = {token for token in tokens if not token.isdigit()}
    is_generic = bool(tokens) and set(tokens) <= _GENERIC | _MAYBE_GENERIC
    if is_generic or (words and words <= _GENERIC) or _CARD_FOLDER.fullmatch(plain):
        return FolderKind.GENERIC
    if _SERIES.fullmatch(plain):
        return FolderKind.SERIES
    if _SIZE.fullmatch(plain) or (words and words <= _VERSION):
        return FolderKind.VERSION
    return FolderKind.NAME


def can_be_a_class(name: str) -> bool:
    """Whether a folder beside classes may be one, though it has another meaning elsewhere.

    A class can be called "train" or "camera"; "images" and "2024-05-01" are none beside others.
    """
    words = {token for token in _tokens(name) if not token.isdigit()}
    is_other = bool(words) and words <= _GENERIC | _BESIDE_A_PART | _ASIDE - _MAYBE_ASIDE
    return not is_other and not _is_date(folded(name.strip()))


def may_be_no_class(name: str) -> bool:
    """Whether a name alone leaves open that its folder is something else than a class."""
    return kind_of(name) is not FolderKind.NAME or part_within(name) is not None


def part_of(name: str) -> GivenPart | None:
    """The part of a split that a folder, or the cell of a table, is called after; None if none."""
    tokens = [token for token in _tokens(name) if not token.isdigit()]
    others = [token for token in tokens if token not in _BESIDE_A_PART]
    return _PARTS.get(others[0]) if len(others) == 1 else None


def part_within(name: str) -> tuple[GivenPart, str] | None:
    """The part that one word of a name tells, and the rest of it: `asl_alphabet_test`."""
    tokens = _tokens(name)
    parts = [token for token in tokens if token in _PARTS]
    if len(parts) != 1:
        return None
    return _PARTS[parts[0]], " ".join(token for token in tokens if token not in _PARTS)


def _tokens(name: str) -> list[str]:
    return _TOKEN.findall(folded(_CAMEL.sub(" ", name)))


def _is_date(plain: str) -> bool:
    if _WITH_MONTH.fullmatch(plain):
        return True
    for pattern, places in _DATES:
        found = pattern.fullmatch(plain)
        if found is None:
            continue
        year, month, day = (int(found[place]) if place else 1 for place in places)
        try:
            date(year, month, day)
        except ValueError:
            continue
        return year in _YEARS
    return False
