"""Tables of file names and classes, as competitions and labelling programs hand them out."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_plan import ImportPlan, plan_import
from cnn_studio.data.intake import run_import
from cnn_studio.data.labels.finding import LabelChoice
from cnn_studio.data.labels.table_sources import TableColumns
from cnn_studio.data.marks import Mark
from cnn_studio.errors import DatasetError, UsageError
from cnn_studio.paths import Workspace
from tests.data.pictures import put_photo


@pytest.fixture
def folders(workspace: Workspace) -> ClassFolders:
    return ClassFolders(create_dataset(workspace, "Things"))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Six photos in one folder, p0 to p5."""
    for number in range(6):
        put_photo(tmp_path / "in" / "train" / f"p{number}.jpg", number)
    return tmp_path / "in"


def counts(plan: ImportPlan) -> dict[str, int]:
    return dict(Counter(name for name, _file in plan.files))


def read(folders: ClassFolders, photos: Path, text: str | bytes, name: str = "t.csv") -> ImportPlan:
    data = text if isinstance(text, bytes) else text.encode()
    (photos / name).write_bytes(data)
    return plan_import(folders, [photos])


LINES = [
    ("p0", "shoe"),
    ("p1", "cap"),
    ("p2", "shoe"),
    ("p3", "cap"),
    ("p4", "shoe"),
    ("p5", "cap"),
]


def written(
    template: str, head: str = "", pairs: list[tuple[str, str]] = LINES, end: str = "\n"
) -> str:
    rows = [template.format(file=file, label=label) for file, label in pairs]
    return end.join([*([head] if head else []), *rows]) + end


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.csv", written("{file},{label}", "id,breed")),
        ("t.csv", written("{file}.jpg,{label}", "filename,label")),
        ("t.csv", written("{file}.JPG;{label}", "image;class", end="\r\n")),
        ("t.csv", written("train/{file}.jpg,{label}")),
        ("t.csv", written("{file},{label}")),
        ("t.tsv", written("{file}.png\t{label}", "file\tlabel")),
        ("t.csv", written("{label},./train/{file}.jpg,0.52", "class,path,score")),
        ("t.csv", written(r"C:\Users\me\train\{file}.jpg,{label}", "path,label")),
        ("t.csv", written("/content/drive/x/{file}.jpg,{label}", "path,label")),
        ("t.csv", written("{file},{label},7", "id,species,7th column")),
        ("t.csv", written('{file},{label},"a note\nof, two lines"', "id,label,notes")),
        ("t.csv", "id,label,notes\n\n" + written("{file},{label}")),
        ("t.txt", written("train/{file}.jpg {label}")),
        ("t.csv", "﻿" + written('"{file}","{label}"', '"id","target"')),
    ],
)
def test_tables_of_the_world_are_read(
    folders: ClassFolders, photos: Path, name: str, text: str
) -> None:
    with read(folders, photos, text, name) as plan:
        assert plan.doubt == ""
        assert counts(plan) == {"shoe": 3, "cap": 3}
        assert plan.left_out == []
        assert name in plan.notes[0]
        run_import(plan)
    assert folders.counts() == {"shoe": 3, "cap": 3}


def test_a_table_is_read_in_the_encodings_of_spreadsheets(
    folders: ClassFolders, photos: Path
) -> None:
    pairs = [(file, {"shoe": "Äpfel", "cap": "Birne"}[label]) for file, label in LINES]
    text = written("{file},{label}", "file,label", pairs)
    for encoding in ("utf-8", "utf-16", "cp1252"):
        with read(folders, photos, text.encode(encoding)) as plan:
            assert counts(plan) == {"Äpfel": 3, "Birne": 3}


