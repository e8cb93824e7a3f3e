"""The images of a dataset as a training reads them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from cnn_studio.data.catalog import Dataset, create_dataset, find_dataset
from cnn_studio.data.class_changes import class_switch, marking
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.image_sets import Part, count_images, open_images
from cnn_studio.data.marks import Mark
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.errors import DatasetError, ImageError
from cnn_studio.paths import Workspace
from cnn_studio.training.listed_images import ListedImages
from cnn_studio.vision.images import read_image
from tests.data.pictures import jpeg, picture, put_photo, write_part


@pytest.fixture
def packed(workspace: Workspace) -> Dataset:
    dataset = find_dataset(workspace, "fashion-mnist")
    images = np.arange(5 * 28 * 28, dtype=np.uint32).astype(np.uint8).reshape(5, 28, 28)
    images[4] = images[0]
    write_part(dataset.folder, "train", images, [0, 9, 9, 3, 0])
    write_part(dataset.folder, "t10k", images[:2], [1, 2])
    return dataset


def test_class_folders_are_read_in_the_order_of_the_card(workspace: Workspace) -> None:
    dataset = create_dataset(workspace, "Things", ["shoe", "cap"])
    put_photo(dataset.folder / "cap" / "b.jpg", 1)
    put_photo(dataset.folder / "cap" / "a.jpg", 2)
    photo = put_photo(dataset.folder / "shoe" / "c.jpg", 3)
    images = open_images(dataset)
    assert images is not None
    assert images.classes == ("shoe", "cap")
    assert list(images.names) == ["shoe/c.jpg", "cap/a.jpg", "cap/b.jpg"]
    assert images.labels.tolist() == [0, 1, 1]
    assert images.labels.dtype == np.int64
    assert np.array_equal(images.read(0), read_image(photo))
    assert open_images(dataset, Part.TEST) is None


def test_recordings_are_groups_and_so_are_copies(workspace: Workspace) -> None:
    dataset = create_dataset(workspace, "Things", ["shoe", "cap"])
    folders = ClassFolders(dataset)
    recording, received = Session.new(SessionKind.RECORDING), Session.new(SessionKind.IMPORT)
    for number in (1, 2):
        folders.add_image("shoe", picture(number), recording, number)
    for number in (3, 4):
        folders.add_image("cap", picture(number), received, number)
    put_photo(dataset.folder / "cap" / "z1.jpg", 5)
    put_photo(dataset.folder / "cap" / "z2.jpg", 5)
    images = open_images(dataset)
    assert images is not None
    first, second, third, fourth, fifth, sixth = images.group(np.arange(6)).groups
    assert first == second == recording.id
    assert fifth == sixth
    assert len({first, third, fourth, fifth}) == 4


def test_features_say_what_is_of_one_origin(workspace: Workspace) -> None:
    dataset = create_dataset(workspace, "Things", ["shoe"])
    for number in range(6):
        put_photo(dataset.folder / "shoe" / f"{'abcdef'[number]}.jpg", number)
    images = open_images(dataset)
    assert images is not None
    chosen = np.array([5, 4, 2, 1, 0])
    features = np.eye(5, 1280, dtype=np.float32)
    features[3] = features[1]  # the places are those of the chosen ones
    groups = images.group(chosen, features=lambda: features).groups
    assert groups[3] == groups[1]
    assert len(set(groups)) == 4
    listed = ListedImages(images, images.classes, chosen[::-1])
    again = listed.group(np.array([4, 2, 1]), features=lambda: features[:3]).groups
    assert len(set(again)) == 3
    all_again = listed.group(np.arange(5), features=lambda: features[::-1]).groups
    assert all_again[1] == all_again[3]
    assert len(set(all_again)) == 4


def test_what_is_switched_off_or_left_out_is_not_learned_from(workspace: Workspace) -> None:
    folders = ClassFolders(create_dataset(workspace, "Things", ["shoe", "cap", "mug"]))
    for name in folders.classes():
        for number in (1, 2):
            put_photo(folders.folder_of(name) / f"{number}.jpg", number)
    first = folders.samples("mug")[0]
    folders.carry_out(class_switch(folders, "cap", enabled=False))
    folders.carry_out(marking(folders, [first], Mark.EXCLUDED, True))
    images = open_images(folders.dataset)
    assert images is not None
    assert images.classes == ("shoe", "mug")
    assert len(images) == 3
    assert f"mug/{first.path.name}" not in images.names
    assert images.labels.tolist() == [0, 0, 1]
    assert count_images(folders.dataset) == {"shoe": 2, "mug": 1}
    assert folders.counts() == {"shoe": 2, "cap": 2, "mug": 2}


def test_a_damaged_or_vanished_image_is_told_by_its_own_name(workspace: Workspace) -> None:
    dataset = create_dataset(workspace, "Things", ["shoe"])
    put_photo(dataset.folder / "shoe" / "half.jpg", 1).write_bytes(jpeg(1)[:200])
    gone = put_photo(dataset.folder / "shoe" / "vanished.jpg", 2)
    images = open_images(dataset)
    assert images is not None
    gone.unlink()
    assert len(set(images.group(np.arange(len(images))).groups)) == 2
    for index, name in enumerate(("half.jpg", "vanished.jpg")):
        with pytest.raises(ImageError, match=name):
            images.read(index)


def test_packed_images_are_read_by_part(packed: Dataset) -> None:
    train, test = open_images(packed), open_images(packed, Part.TEST)
    assert train is not None
    assert test is not None
    assert len(train) == 5
    assert train.names[1] == "train/00001"
    assert test.names[1] == "test/00001"
    assert train.labels.tolist() == [0, 9, 9, 3, 0]
    assert train.read(1).shape == (28, 28)
    assert not np.array_equal(train.read(1), train.read(2))
    groups = train.group(np.arange(5)).groups
    assert groups[0] == groups[4]
    assert len(set(groups)) == 4


def test_reading_from_several_threads_gives_what_one_gives(packed: Dataset) -> None:
    images = open_images(packed)
    assert images is not None
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(images.read, range(5)))
    assert all(np.array_equal(together[n], images.read(n)) for n in range(5))


def test_counts_are_known_without_reading_images(packed: Dataset, workspace: Workspace) -> None:
    counts = count_images(packed)
    assert (counts["T-shirt/top"], counts["Ankle boot"], counts["Bag"]) == (2, 2, 0)
    assert sum(count_images(packed, Part.TEST).values()) == 2
    objects = find_dataset(workspace, "objects")
    put_photo(objects.folder / "cap" / "a.jpg", 1)
    assert count_images(objects) == {"shoe": 0, "cap": 1, "cellphone": 0, "pencil": 0, "book": 0}
    assert set(count_images(objects, Part.TEST).values()) == {0}


def test_a_dataset_that_is_not_here_yet_has_no_images(workspace: Workspace) -> None:
    dataset = find_dataset(workspace, "fashion-mnist")
    assert set(count_images(dataset).values()) == {0}
    with pytest.raises(DatasetError, match="cnn-studio datasets fetch fashion-mnist"):
        open_images(dataset)


def test_labels_beyond_the_card_are_refused(packed: Dataset) -> None:
    images = np.zeros((1, 28, 28), np.uint8)
    write_part(packed.folder, "train", images, [10])
    with pytest.raises(DatasetError, match=r"It needs 11, not 10"):
        open_images(packed)
    with pytest.raises(DatasetError, match=r"It needs 11, not 10"):
        count_images(packed)
