"""The datasets that a person can choose from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cnn_studio.data.cards import CARD_NAME, Storage, read_card
from cnn_studio.data.catalog import (
    create_dataset,
    discard_if_empty,
    find_dataset,
    list_datasets,
)
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.errors import DatasetError
from cnn_studio.paths import Workspace, built_in_datasets
from cnn_studio.vision.preparation import InputSpec, Polarity
from tests.data.pictures import put_photo


def test_an_empty_workspace_offers_the_built_in_datasets(workspace: Workspace) -> None:
    objects, satellite, fashion = list_datasets(workspace)
    assert objects.card.classes == ("shoe", "cap", "cellphone", "pencil", "book")
    assert satellite.card.classes == ("Water", "Forest", "City", "Crops", "Desert", "Mountain")
    assert len(fashion.card.classes) == 10
    assert fashion.card.classes[0] == "T-shirt/top"
    assert fashion.card.storage is Storage.IDX
    assert fashion.card.input.shape == (28, 28, 1)
    assert fashion.card.input.polarity is Polarity.LIGHT_ON_DARK
    assert objects.card.input.shape == satellite.card.input.shape == (64, 64, 3)
    assert not workspace.root.exists()


def test_every_built_in_card_says_whose_the_images_are_and_how_to_get_them(
    workspace: Workspace,
) -> None:
    for dataset in list_datasets(workspace):
        card = dataset.card
        assert card.description
        assert card.source
        assert card.licence
        assert card.how_to_get


def test_a_folder_of_class_folders_gets_a_card(workspace: Workspace) -> None:
    put_photo(workspace.datasets / "leaves" / "oak" / "1.jpg", 1)
    dataset = list_datasets(workspace)[-1]
    assert (dataset.name, dataset.card.classes) == ("leaves", ("oak",))
    assert read_card(workspace.datasets / "leaves").classes == ("oak",)


def test_folders_without_images_and_hidden_ones_are_no_datasets(workspace: Workspace) -> None:
    (workspace.datasets / "empty" / "nothing").mkdir(parents=True)
    put_photo(workspace.datasets / ".hidden" / "oak" / "1.jpg", 1)
    put_photo(workspace.datasets / "loose.jpg", 1)
    assert len(list_datasets(workspace)) == 3
    assert not (workspace.datasets / "empty" / CARD_NAME).exists()


def test_a_broken_card_stops_nothing_and_is_told_and_kept(workspace: Workspace) -> None:
    photo = put_photo(workspace.datasets / "leaves" / "oak" / "1.jpg", 1)
    card = photo.parents[1] / CARD_NAME
    card.write_text("title =")
    dataset = find_dataset(workspace, "leaves")
    assert dataset.card.classes == ("oak",)
    assert "not understood" in dataset.problem
    with pytest.raises(DatasetError, match="not understood"):
        ClassFolders(dataset).add_class("ash")
    assert card.read_text() == "title ="


def test_a_broken_card_of_a_built_in_dataset_is_stood_in_for(workspace: Workspace) -> None:
    (workspace.datasets / "objects").mkdir(parents=True)
    (workspace.datasets / "objects" / CARD_NAME).write_text("title =")
    dataset = find_dataset(workspace, "objects")
    assert dataset.card.classes[0] == "shoe"
    assert "not understood" in dataset.problem


def test_a_card_in_the_workspace_stands_before_the_built_in_one(workspace: Workspace) -> None:
    ClassFolders(find_dataset(workspace, "objects")).add_class("mug")
    assert find_dataset(workspace, "objects").card.classes[-1] == "mug"
    assert "mug" not in read_card(built_in_datasets() / "objects").classes


def test_a_workspace_that_cannot_be_written_to_can_be_looked_at(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_photo(workspace.datasets / "leaves" / "oak" / "1.jpg", 1)

    def refuse(*_arguments: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    assert find_dataset(workspace, "leaves").card.classes == ("oak",)


def test_a_dataset_is_found_by_name_by_title_and_by_folder(
    workspace: Workspace, tmp_path: Path
) -> None:
    put_photo(tmp_path / "elsewhere" / "oak" / "1.jpg", 1)
    assert find_dataset(workspace, "fashion-mnist").title == "Fashion-MNIST"
    assert find_dataset(workspace, "Satellite Photos").name == "satellite"
    found = find_dataset(workspace, str(tmp_path / "elsewhere"))
    assert (found.name, found.folder) == ("elsewhere", tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere" / CARD_NAME).exists()


def test_a_bare_name_is_never_a_folder_that_happens_to_be_here(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_photo(tmp_path / "pets" / "cat" / "1.jpg", 1)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        DatasetError, match=r"There is no dataset pets.* here is called pets[/\\]\.$"
    ):
        find_dataset(workspace, "pets")
    for path in ("pets/", "./pets", str(tmp_path / "pets")):
        assert find_dataset(workspace, path).folder == tmp_path / "pets"
    put_photo(workspace.datasets / "pets" / "dog" / "1.jpg", 1)
    assert find_dataset(workspace, "pets").card.classes == ("dog",)
    assert find_dataset(workspace, "pets/").card.classes == ("cat",)


def test_a_datasets_own_folder_is_the_dataset(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ClassFolders(find_dataset(workspace, "objects")).add_class("mug")
    monkeypatch.chdir(workspace.datasets)
    assert find_dataset(workspace, "./objects") == find_dataset(workspace, "objects")
    assert not find_dataset(workspace, "objects/").is_outside
    monkeypatch.chdir(workspace.datasets / "objects")
    assert find_dataset(workspace, ".").title == "Objects"


def test_a_folder_that_is_only_read_is_not_written_to(workspace: Workspace, tmp_path: Path) -> None:
    folder = put_photo(tmp_path / "elsewhere" / "oak" / "1.jpg", 1).parents[1]
    read, to_change = (find_dataset(workspace, str(folder), to_change=how) for how in (False, True))
    with pytest.raises(DatasetError, match="outside the workspace and is only read"):
        ClassFolders(read).add_class("ash")
    assert [path.name for path in folder.iterdir()] == ["oak"]
    assert not read.notes_folder.is_relative_to(folder)
    assert to_change.notes_folder == folder
    ClassFolders(to_change).add_class("ash")
    assert read_card(folder).classes == ("oak", "ash")


def test_what_a_crash_cut_short_elsewhere_is_ended_only_where_it_may_be(
    workspace: Workspace, tmp_path: Path
) -> None:
    photo = put_photo(tmp_path / "elsewhere" / "oak" / "1.jpg", 1)
    journal = tmp_path / "elsewhere" / ".studio" / "journal"
    journal.mkdir(parents=True)
    (journal / "a.json").write_text(
        '{"moves": [["oak", "ash"]], "markings": [], "card_before": null, "card_after": null}'
    )
    find_dataset(workspace, str(tmp_path / "elsewhere"))
    assert photo.is_file()
    find_dataset(workspace, str(tmp_path / "elsewhere"), to_change=True)
    assert not photo.exists()


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_folder_that_a_workspace_links_to_gets_no_card(
    workspace: Workspace, tmp_path: Path
) -> None:
    put_photo(tmp_path / "elsewhere" / "oak" / "1.jpg", 1)
    workspace.datasets.mkdir(parents=True)
    (workspace.datasets / "leaves").symlink_to(tmp_path / "elsewhere")
    dataset = find_dataset(workspace, "leaves")
    assert (dataset.card.classes, dataset.is_outside) == (("oak",), False)
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["oak"]


def test_a_dataset_that_no_image_came_to_is_discarded(workspace: Workspace) -> None:
    empty = create_dataset(workspace, "Empty")
    ClassFolders(empty).add_class("oak")
    assert discard_if_empty(empty)
    assert not empty.folder.exists()
    full = create_dataset(workspace, "Full", ["oak"])
    put_photo(full.folder / "oak" / "1.jpg", 1)
    assert not discard_if_empty(full)
    assert find_dataset(workspace, "full").card.classes == ("oak",)
    noted = create_dataset(workspace, "Noted")
    (noted.folder / "oak").mkdir()
    (noted.folder / "oak" / "notes.txt").write_text("mine")
    assert discard_if_empty(noted)
    assert (noted.folder / "oak" / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("wanted", ["nothing", "", "."])
def test_what_is_not_there_is_told_with_what_is(
    workspace: Workspace, wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatasetError, match=r"objects, satellite, fashion-mnist|There is none in"):
        find_dataset(workspace, wanted)


def test_a_new_dataset_is_made_and_listed(workspace: Workspace) -> None:
    made = create_dataset(workspace, "  Früchte &  Gemüse ", [" apple ", "pear"])
    assert made.name == "fruchte-gemuse"
    found = find_dataset(workspace, "Früchte & Gemüse")
    assert found == made
    assert found.card.classes == ("apple", "pear")
    assert found.card.input == InputSpec(64)


@pytest.mark.parametrize("title", ["", " ", "../..", "Objects", "Fashion MNIST", "x" * 81])
def test_a_title_that_cannot_be_used_is_refused(workspace: Workspace, title: str) -> None:
    with pytest.raises(DatasetError, match=r"1 to 80 letters|already"):
        create_dataset(workspace, title)
    assert not workspace.root.exists()


def test_the_classes_of_a_new_dataset_are_checked(workspace: Workspace) -> None:
    with pytest.raises(DatasetError, match="apple and Apple would be the same folder"):
        create_dataset(workspace, "Fruit", ["apple", "Apple"])
    assert not workspace.root.exists()


@pytest.mark.parametrize(
    "folders", ["train/0 train/1 test meta", "images", "train test", "train/shoe test/shoe"]
)
def test_a_folder_of_parts_or_of_images_as_such_is_to_be_brought_in(
    workspace: Workspace, tmp_path: Path, folders: str
) -> None:
    for number, name in enumerate(folders.split()):
        put_photo(tmp_path / "in" / name / "a.jpg", number)
    with pytest.raises(DatasetError, match="cnn-studio import"):
        find_dataset(workspace, f"{tmp_path / 'in'}/")


@pytest.mark.parametrize("folders", ["shoe cap", "train plane", "1970 1980", "camera phone"])
def test_a_folder_of_classes_is_one_whatever_they_are_called(
    workspace: Workspace, tmp_path: Path, folders: str
) -> None:
    for number, name in enumerate(folders.split()):
        put_photo(tmp_path / "in" / name / "a.jpg", number)
    found = find_dataset(workspace, f"{tmp_path / 'in'}/")
    assert set(found.card.classes) == set(folders.split())