def test_rows_without_an_image_and_images_without_a_row_are_counted(
    folders: ClassFolders, photos: Path
) -> None:
    pairs = [*LINES[:4], ("p8", "shoe"), ("p9", "cap"), ("p0", "cap"), ("p1", "cap")]
    with read(folders, photos, written("{file},{label}", "id,label", pairs)) as plan:
        assert counts(plan) == {"cap": 2, "shoe": 1}
        assert "t.csv: 2 rows name no image that is here: p8, p9." in plan.notes
        assert "2 images are left out, which t.csv does not name." in plan.notes
        reasons = sorted(reason for _path, reason in plan.left_out)
    assert reasons == [
        "t.csv has no row for it: p4.jpg.",
        "t.csv has no row for it: p5.jpg.",
        "t.csv names several classes for it: cap, shoe: p0.jpg.",
    ]


def test_a_column_of_numbers_beside_their_names_is_no_second_choice(
    folders: ClassFolders, photos: Path
) -> None:
    numbered = [(file, f"{label},{'01'[label == 'cap']}") for file, label in LINES]
    with read(
        folders, photos, written("{file},{label}", "file,label_name,label", numbered)
    ) as plan:
        assert plan.doubt == ""
        assert counts(plan) == {"shoe": 3, "cap": 3}


def test_columns_that_could_both_be_the_classes_are_asked_for(
    folders: ClassFolders, photos: Path
) -> None:
    two = [(file, f"{label},{'ab'[int(file[1]) > 2]}") for file, label in LINES]
    with read(folders, photos, written("{file},{label}", "file,breed,species", two)) as plan:
        assert plan.doubt == "Several columns of tables could have the classes."
        with pytest.raises(DatasetError, match="--class-column"):
            run_import(plan)
        plan.choose_source(1)
        assert counts(plan) == {"a": 3, "b": 3}
    table = photos / "t.csv"
    with pytest.raises(UsageError, match="breed, species"):
        plan_import(folders, [photos], choice=LabelChoice(table=table))
    chosen = LabelChoice(table=table, columns=TableColumns(classes="species"))
    with plan_import(folders, [photos], choice=chosen) as plan:
        assert counts(plan) == {"a": 3, "b": 3}
    for columns in (TableColumns(classes="colour"), TableColumns(file="colour")):
        with pytest.raises(UsageError, match="has no column colour"):
            plan_import(folders, [photos], choice=LabelChoice(table=table, columns=columns))


def test_a_column_for_each_class_with_a_one_is_read(folders: ClassFolders, photos: Path) -> None:
    ones = [(file, "1.0,0.0" if label == "shoe" else "0.0,1.0") for file, label in LINES]
    with read(folders, photos, written("{file},{label}", "image,shoe,cap", ones)) as plan:
        assert counts(plan) == {"shoe": 3, "cap": 3}


def test_the_part_of_a_split_may_stand_in_the_table(folders: ClassFolders, photos: Path) -> None:
    parts = [(file, f"{label},{'test' if file > 'p3' else 'train'}") for file, label in LINES]
    with read(folders, photos, written("{file},{label}", "id,label,split", parts)) as plan:
        run_import(plan)
    assert len(folders.marks.names(Mark.TEST)) == 2
    assert {name.partition("/")[0] for name in folders.marks.names(Mark.TEST)} == {"shoe", "cap"}


def _label_studio(pairs: list[tuple[str, str]]) -> str:
    return json.dumps(
        [
            {
                "id": number,
                "data": {"image": f"/data/upload/3/0a1b2c3d-{file}.jpg"},
                "annotations": [
                    {"result": [{"type": "choices", "value": {"choices": label.split("+")}}]}
                ],
            }
            for number, (file, label) in enumerate(pairs)
        ]
    )


def test_the_exports_of_label_studio_are_read(folders: ClassFolders, photos: Path) -> None:
    pairs = [*LINES[:5], ("p5", "cap+shoe")]
    small = [
        {"image": f"/data/local-files/?d=pictures%2F{file}.jpg", "choice": label, "id": 7}
        for file, label in LINES
    ]
    head = "image,id,choice,annotator"
    table = written("http://localhost:8080/data/upload/1/0a1b2c3d-{file}.jpg,1,{label},1", head)
    for name, text, expected in (
        ("full.json", _label_studio(pairs), {"shoe": 3, "cap": 2}),
        ("small.json", json.dumps(small), {"shoe": 3, "cap": 3}),
        ("choices.csv", table, {"shoe": 3, "cap": 3}),
    ):
        with read(folders, photos, text, name) as plan:
            assert counts(plan) == expected, name
        (photos / name).unlink()


