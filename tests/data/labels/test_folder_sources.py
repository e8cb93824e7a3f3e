"""Which folder is the class is found from the whole tree, as people lay trees out."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_plan import plan_import
from cnn_studio.data.incoming import Incoming
from cnn_studio.data.labels.folder_sources import FolderSource, FolderTree
from cnn_studio.data.labels.folder_words import FolderKind, kind_of, part_of
from cnn_studio.data.labels.label_source import GivenPart
from cnn_studio.paths import Workspace
from tests.data.pictures import put_photo

ROOT = Path("/somewhere")


def tree(*folders: str, known: tuple[str, ...] = (), each: int = 2) -> FolderTree:
    """A tree with a few images in each of these folders."""
    return FolderTree(
        [
            (ROOT, Incoming(path / f"{number}.jpg", path.relative_to(ROOT).parts, ".jpg", bytes))
            for path in (ROOT / folder for folder in folders)
            for number in range(each)
        ],
        known,
    )


def classes_of(source: FolderSource) -> dict[str, str]:
    """The class of each folder of a tree, by its path."""
    return {"/".join(folders): label.class_name for folders, label in source.labels.items()}


@pytest.mark.parametrize(
    ("folders", "expected"),
    [
        ("shoe cap", "shoe cap"),
        ("photos/shoe photos/cap", "shoe cap"),
        ("a/b/c/shoe a/b/c/cap", "shoe cap"),
        ("shoe/images cap/images", "shoe cap"),
        ("n0144/images n0178/images", "n0144 n0178"),
        ("images/shoe images/cap", "shoe cap"),
        ("shoe/2024-05-01 shoe/2024-05-02 cap/2024-05-01", "shoe shoe cap"),
        ("shoe/20240501_1200 cap/02.05.2024", "shoe cap"),
        ("2024/shoe 2025/cap 2025/shoe", "shoe cap shoe"),
        ("shoe/2024/05 cap/2024/06", "shoe cap"),
        ("shoe/2023 cap/2024", "shoe cap"),
        ("May-2024/shoe June-2024/cap", "shoe cap"),
        ("train/shoe train/cap test/shoe", "shoe cap shoe"),
        ("Training/shoe/images Testing/cap/images", "shoe cap"),
        ("seg_train/seg_train/sea seg_test/seg_test/ice", "sea ice"),
        ("data/train2017/sea data/val2017/ice", "sea ice"),
        ("fold1/shoe fold2/shoe fold2/cap", "shoe shoe cap"),
        ("shoe/session-1 shoe/session-2 cap/session-1", "shoe shoe cap"),
        ("shoe/100CANON cap/101APPLE", "shoe cap"),
        ("DCIM/100CANON/shoe DCIM/100CANON/cap", "shoe cap"),
        ("0 1 10 2", "0 1 10 2"),
        ("color/apple color/pear", "apple pear"),
        ("train plane car", "train plane car"),
        ("camera phone", "camera phone"),
        ("mask no_mask", "mask no_mask"),
        ("Class1 Class2", "Class1 Class2"),
        ("person1 person2", "person1 person2"),
        ("gray color", "gray color"),
        ("Äpfel/2024-05-01 Birnen/2024-05-01", "Äpfel Birnen"),
        ("鞋 帽", "鞋 帽"),
    ],
)
def test_a_plain_tree_is_read_without_a_question(folders: str, expected: str) -> None:
    found = tree(*folders.split())
    assert found.doubt == ""
    assert list(classes_of(found.sources[0]).values()) == expected.split()


def test_a_lone_folder_of_images_is_a_class_unless_its_name_is_none() -> None:
    assert classes_of(tree("shoe").sources[0]) == {"shoe": "shoe"}
    assert classes_of(tree("wrapped/shoe").sources[0]) == {"wrapped/shoe": "shoe"}
    for name in ("images", "test", "test/images", "unlabeled", "data/jpg"):
        (label,) = tree(name).sources[0].labels.values()
        assert label.class_name == ""
        assert "no class folder" in label.problem


def test_parts_of_a_split_are_known_and_what_has_no_class_is_none() -> None:
    found = tree("train/shoe", "train/cap", "valid/shoe", "test/images", "train/masks", "shoe")
    (source,) = found.sources
    labels = {"/".join(entry.folders): label for _root, entry, label in source.labelled()}
    assert labels["train/shoe"].part is GivenPart.TRAIN
    assert labels["valid/shoe"].part is GivenPart.VALIDATION
    assert labels["shoe"].part is None
    assert labels["test/images"].class_name == labels["train/masks"].class_name == ""
    assert labels["test/images"].problem.startswith("It has no label: it lies in test/images")


@pytest.mark.parametrize(
    ("folders", "expected"),
    [
        ("Train/0 Train/1 Test Meta", "0 1 - -"),
        ("plane/2024-05-01 train/2024-05-02 car/2024-05-03", "plane train car"),
        (
            "train/valid/2024-05-01 train/broken/2024-05-02 test/valid/2024-05-01",
            "valid broken valid",
        ),
        ("seg_train/sea seg_train/ice seg_test/sea seg_pred", "sea ice sea -"),
        ("asl_alphabet_train/A asl_alphabet_train/B asl_alphabet_test/A", "A B A"),
        ("shoe cap unlabeled-images", "shoe cap -"),
        ("shoe cap unlabeled2017", "shoe cap -"),
        ("1960 1969 1970 1984 12", "1960 1969 1970 1984 12"),
        ("photo painting sketch", "photo painting sketch"),
        ("new old", "new old"),
        ("shoe cap images", "shoe cap -"),
        ("shoe/20240501T1200 cap/2024-05-01T10-00", "shoe cap"),
        ("trainA/horse testA/horse trainA/zebra", "horse horse zebra"),
        ("stage1_train/cell stage1_test/cell stage1_train/not", "cell cell not"),
        ("PrivateTest/sad Training/sad Training/glad", "sad sad glad"),
    ],
)
def test_what_stands_beside_a_folder_decides(folders: str, expected: str) -> None:
    found = tree(*folders.split())
    assert found.doubt == ""
    names = [name or "-" for name in classes_of(found.sources[0]).values()]
    assert names == expected.split()


def test_a_split_in_a_text_is_said_not_to_be_used(workspace: Workspace, tmp_path: Path) -> None:
    put_photo(tmp_path / "in" / "images" / "apple_pie" / "1.jpg", 1)
    put_photo(tmp_path / "in" / "images" / "baklava" / "2.jpg", 2)
    (tmp_path / "in" / "meta").mkdir()
    for name in ("train.txt", "test.json", "classes.txt"):
        (tmp_path / "in" / "meta" / name).write_text("apple_pie/1\n")
    folders = ClassFolders(create_dataset(workspace, "Food"))
    with plan_import(folders, [tmp_path / "in"]) as plan:
        assert set(plan.classes) == {"apple_pie", "baklava"}
        assert plan.notes == ["test.json, train.txt seem to tell a split, which is not used."]


def test_versions_of_one_set_are_asked_for() -> None:
    found = tree("color/apple", "color/pear", "grayscale/apple", "segmented/pear", each=3)
    assert "3 versions" in found.doubt
    summaries = [source.summary for source in found.sources]
    assert summaries[0] == "only color: apple, pear (2 classes of 6 images)"
    assert summaries[-1] == "all together: apple, pear (2 classes of 12 images)"
    assert [source.options for source in found.sources] == [
        "--only color",
        "--only grayscale",
        "--only segmented",
        "--class-level 2",
    ]
    assert set(classes_of(found.sources[1]).values()) == {"", "apple"}
    inner = tree("apple/original", "apple/augmented", "pear/original", "pear/augmented")
    assert "2 versions" in inner.doubt
    assert set(classes_of(inner.sources[0]).values()) == {"apple", "pear", ""}


def test_two_folders_that_could_be_the_class_are_asked_for() -> None:
    kinds = tree("animals/cat", "animals/dog", "plants/rose")
    assert "cat, dog, rose, or animals, plants" in kinds.doubt
    assert [source.level for source in kinds.sources] == [2, 1]
    assert set(classes_of(kinds.sources[0]).values()) == {"cat", "dog", "rose"}
    assert set(classes_of(kinds.sources[1]).values()) == {"animals", "plants"}


def test_names_that_repeat_below_several_others_are_the_second_guess() -> None:
    sides = tree("shoe/left", "shoe/right", "cap/left", "cap/right")
    assert sides.doubt
    assert [source.level for source in sides.sources] == [1, 2]
    assert set(classes_of(sides.sources[0]).values()) == {"shoe", "cap"}


def test_folders_within_folders_that_have_images_are_parts_of_these_and_it_is_said() -> None:
    found = tree("shoe", "shoe/left", "cap", "cap/red")
    assert found.doubt == ""
    first, other = found.sources
    assert classes_of(first) == {
        "shoe": "shoe",
        "shoe/left": "shoe",
        "cap": "cap",
        "cap/red": "cap",
    }
    assert "are taken for parts of these" in first.notes[0]
    assert set(classes_of(other).values()) == {"shoe", "left", "cap", "red"}
    assert other.notes == ()


def test_days_alone_are_hardly_what_the_images_show() -> None:
    found = tree("2024-05-01", "2024-05-02")
    assert "days" in found.doubt
    assert set(classes_of(found.sources[0]).values()) == {""}
    assert set(classes_of(found.sources[1]).values()) == {"2024-05-01", "2024-05-02"}


def test_a_class_of_the_dataset_is_known_whatever_its_name_says() -> None:
    found = tree("test/x", "images", "2024", known=("Images", "2024", "test"))
    assert set(classes_of(found.sources[0]).values()) == {"test", "images", "2024"}
    assert found.doubt == ""


def test_a_person_s_word_goes_before_all_else() -> None:
    found = tree("shoe/2024-05-01", "cap/2024-05-02")
    assert set(classes_of(found.chosen(2, "")).values()) == {"2024-05-01", "2024-05-02"}
    assert set(classes_of(found.chosen(1, "")).values()) == {"shoe", "cap"}
    assert set(classes_of(found.chosen(None, "cap")).values()) == {"", "cap"}
    assert found.chosen(3, "").classes == frozenset({"shoe", "cap"})


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("2024-13-01", FolderKind.NAME),
        ("12345678", FolderKind.NAME),
        ("1492", FolderKind.NAME),
        ("2024-05-01 12.30.00", FolderKind.DATE),
        ("test tube", FolderKind.NAME),
        ("test_set", FolderKind.PART),
        ("trainImages", FolderKind.PART),
        ("training cones", FolderKind.NAME),
        ("photo albums", FolderKind.NAME),
        ("IMAGES", FolderKind.GENERIC),
        ("images2", FolderKind.GENERIC),
        ("224x224", FolderKind.VERSION),
        ("resized_224", FolderKind.VERSION),
        ("Fold 3", FolderKind.SERIES),
        ("setter", FolderKind.NAME),
        ("SegmentationClass", FolderKind.ASIDE),
    ],
)
def test_words_say_what_a_folder_is(name: str, kind: FolderKind) -> None:
    assert kind_of(name) is kind


def test_a_part_is_one_word_beside_words_for_images() -> None:
    assert part_of("val2017") is GivenPart.VALIDATION
    assert part_of("Test Set") is GivenPart.TEST
    assert part_of("train and test") is None
    assert part_of("images") is None
