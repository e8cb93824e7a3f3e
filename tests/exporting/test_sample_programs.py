"""The sample programs say what the studio says, where there is no studio."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import struct
import subprocess
import sysconfig
import venv
from pathlib import Path
from types import ModuleType
from zlib import compress, crc32

import cv2
import numpy as np
import pytest

from cnn_studio.data.catalog import Dataset
from cnn_studio.exporting.formats import ExportFormat
from cnn_studio.exporting.sample_programs import write_sample_programs
from cnn_studio.models.bundle import Bundle, description_text, read_bundle
from cnn_studio.models.discriminants import ClassSums, fit_discriminants
from cnn_studio.models.lite import LiteModel, LiteOutputs
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.unknown import (
    Known,
    described,
    fit_unknown,
    is_unknown,
    relative_rule,
    unit_length,
)
from cnn_studio.paths import resources
from cnn_studio.prediction.classifier import Classifier
from cnn_studio.vision.images import read_image
from cnn_studio.vision.preparation import Fit, InputSpec, Polarity, prepare
from tests.models.small_run import bundle

ANSWER = re.compile(r"(?:unknown \(most like )?(\w+)(?:,)? ([01]\.\d{4})\)?")


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a virtual environment with every package but the studio, linked in."""
    folder = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(folder, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    for installed in Path(sysconfig.get_path("purelib")).iterdir():
        if "cnn_studio" not in installed.name and installed.suffix != ".pth":
            (packages / installed.name).symlink_to(installed)
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Pictures of many kinds: even, noisy, wide, tall, grey, see-through, turned, 16 bits."""
    folder = tmp_path_factory.mktemp("pictures")
    random = np.random.default_rng(4)
    noise = random.integers(0, 256, (90, 140, 4), np.uint8)
    smooth = cv2.GaussianBlur(noise, (0, 0), 4)
    red = np.full((50, 30, 3), (30, 40, 210), np.uint8)
    made = {
        "red.jpg": red,
        "noise.png": noise[..., :3],
        "wide.jpg": smooth[:40, :, :3],
        "tall.bmp": smooth[:, :31, :3],
        "grey.png": smooth[..., 0],
        "clear.png": smooth,
        "deep.png": noise[..., :3].astype(np.uint16) * 257,
        "small.webp": red[:9, :7],
    }
    for name, pixels in made.items():
        assert cv2.imwrite(str(folder / name), pixels)
    turned = (folder / "wide.jpg").read_bytes()
    # An EXIF block that says "turned by a quarter".
    tag = b"MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"
    block = b"Exif\x00\x00" + tag + bytes(4)
    size = (len(block) + 2).to_bytes(2, "big")
    (folder / "turned.jpg").write_bytes(turned[:2] + b"\xff\xe1" + size + block + turned[2:])
    return sorted(folder.iterdir())


def _run(python: Path, folder: Path, *words: object) -> str:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [str(python), *map(str, words)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_there_is_no_studio(python: Path, tmp_path: Path) -> None:
    code = (
        "import importlib.util as u; print(u.find_spec('cnn_studio'), u.find_spec('cv2') is None)"
    )
    assert _run(python, tmp_path, "-c", code).split() == ["None", "False"]


@pytest.mark.slow
@pytest.mark.parametrize("form", list(ExportFormat))
@pytest.mark.parametrize("fixtures", [("trained", "exports"), ("pretrained", "pretrained_exports")])
def test_each_program_says_what_the_studio_says(
    request: pytest.FixtureRequest,
    fixtures: tuple[str, str],
    python: Path,
    pictures: list[Path],
    form: ExportFormat,
) -> None:
    trained, exports = (request.getfixturevalue(name) for name in fixtures)
    files = [*pictures, *_some_of(trained.dataset)]
    out = _run(python, exports[form], f"predict_{form.runtime}.py", *files)
    classifier = Classifier.open(trained.run.folder)
    if form.is_rounded:  # strange pictures show how a form rounds; the program must not add to it
        classifier = Classifier(
            read_bundle(exports[form]), LiteModel(exports[form] / form.file_name)
        )
    lines = out.splitlines()
    assert len(lines) == len(files)
    assert 0 < sum("unknown" in line for line in lines) < len(files)
    for path, line in zip(files, lines, strict=True):
        expected = classifier.classify(read_image(path))
        said = ANSWER.fullmatch(line.removeprefix(f"{path}: "))
        assert said is not None, line
        name, probability = expected.top
        assert said[1] == name, line
        assert float(said[2]) == pytest.approx(probability, abs=1.5e-4), line
        assert ("unknown" in line) == expected.unknown, line


@pytest.mark.slow
@pytest.mark.parametrize("fixtures", [("trained", "exports"), ("pretrained", "pretrained_exports")])
def test_the_camera_program_says_what_a_video_shows(
    request: pytest.FixtureRequest, fixtures: tuple[str, str], python: Path, tmp_path: Path
) -> None:
    trained, exports = (request.getfixturevalue(name) for name in fixtures)
    blue, _green, red = (read_image(path) for path in _some_of(trained.dataset))
    video = tmp_path / "clip.avi"
    code = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(video), code, 20.0, (64, 48))
    for image_rgb in (red, red, blue):
        writer.write(cv2.resize(image_rgb[..., ::-1], (64, 48)))
    writer.release()
    out = _run(python, exports["tflite"], "camera_tflite.py", video)
    first, second = out.splitlines()  # only when the answer changes
    assert "red" in first
    assert "blue" in second
    assert first.endswith(" ms)")


_OF_LIBRARIES = re.compile(r"INFO: |WARNING: |[IWE]\d{4} ")  # which say what they do
_OF_RUNTIMES = (
    ExportFormat.KERAS,
    ExportFormat.SAVED_MODEL,
    ExportFormat.TFLITE,
    ExportFormat.ONNX,
)


def _fail(python: Path, folder: Path, *words: object) -> tuple[int, str, list[str]]:
    """Exit code, what is printed, and the sentences about what went wrong."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [str(python), *map(str, words)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    said = [line for line in done.stderr.splitlines() if not _OF_LIBRARIES.match(line)]
    return done.returncode, done.stdout, said


@pytest.mark.slow
@pytest.mark.parametrize("form", _OF_RUNTIMES)
def test_what_a_person_can_put_right_is_said_in_a_sentence(
    request: pytest.FixtureRequest,
    python: Path,
    pictures: list[Path],
    tmp_path: Path,
    form: ExportFormat,
) -> None:
    folder = request.getfixturevalue("exports")[form]
    program = f"predict_{form.runtime}.py"
    junk, empty, missing = (tmp_path / name for name in ("junk.jpg", "empty.png", "missing.jpg"))
    junk.write_bytes(b"no picture at all")
    empty.touch()
    good = pictures[0]
    asked = (missing, tmp_path, junk, good, empty)
    code, said, problems = _fail(python, folder, program, *asked)
    assert code == 1
    assert said.startswith(f"{good}: ")
    assert problems[-4:] == [
        f"There is no file {missing}.",
        f"{tmp_path} is a folder. Name the pictures in it, one after the other.",
        f"{junk} is not a picture, or a damaged one.",
        f"{empty} is not a picture, or a damaged one.",
    ]
    code, said, problems = _fail(python, folder, program)
    assert (code, said) == (2, "")
    assert problems[-1] == f"Usage: python {program} photo.jpg another.png"
    bare = tmp_path / "bare"
    shutil.copytree(folder, bare, ignore=shutil.ignore_patterns(form.file_name))
    code, _said, problems = _fail(python, bare, program, good)
    assert code == 1
    assert problems[-1].startswith(f"The model {form.file_name} is missing.")


@pytest.mark.slow
def test_damaged_or_missing_companions_are_one_sentence(
    request: pytest.FixtureRequest, python: Path, pictures: list[Path], tmp_path: Path
) -> None:
    folder = tmp_path / "tflite"
    shutil.copytree(request.getfixturevalue("exports")[ExportFormat.TFLITE], folder)
    run = ("predict_tflite.py", pictures[0])
    assert _fail(python, folder, "predict_tflite.py", "gone.jpg") == (
        1,
        "",
        ["There is no file gone.jpg."],
    )
    count = len((folder / "labels.txt").read_text(encoding="utf-8").splitlines())
    (folder / "labels.txt").write_text("one", encoding="utf-8")
    said = f"labels.txt must have {count} lines, not 1."
    assert _fail(python, folder, *run) == (1, "", [said])
    (folder / "labels.txt").unlink()  # the names in studio.json do as well
    assert _fail(python, folder, *run)[0] == 0
    (folder / "model.tflite").write_bytes(b"no model")
    code, _said, (problem,) = _fail(python, folder, *run)
    assert code == 1
    assert problem.startswith("The model model.tflite cannot be read: ")
    shutil.copy(request.getfixturevalue("exports")[ExportFormat.TFLITE] / "model.tflite", folder)
    description = (folder / "studio.json").read_text(encoding="utf-8")
    (folder / "studio.json").write_text(description[:40], encoding="utf-8")
    code, _said, (problem,) = _fail(python, folder, *run)
    assert code == 1
    assert problem.startswith("studio.json cannot be read: ")
    (folder / "studio.json").unlink()
    assert _fail(python, folder, *run) == (
        1,
        "",
        ["studio.json is missing. It belongs beside the model."],
    )


@pytest.mark.slow
def test_the_camera_program_names_a_video_that_it_cannot_play(
    request: pytest.FixtureRequest, python: Path, tmp_path: Path
) -> None:
    folder = request.getfixturevalue("exports")[ExportFormat.TFLITE]
    junk = tmp_path / "junk.mp4"
    junk.write_bytes(b"no video at all")
    run = ("camera_tflite.py", tmp_path / "gone.mp4")
    assert _fail(python, folder, *run) == (1, "", [f"There is no file {tmp_path}/gone.mp4."])
    code, _said, problems = _fail(python, folder, "camera_tflite.py", junk)
    assert code == 1
    assert problems == [f"{junk} is not a video, or a damaged one."]


def _some_of(dataset: Dataset) -> list[Path]:
    return [sorted((dataset.folder / name).glob("*.jpg"))[3] for name in ("blue", "green", "red")]


@pytest.fixture(scope="module")
def answers() -> ModuleType:
    """The file that every sample program builds on."""
    path = resources() / "samples" / "studio_answers.py"
    spec = importlib.util.spec_from_file_location("studio_answers", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("kind", list(NetworkKind))
def test_pictures_are_as_familiar_as_in_the_studio(
    answers: ModuleType, kind: NetworkKind, tmp_path: Path
) -> None:
    random = np.random.default_rng(2)
    labels = np.arange(90) % 3
    features = np.maximum(random.normal(0, 0.3, (90, 12)), 0).astype(np.float32)
    features[np.arange(90), labels * 4] += 2
    pictures = random.uniform(0, 1, (90, 2, 2, 12 if kind is NetworkKind.PRETRAINED else 4))
    pictures = pictures.astype(np.float32)
    said = random.dirichlet((1, 1, 1), 90).astype(np.float32)
    if kind is NetworkKind.PRETRAINED:
        units = unit_length(features)
        fitted = fit_discriminants(ClassSums.of(units, labels, 3))
        assert fitted is not None
        rule = relative_rule(fitted, random.normal(0, 1, 90), said, labels)
    else:
        places = described(features, pictures.mean(axis=(1, 2)))
        fit = fit_unknown(Known(labels, said, places), Known(labels, said, places))
        assert fit is not None
        rule = fit
    text = description_text(bundle(unknown=rule, network=kind))
    (tmp_path / "studio.json").write_text(text, encoding="utf-8")
    read = answers.read_description(tmp_path / "studio.json")["unknown"]
    descriptions = rule.describe(features, pictures)
    assert descriptions is not None
    expected = rule.familiarity(said, descriptions)
    assert float(np.ptp(expected)) > 0.5
    for place in range(90):
        outputs = (said[place], features[place], pictures[place])
        found = answers.familiarity(outputs, read)
        assert found == pytest.approx(expected[place], rel=1e-5, abs=1e-5)
        seen = rule.score(LiteOutputs(*outputs))
        for accept in (0.95, 0.5):
            unknown = answers.is_unknown(outputs, {"unknown": read}, accept)
            assert unknown == is_unknown(seen, accept)


def test_descriptions_from_before_there_were_two_networks_are_read(
    answers: ModuleType, tmp_path: Path
) -> None:
    known = Known(
        np.arange(60) % 3,
        np.eye(3, dtype=np.float32)[np.arange(60) % 3],
        np.random.default_rng(3).normal(0, 1, (60, 5)).astype(np.float32),
    )
    values = bundle(unknown=fit_unknown(known, known)).to_dict()
    del values["network"], values["folds"], values["unknown"]["discriminants"]
    (tmp_path / "studio.json").write_text(json.dumps(values), encoding="utf-8")
    read = answers.read_description(tmp_path / "studio.json")["unknown"]
    outputs = (np.full(3, 1 / 3), np.ones(3), np.ones((2, 2, 2)))
    assert np.isfinite(answers.familiarity(outputs, read))


@pytest.mark.parametrize("fit", list(Fit))
@pytest.mark.parametrize("polarity", list(Polarity))
@pytest.mark.parametrize("channels", [1, 3])
def test_pixels_are_prepared_as_in_the_studio(
    answers: ModuleType, pictures: list[Path], fit: Fit, polarity: Polarity, channels: int
) -> None:
    spec = InputSpec(32, channels, fit, polarity)
    for path in pictures:
        image = answers.read_image(path)
        assert np.array_equal(image, read_image(path)), path.name
        for seen in (image, 255 - image):
            prepared = answers.prepare(seen, spec.to_dict())
            assert prepared.shape == (1, *spec.shape)
            assert prepared.dtype == np.float32
            assert np.array_equal(prepared[0], prepare(seen, spec)), path.name


def test_the_programs_say_the_names_in_labels_txt(answers: ModuleType, tmp_path: Path) -> None:
    described = bundle(classes=("cap", "book"))
    (tmp_path / "studio.json").write_text(description_text(described), encoding="utf-8")
    assert answers.read_description(tmp_path / "studio.json")["classes"] == ["cap", "book"]
    labels = tmp_path / "labels.txt"
    labels.write_text("Mütze\r\nBuch\r\n", encoding="utf-8-sig")  # as Windows may save it
    read = answers.read_description(tmp_path / "studio.json")
    assert answers.answer([np.array([0.2, 0.8], np.float32)], read)[0] == "Buch"
    labels.write_text("Buch\n", encoding="utf-8")
    with pytest.raises(answers.SampleError, match=r"labels\.txt must have 2 lines, not 1"):
        answers.read_description(tmp_path / "studio.json")


_INPUT = '"input": {"size": 32, "channels": 3, "fit": "crop", "polarity": "as-is"}'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[]", "it must be an object in braces"),
        ("5", "it must be an object in braces"),
        ("{}", "'classes' is missing"),
        ('{"classes": ["a"]}', "'input' is missing"),
        ('{"classes": "ab", "input": {}}', "classes must be a list of names"),
        ('{"classes": ["a"], "input": {}}', "'size' is missing"),
        ('{"classes": ["a"], "input": []}', "list indices"),
        (f'{{"classes": ["a"], "unknown": {{}}, {_INPUT}}}', "'levels' is missing"),
        (f'{{"classes": ["a"], "unknown": [], {_INPUT}}}', "list indices"),
        (f'{{"classes": ["a"], "unknown": {{"levels": "?"}}, {_INPUT}}}', "studio.json"),
        (f'{{"classes": ["a"], "calibration": {{"temperature": 0}}, {_INPUT}}}', "temperature"),
        (f'{{"classes": ["a"], "calibration": 5, {_INPUT}}}', "studio.json"),
        ("[" * 100_000, "cannot be read"),
    ],
)
def test_a_description_that_is_none_is_one_sentence(
    answers: ModuleType, tmp_path: Path, text: str, reason: str
) -> None:
    (tmp_path / "studio.json").write_text(text, encoding="utf-8")
    with pytest.raises(answers.SampleError, match=re.escape(reason)) as found:
        answers.read_description(tmp_path / "studio.json")
    assert str(found.value).startswith("studio.json ")
    assert "\n" not in str(found.value)