def test_files_of_one_name_in_two_folders_are_told_apart_by_their_folders(
    folders: ClassFolders, tmp_path: Path
) -> None:
    for number, day in enumerate(("2024-05-01", "2024-05-02")):
        put_photo(tmp_path / "in" / day / "IMG_1.jpg", number)
    text = "file,label\n2024-05-01/IMG_1.jpg,shoe\n2024-05-02/IMG_1.jpg,cap\n"
    with read(folders, tmp_path / "in", text) as plan:
        assert counts(plan) == {"shoe": 1, "cap": 1}
    with read(folders, tmp_path / "in", "file,label\nIMG_1,shoe\n") as plan:
        assert counts(plan) == {}


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("t.csv", b"", "no table"),
        ("t.csv", b"only one column\np0\n", "no table|needs a column|has classes"),
        ("t.json", b"[" * 100_000, "no table"),
        ("t.json", b'{"images": 3}', "no table"),
        ("t.csv", b"\x00\x01\x02,\xff\n\x00,\x01\n", "No column|no table"),
        ("t.csv", b"id,label\nx0,shoe\nx1,cap\n", "No column"),
        ("t.xlsx", b"PK", "Save the spreadsheet as CSV"),
    ],
)
def test_what_is_no_table_is_said_to_be_none(
    folders: ClassFolders, photos: Path, name: str, text: bytes, sentence: str
) -> None:
    (photos / name).write_bytes(text)
    with pytest.raises(DatasetError, match=sentence):
        plan_import(folders, [photos], choice=LabelChoice(table=photos / name))
    with plan_import(folders, [photos]) as plan:  # found by itself it is just no table
        assert counts(plan) == {}


def test_a_table_that_says_what_class_folders_say_is_no_question(
    folders: ClassFolders, tmp_path: Path
) -> None:
    for number, name in enumerate(("shoe", "shoe", "cap")):
        put_photo(tmp_path / "in" / name / f"p{number}.jpg", number)
    same = written("{file},{label}", "id,label", [("p0", "7"), ("p1", "7"), ("p2", "8")])
    with read(folders, tmp_path / "in", same) as plan:
        assert plan.doubt == ""
        assert counts(plan) == {"cap": 1, "shoe": 2}
    other = written("{file},{label}", "id,label", [("p0", "old"), ("p1", "new"), ("p2", "old")])
    with read(folders, tmp_path / "in", other) as plan:
        assert plan.doubt.startswith("t.csv may tell the classes")
        plan.choose_source(1)
        assert counts(plan) == {"cap": 1, "shoe": 2}
        plan.choose_source(0)
        assert counts(plan) == {"new": 1, "old": 2}


def test_a_folder_that_holds_all_images_is_no_class_beside_a_table(
    folders: ClassFolders, tmp_path: Path
) -> None:
    for part in (1, 2):
        for number in range(3):
            name = f"p{part}{number}.jpg"
            put_photo(tmp_path / "in" / f"HAM_images_part_{part}" / name, 10 * part + number)
    rows = [(f"p{part}{n}", "nv" if n else "mel") for part in (1, 2) for n in range(3)]
    with read(folders, tmp_path / "in", written("{file},{label}", "image_id,dx", rows)) as plan:
        assert plan.doubt.startswith("t.csv may tell the classes")
    for number in range(4):
        put_photo(tmp_path / "flat" / "photos_of_shoes" / f"s{number}.jpg", 30 + number)
    rows = [(f"s{n}", "low" if n < 2 else "high") for n in range(4)]
    with read(folders, tmp_path / "flat", written("{file},{label}", "id,label", rows)) as plan:
        assert plan.doubt == ""
        assert counts(plan) == {"low": 2, "high": 2}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sampleSubmission.csv", written("{file},{label}", "id,label")),
        ("files.csv", written("{file},900", "filename,bytes")),
        ("boxes.csv", written("{file},{label},3,4,9,9", "filename,class,xmin,ymin,xmax,ymax")),
        ("sizes.csv", "filename,width\n" + "".join(f"p{n},{640 + n % 2}\n" for n in range(6))),
    ],
)
def test_a_table_of_other_things_does_not_become_the_labels(
    folders: ClassFolders, photos: Path, name: str, text: str
) -> None:
    with read(folders, photos, text, name) as plan:
        assert plan.doubt or counts(plan) == {}


