"""Boxes drawn on photos are cut out as images of their class."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.grouping import group_files
from cnn_studio.data.import_plan import ImportPlan, plan_import
from cnn_studio.data.intake import run_import
from cnn_studio.data.labels.finding import LabelChoice
from cnn_studio.data.marks import Mark
from cnn_studio.data.sessions import origin_of
from cnn_studio.errors import DatasetError, UsageError
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_png, read_image

WIDTH, HEIGHT = 200, 100
RED, BLUE = (220, 20, 20), (20, 20, 220)
PLACES = {"red": (20, 10, 60, 50), "blue": (120, 40, 180, 90)}
"""Left, top, right and bottom of what stands on each photo."""


@pytest.fixture
def folders(workspace: Workspace) -> ClassFolders:
    return ClassFolders(create_dataset(workspace, "Things"))


def put(path: Path) -> None:
    """A photo of a red and a blue thing."""
    image = np.full((HEIGHT, WIDTH, 3), 60 + sum(map(ord, path.stem)) % 100, np.uint8)
    for (left, top, right, bottom), colour in zip(PLACES.values(), (RED, BLUE), strict=True):
        image[top:bottom, left:right] = colour
        image[top + 20, left + 20] = image[0, 0]  # on no two photos is the same
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode_png(image))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def yolo(numbers: str = "01") -> str:
    lines = []
    for number, (left, top, right, bottom) in zip(numbers, PLACES.values(), strict=True):
        middle = ((left + right) / 2 / WIDTH, (top + bottom) / 2 / HEIGHT)
        size = ((right - left) / WIDTH, (bottom - top) / HEIGHT)
        lines.append(" ".join(map(str, (number, *middle, *size))))
    return "\n".join(lines) + "\n"


def as_yolo(folder: Path) -> None:
    for part in ("train", "valid", "test"):
        for number in range(2):
            put(folder / part / "images" / f"{part}{number}.png")
            write(folder / part / "labels" / f"{part}{number}.txt", yolo())
    write(folder / "data.yaml", "train: ../train/images\nnames:\n  0: red\n  1: blue\n")


def as_yolo_in_one_folder(folder: Path) -> None:
    for number in range(3):
        put(folder / f"p{number}.png")
        write(folder / f"p{number}.txt", yolo())
    write(folder / "classes.txt", "red\nblue\n")


def as_polygons(folder: Path) -> None:
    for number in range(2):
        put(folder / "images" / f"p{number}.png")
        lines = []
        for label, (left, top, right, bottom) in enumerate(PLACES.values()):
            corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
            points = " ".join(f"{x / WIDTH} {y / HEIGHT}" for x, y in corners)
            lines.append(f"{label} {points}")
        write(folder / "labels" / f"p{number}.txt", "\n".join(lines))
    write(folder / "data.yaml", "nc: 2\nnames: ['red', \"blue\"]\n")


def as_coco(folder: Path) -> None:
    images, boxes = [], []
    for number in range(2):
        put(folder / "train2017" / f"{number:012d}.png")
        name = f"{number:012d}.png"
        images.append({"id": number, "file_name": name, "width": WIDTH, "height": HEIGHT})
        for label, (left, top, right, bottom) in enumerate(PLACES.values(), 3):
            box = [left, top, right - left, bottom - top]
            boxes.append({"image_id": number, "category_id": label, "bbox": box})
    boxes.append({"image_id": 0, "category_id": 3, "bbox": [0, 0, 200, 100], "iscrowd": 1})
    names = [{"id": 3, "name": "red"}, {"id": 4, "name": "blue"}, {"id": 5, "name": "unused"}]
    content = {"images": images, "annotations": boxes, "categories": names}
    write(folder / "annotations" / "instances_train2017.json", json.dumps(content))


def as_voc(folder: Path) -> None:
    for number in range(2):
        put(folder / "JPEGImages" / f"p{number}.png")
        things = "".join(
            f"<object><name>{name}</name><bndbox><xmin>{left}</xmin><ymin>{top}</ymin>"
            f"<xmax>{right}</xmax><ymax>{bottom}</ymax></bndbox></object>"
            for name, (left, top, right, bottom) in PLACES.items()
        )
        size = f"<size><width>{WIDTH}</width><height>{HEIGHT}</height></size>"
        head = '<?xml version="1.0" encoding="utf-8"?>\n'
        text = f"{head}<annotation>{size}{things}</annotation>"
        write(folder / "Annotations" / f"p{number}.xml", text)


FORMS = [as_yolo, as_yolo_in_one_folder, as_polygons, as_coco, as_voc]


@pytest.mark.parametrize("form", FORMS)
def test_boxes_are_asked_about_and_cut_out(
    folders: ClassFolders, tmp_path: Path, form: Callable[[Path], None]
) -> None:
    form(tmp_path / "in")
    with plan_import(folders, [tmp_path / "in"]) as plan:
        assert "labels of boxes, not of images" in plan.doubt
        with pytest.raises(DatasetError, match="--crop-boxes   blue, red"):
            run_import(plan)
    assert folders.counts() == {}
    with plan_import(folders, [tmp_path / "in"], choice=LabelChoice(crops_boxes=True)) as plan:
        assert plan.doubt == ""
        assert not plan.can_move
        assert plan.left_out == []
        report = run_import(plan, move=True)
    photos = list((tmp_path / "in").rglob("*.png"))
    assert len(photos) >= 2
    assert folders.counts() == {"red": len(photos), "blue": len(photos)}
    for sample in report.imported:
        image = read_image(sample.path)
        left, top, right, bottom = PLACES[sample.class_name]
        assert image.shape == (bottom - top, right - left, 3)
        expected = RED if sample.class_name == "red" else BLUE
        assert np.array_equal(image[5, 5], expected)


def test_what_is_cut_out_of_one_photo_stays_on_one_side(
    folders: ClassFolders, tmp_path: Path
) -> None:
    as_yolo_in_one_folder(tmp_path / "in")
    with plan_import(folders, [tmp_path / "in"], choice=LabelChoice(crops_boxes=True)) as plan:
        report = run_import(plan)
    origins = {origin_of(sample.path.name) for sample in report.imported}
    assert len(origins) == 3
    files = [sample.path for sample in report.imported]
    grouping = group_files(files, store_path=tmp_path / "store")
    for one, group in zip(files, grouping.groups, strict=True):
        for other, other_group in zip(files, grouping.groups, strict=True):
            if origin_of(one.name) == origin_of(other.name):
                assert group == other_group


def test_a_given_split_of_photos_is_one_of_what_is_cut_out(
    folders: ClassFolders, tmp_path: Path
) -> None:
    as_yolo(tmp_path / "in")
    with plan_import(folders, [tmp_path / "in"], choice=LabelChoice(crops_boxes=True)) as plan:
        run_import(plan)
    assert len(folders.marks.names(Mark.TEST)) == 4
    assert len(folders.marks.names(Mark.VALIDATION)) == 4


def _cropped(folders: ClassFolders, folder: Path) -> ImportPlan:
    return plan_import(folders, [folder], choice=LabelChoice(crops_boxes=True))


def test_boxes_that_are_too_small_or_of_another_picture_are_said(
    folders: ClassFolders, tmp_path: Path
) -> None:
    put(tmp_path / "in" / "p0.png")
    write(tmp_path / "in" / "p0.txt", "0 0.5 0.5 0.01 0.5\n1 0.9 0.9 0.4 0.4\n")
    with _cropped(folders, tmp_path / "in") as plan:
        report = run_import(plan)
    assert [reason for _path, reason in report.skipped] == [
        "The box has 2 x 50 pixels, and 16 x 16 are the least: p0.png."
    ]
    (sample,) = report.imported  # without names, classes are called by their numbers
    assert sample.class_name == "1"
    assert read_image(sample.path).shape == (30, 60, 3)
    as_voc(tmp_path / "other")
    for path in (tmp_path / "other" / "Annotations").iterdir():
        path.write_text(path.read_text().replace("<height>100<", "<height>400<"))
    with _cropped(folders, tmp_path / "other") as plan:
        report = run_import(plan)
    assert report.imported == ()
    assert "drawn on 200 x 400 pixels, and it has 200 x 100" in report.skipped[0][1]


def test_damage_in_one_place_costs_only_what_is_there(
    folders: ClassFolders, tmp_path: Path
) -> None:
    as_coco(tmp_path / "in")
    path = tmp_path / "in" / "annotations" / "instances_train2017.json"
    content = json.loads(path.read_text())
    content["annotations"][1]["bbox"] = []
    content["annotations"].insert(0, {"image_id": 99, "bbox": [1, 2, 3, 4]})
    content["images"].append({"id": 7, "file_name": "x.png", "width": 10**400, "height": 9})
    content["annotations"].append({"image_id": 7, "category_id": 3, "bbox": [1, 2, 3, 4]})
    path.write_text(json.dumps(content))
    with _cropped(folders, tmp_path / "in") as plan:
        assert len(plan.files) == 3


def test_names_that_would_grow_without_end_are_none(folders: ClassFolders, tmp_path: Path) -> None:
    as_yolo_in_one_folder(tmp_path / "in")
    (tmp_path / "in" / "classes.txt").unlink()
    lists = "".join(f"{c}: &{c} [{', '.join([f'*{b}'] * 9)}]\n" for b, c in pairwise("abcdefgh"))
    write(tmp_path / "in" / "data.yaml", f"a: &a [x]\n{lists}names: [*h, blue]\n")
    with _cropped(folders, tmp_path / "in") as plan:
        assert set(plan.classes) == {"0", "1"}


def test_points_of_a_body_behind_a_box_are_no_outline(
    folders: ClassFolders, tmp_path: Path
) -> None:
    put(tmp_path / "in" / "p0.png")
    write(tmp_path / "in" / "p0.txt", "0 0.5 0.5 0.2 0.4 0.9 0.9 2 0.1 0.1 2\n")
    write(tmp_path / "in" / "data.yaml", "kpt_shape: [2, 3]\nnames: [person]\n")
    with _cropped(folders, tmp_path / "in") as plan:
        (sample,) = run_import(plan).imported
    assert read_image(sample.path).shape == (40, 40, 3)


def test_boxes_are_cut_out_of_photos_and_not_of_their_masks(
    folders: ClassFolders, tmp_path: Path
) -> None:
    as_voc(tmp_path / "in")
    for number in range(2):
        put(tmp_path / "in" / "SegmentationClass" / f"p{number}.png")
    with _cropped(folders, tmp_path / "in") as plan:
        assert {path.parent.name for path in (f.path for _n, f in plan.files)} == {"JPEGImages"}
        assert len(plan.files) == 4


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p0.txt", "a photo of a shoe\n"),
        ("p0.txt", "0 12 40 100 200\n"),
        ("p0.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><annotation/>"),
        ("p0.xml", "<annotation>" + "<a>" * 10_000),
        ("all.json", '{"images": [], "annotations": [{}], "categories": []}'),
        ("all.json", "[" * 100_000),
        ("data.yaml", "names: [a, b]\n"),
        ("p0.txt", "0 " + " ".join(["123"] * 60) + " x\n"),
        ("p0.txt", "9" * 5000 + " 0.5 0.5 0.5 0.5\n"),
        ("data.yaml", "names: {.inf: cat}\n"),
    ],
)
def test_what_only_looks_like_labels_of_boxes_is_none(
    folders: ClassFolders, tmp_path: Path, name: str, text: str
) -> None:
    put(tmp_path / "in" / "shoe" / "p0.png")
    write(tmp_path / "in" / "shoe" / name, text)
    with plan_import(folders, [tmp_path / "in"]) as plan:
        assert plan.classes == {"shoe": True}
    with pytest.raises(UsageError, match="No labels of boxes"):
        _cropped(folders, tmp_path / "in")
