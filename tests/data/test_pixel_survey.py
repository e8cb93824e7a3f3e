"""One look over the files of an import, so that all that are not plain are read alike."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data.catalog import Dataset, create_dataset, find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_notes import broken_imports
from cnn_studio.data.import_plan import plan_import
from cnn_studio.data.intake import IntakeReport, plan_again, run_import
from cnn_studio.data.labels.finding import LabelChoice
from cnn_studio.data.pixel_survey import (
    choice_of,
    survey_pixels,
    surveyed,
)
from cnn_studio.errors import UsageError
from cnn_studio.paths import Workspace
from cnn_studio.prediction.pictures import Pictures
from cnn_studio.vision.images import decode_image, read_image
from cnn_studio.vision.pixel_ranges import PixelChoice, PixelReading, readings_from
from cnn_studio.work_notes import Halt
from tests.data.pictures import put_photo
from tests.vision.test_bands import gdal, tile_file
from tests.vision.test_pixel_ranges import tif


def _spans(low: object, high: object) -> dict[str, object]:
    return {"uint16x1": {"bands": [0], "spans": [[low, high]]}}


@pytest.fixture
def dataset(workspace: Workspace) -> Dataset:
    return create_dataset(workspace, "Things", ["mug", "Forest"])


@pytest.fixture
def folders(dataset: Dataset) -> ClassFolders:
    return ClassFolders(dataset)


def _put(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _ramp(white: float, kind: str = "uint16", black: float = 0) -> np.ndarray:
    return np.linspace(black, white, 64 * 48).reshape(48, 64).astype(kind)


def _tiles(folder: Path, bands: int = 4) -> None:
    """Forests are dark and rivers are bright, in every band."""
    random = np.random.default_rng(1)
    for name, light in (("Forest", 40), ("River", 120)):
        for number in range(4):
            pixels = random.normal(light, 6, (32, 32, bands)) + 10 * np.arange(bands)
            _put(folder / name / f"{number}.tif", tile_file(pixels.astype(np.uint8)))


def _imported(folders: ClassFolders, path: Path, choice: PixelChoice | None = None) -> IntakeReport:
    with plan_import(folders, [path]) as plan:
        if choice is not None:
            plan.pixels = surveyed(plan.files).chosen(choice)
        return run_import(plan)


def test_all_files_of_an_import_are_read_alike(folders: ClassFolders, tmp_path: Path) -> None:
    for number, white in enumerate((4095, 1000, 200)):
        _put(tmp_path / "in" / "mug" / f"{number}.tif", tif(_ramp(white)))
    put_photo(tmp_path / "in" / "mug" / "plain.jpg", 1)
    with plan_import(folders, [tmp_path / "in"]) as plan:
        report = run_import(plan)
    (sentence,) = report.pixels
    assert sentence == (
        "3 images of 16 bits, with values of 0..4095: 0..4095 is black to white, for all alike."
    )
    whites = [int(read_image(sample.path).max()) for sample in report.imported[:3]]
    assert np.allclose(whites, [255, 62, 12], atol=1)


def test_plain_files_are_not_spoken_of(folders: ClassFolders, tmp_path: Path) -> None:
    for seed in range(3):
        put_photo(tmp_path / "in" / "mug" / f"{seed}.jpg", seed)
    report = _imported(folders, tmp_path / "in")
    assert (len(report.imported), report.pixels) == (3, ())


def test_what_is_stored_is_what_is_predicted_on(folders: ClassFolders, tmp_path: Path) -> None:
    kinds = {"a.tif": tif(_ramp(4095)), "b.tif": tif(_ramp(255, "float32"))}
    kinds |= {
        "c.tif": tif(_ramp(900, "int16", -500)),
        "d.pgm": b"P5 2 2 1000\n" + bytes([3, 132] * 4),
    }
    for name, data in kinds.items():
        _put(tmp_path / "in" / "mug" / name, data)
    report = _imported(folders, tmp_path / "in")
    for name, sample in zip(kinds, report.imported, strict=True):
        original = read_image(tmp_path / "in" / "mug" / name)
        assert (read_image(sample.path) == original).all(), name


def test_parts_of_photos_are_read_as_all_photos_are(folders: ClassFolders, tmp_path: Path) -> None:
    for number, white in enumerate((4095, 1000)):
        _put(tmp_path / "in" / "images" / f"{number}.tif", tif(_ramp(white)))
        _put(tmp_path / "in" / "labels" / f"{number}.txt", b"0 0.5 0.75 0.9 0.5\n")
    _put(tmp_path / "in" / "data.yaml", b"names: ['warm']\n")
    with plan_import(folders, [tmp_path / "in"], choice=LabelChoice(crops_boxes=True)) as plan:
        report = run_import(plan)
    assert report.pixels[0].startswith("2 images of 16 bits, with values of 0..4095: 0..4095")
    bright, dark = (int(read_image(sample.path).max()) for sample in report.imported)
    assert bright > 250
    assert abs(dark - 62) <= 1


def test_kinds_that_differ_are_read_each_by_itself(folders: ClassFolders, tmp_path: Path) -> None:
    _put(tmp_path / "in" / "mug" / "whole.tif", tif(_ramp(4095)))
    _put(tmp_path / "in" / "mug" / "float.tif", tif(_ramp(1, "float32")))
    _put(tmp_path / "in" / "mug" / "said.pgm", b"P5 2 2 1000\n" + bytes([3, 232] * 4))
    report = _imported(folders, tmp_path / "in")
    assert [sentence.partition(", with")[0] for sentence in report.pixels] == [
        "1 image of floating-point numbers of 32 bits",
        "1 image of 16 bits",
        "1 image of 16 bits",
    ]
    assert any("0..1000 is black to white, as the file says" in text for text in report.pixels)
    assert all(read_image(sample.path).max() == 255 for sample in report.imported)


def test_tiles_are_stretched_alike(folders: ClassFolders, tmp_path: Path) -> None:
    _tiles(tmp_path / "in")
    report = _imported(folders, tmp_path / "in")
    (sentence,) = report.pixels
    assert sentence.startswith(
        "8 images have 4 bands: 1, 2 and 3 are shown as red, green and blue, "
        "stretched for all alike from the 2nd to the 98th percentile (2"
    )
    light = {
        name: np.mean(
            [
                read_image(sample.path).mean()
                for sample in report.imported
                if sample.class_name == name
            ]
        )
        for name in ("Forest", "River")
    }
    assert light["Forest"] < 70
    assert light["River"] > 180


def test_bands_and_range_are_chosen(folders: ClassFolders, tmp_path: Path) -> None:
    _tiles(tmp_path / "in", bands=8)
    report = _imported(folders, tmp_path / "in", choice_of("0..255", "8, 4, 1"))
    (sentence,) = report.pixels
    assert "8, 4 and 1 are shown as red, green and blue, 0..255 from black to white" in sentence
    image = read_image(report.imported[0].path)
    assert np.allclose(image.mean(axis=(0, 1)), (110, 70, 40), atol=3)


def test_named_bands_are_said_so(folders: ClassFolders, tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 9999, (32, 32, 5)).astype(np.uint16)
    names = ["blue", "green", "red", "nir", "swir"]
    _put(tmp_path / "in" / "mug" / "a.tif", tile_file(pixels, extratags=gdal(names)))
    report = _imported(folders, tmp_path / "in")
    assert "3, 2 and 1 are shown as red, green and blue, as it is named" in report.pixels[0]


def test_hardly_used_is_in_doubt_until_it_is_decided(folders: ClassFolders, tmp_path: Path) -> None:
    for number in range(3):
        warm = _ramp(30_900, black=30_000)
        warm[0, 0] += number
        _put(tmp_path / "in" / "mug" / f"{number}.tif", tif(warm))
    with plan_import(folders, [tmp_path / "in"]) as plan:
        survey = surveyed(plan.files)
    (doubt,) = survey.doubts
    assert doubt.startswith("3 images of 16 bits use only 1 % of 0..65535")
    assert survey.spans == [(0, 65535), (30_000, 30_900)]
    decided = survey.chosen(PixelChoice(span=(29_000, 31_000)))
    assert decided.doubts == []
    assert "only 45 % of that is used" in decided.sentences[0]
    report = _imported(folders, tmp_path / "in")  # where nobody can be asked, nothing is lost
    assert read_image(report.imported[0].path).max() == 255


def test_bands_that_no_image_has_are_refused(folders: ClassFolders, tmp_path: Path) -> None:
    _tiles(tmp_path / "in")
    with plan_import(folders, [tmp_path / "in"]) as plan:
        survey = surveyed(plan.files)
    with pytest.raises(UsageError, match=r"from 1 to 4, as many as the images have.*9,3,2"):
        survey.chosen(choice_of(bands="9,3,2"))


def test_where_all_is_plain_there_is_nothing_to_choose(
    folders: ClassFolders, tmp_path: Path
) -> None:
    put_photo(tmp_path / "in" / "mug" / "a.jpg", 1)
    with plan_import(folders, [tmp_path / "in"]) as plan:
        survey = surveyed(plan.files)
    assert survey.chosen(PixelChoice()) == survey
    with pytest.raises(UsageError, match="no range and no band to choose"):
        survey.chosen(choice_of("0..4095"))


@pytest.mark.parametrize("text", ["5", "1..", "..4", "9..3", "a..b", "nan..4", "0..inf", "3..3"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"as in 0\.\.4095"):
        choice_of(text)


@pytest.mark.parametrize("text", ["4,3", "a,b,c", "0,1,2", "-1", "1,2,3,4", "1.5"])
def test_what_is_no_choice_of_bands_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="bands"):
        choice_of(bands=text)
    assert choice_of("-0.5 .. 1e3", "2").span == (-0.5, 1000.0)


def test_an_import_that_was_broken_off_goes_on_as_it_began(
    folders: ClassFolders, dataset: Dataset, tmp_path: Path
) -> None:
    for number, white in enumerate([4095, *range(100, 130)]):
        _put(tmp_path / "in" / "mug" / f"{number:02}.tif", tif(_ramp(white)))
    done = 0

    def stop(count: int, _total: int) -> None:
        nonlocal done
        done = count

    with plan_import(folders, [tmp_path / "in"]) as plan:
        run_import(plan, progress=stop, cancelled=lambda: done > 2, halted=lambda: Halt.LATER)
    (tmp_path / "in" / "mug" / "00.tif").unlink()  # the brightest is in, and gone
    (broken,) = broken_imports(dataset)
    plan, note = plan_again(broken)
    with plan:
        report = run_import(plan, note=note)
    assert len(report.imported) == 31
    assert all(read_image(sample.path).max() < 10 for sample in report.imported[1:])


def test_later_files_of_a_dataset_and_what_its_models_are_asked_about_are_read_alike(
    folders: ClassFolders, workspace: Workspace, tmp_path: Path
) -> None:
    _tiles(tmp_path / "in", bands=8)
    _imported(folders, tmp_path / "in", choice_of("0..255", "8, 4, 1"))
    card = find_dataset(workspace, "things").card
    (reading,) = card.pixels.values()
    assert (reading.bands, reading.spans) == ((7, 3, 0), ((0, 255),) * 3)
    dark = np.full((32, 32, 8), 20, np.uint8)
    dark[..., 7] = 40
    _put(tmp_path / "dark" / "Forest" / "a.tif", tile_file(dark))
    later = _imported(folders, tmp_path / "dark")
    assert read_image(later.imported[0].path)[0, 0].tolist() == [40, 20, 20]
    said = "1 image is read as those before: 8, 4 and 1 are shown as red, green and blue, 0..255"
    assert later.pixels[0].startswith(said)
    with Pictures([tmp_path / "dark"], readings=card.pixels) as pictures:
        (asked,) = pictures
        assert asked.read()[0, 0].tolist() == [40, 20, 20]
    again = _imported(folders, tmp_path / "in", choice_of("0..200", "1,2,3"))
    assert "1, 2 and 3 are shown" in again.pixels[0]
    (reading,) = find_dataset(workspace, "things").card.pixels.values()
    assert reading.bands == (0, 1, 2)


def test_a_card_that_names_bands_which_a_file_has_not_harms_nobody() -> None:
    tile = tile_file(np.random.default_rng(1).integers(0, 255, (32, 32, 4)).astype(np.uint8))
    wrong = {"uint8x4": PixelReading((9, 1, 0), ((0.0, 1.0),) * 3)}
    assert np.array_equal(decode_image(tile, "a.tif", readings=wrong), decode_image(tile, "a.tif"))


def test_what_a_note_says_is_believed_only_if_it_is_sound() -> None:
    sound = {"uint16x1": {"bands": [0], "spans": [[0, 4095]]}}
    assert readings_from(sound)["uint16x1"].spans == ((0, 4095),)
    uneven = {"a": {"bands": [0, 1], "spans": [[0, 1], [0, 1]]}}
    for wrong in (None, [], {"a": 1}, uneven, _spans("nan", 1), _spans(2, 1)):
        assert readings_from(wrong) == {}


def test_only_the_beginning_of_a_plain_file_is_read(folders: ClassFolders, tmp_path: Path) -> None:
    put_photo(tmp_path / "in" / "mug" / "a.jpg", 1)
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.write(tmp_path / "in" / "mug" / "a.jpg", "mug/a.jpg")
        archive.writestr("mug/deep.tif", tif(_ramp(4095)))
    with plan_import(folders, [tmp_path / "in", tmp_path / "b.zip"]) as plan:
        entries = [entry for _name, entry in plan.files]
        lengths = [len(entry.look(50)) for entry in entries if entry.look is not None]
        assert lengths == [50, 50, 50]
        assert list(survey_pixels(entries).families) == ["uint16x1"]