def test_switches_beside_a_column_of_classes_are_no_classes(
    folders: ClassFolders, photos: Path
) -> None:
    rows = [(file, f"{label},{int(file > 'p3')},{int(file <= 'p3')}") for file, label in LINES]
    for head in ("file,label,is_test,is_train", "file,label,blurred,sharp"):
        with read(folders, photos, written("{file},{label}", head, rows)) as plan:
            assert counts(plan) == {"shoe": 3, "cap": 3}


def test_a_table_keeps_the_parts_that_the_folders_tell(
    folders: ClassFolders, tmp_path: Path
) -> None:
    for number in range(6):
        put_photo(tmp_path / "in" / ("test" if number > 3 else "train") / f"p{number}.jpg", number)
    with read(folders, tmp_path / "in", written("{file},{label}", "id,label")) as plan:
        run_import(plan)
    assert len(folders.marks.names(Mark.TEST)) == 2


def test_each_part_may_have_a_table_and_names_of_its_own(
    folders: ClassFolders, tmp_path: Path
) -> None:
    number = 0
    for part in ("train", "test"):
        for name in ("Image_1.jpg", "Image_2.jpg"):
            put_photo(tmp_path / "in" / part / name, number)
            number += 1
        text = "filename,label\nImage_1.jpg,moth\nImage_2.jpg,bee\n"
        (tmp_path / "in" / part / "_classes.csv").write_text(text)
    with plan_import(folders, [tmp_path / "in"]) as plan:
        assert plan.doubt == ""
        assert counts(plan) == {"moth": 2, "bee": 2}
        run_import(plan)
    assert len(folders.marks.names(Mark.TEST)) == 2


@pytest.mark.parametrize("kind", ["zip", "tar", "gztar"])
def test_a_table_in_an_archive_is_read_whole(
    folders: ClassFolders, tmp_path: Path, kind: str
) -> None:
    count = 300
    for number in range(6):
        put_photo(tmp_path / "in" / f"p{number}.jpg", number)
    rows = [*LINES, *((f"another-{n}", "catfish") for n in range(count))]
    (tmp_path / "in" / "labels.csv").write_text(written("{file},{label}", "id,label", rows))
    archive = Path(shutil.make_archive(str(tmp_path / "a"), kind, tmp_path / "in"))
    with plan_import(folders, [archive]) as plan:
        assert counts(plan) == {"shoe": 3, "cap": 3}
        assert f"labels.csv: {count} rows name no image" in plan.notes[1]
    inside = LabelChoice(table=archive / "labels.csv", columns=TableColumns(classes="label"))
    with plan_import(folders, [archive], choice=inside) as plan:
        assert counts(plan) == {"shoe": 3, "cap": 3}


@pytest.mark.parametrize("cell", ["http://[bad/p0.jpg", "\x00", "a" * 5000, "../" * 900, "%"])
def test_odd_cells_harm_nobody(folders: ClassFolders, photos: Path, cell: str) -> None:
    rows = [*LINES, (cell, "shoe")]
    with read(folders, photos, written("{file},{label}", "id,label", rows)) as plan:
        assert counts(plan) == {"shoe": 3, "cap": 3}
    with pytest.raises(DatasetError, match="this is a folder"):
        plan_import(folders, [photos], choice=LabelChoice(table=photos))