def test_a_picture_too_large_for_opencv_is_one_sentence(
    answers: ModuleType, tmp_path: Path
) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    path = tmp_path / "large.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )
    with pytest.raises(answers.SampleError, match="is too large a picture, or a damaged one"):
        answers.read_image(path)
    with pytest.raises(answers.SampleError, match="cannot be read: "):
        answers.read_image("a\0b")


def test_the_readme_names_classes_as_they_are(tmp_path: Path) -> None:
    described: Bundle = bundle(classes=("@MODEL@", "a@b", "shoe"))
    write_sample_programs(ExportFormat.TFLITE, described, tmp_path)
    readme = (tmp_path / "README.txt").read_text(encoding="utf-8")
    assert "    0 @MODEL@\n    1 a@b\n    2 shoe\n" in readme
    assert "python camera_tflite.py" in readme
    assert "learned everything from the pictures of these classes" in " ".join(readme.split())


def test_the_readme_names_the_backbone_and_its_licence(tmp_path: Path) -> None:
    write_sample_programs(ExportFormat.ONNX, bundle(network=NetworkKind.PRETRAINED), tmp_path)
    readme = " ".join((tmp_path / "README.txt").read_text(encoding="utf-8").split())
    assert "EfficientNet-Lite0" in readme
    assert "Apache License 2.0" in readme
