"""ONNX files of others: what a pixel is for them, how they lie, and what they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from onnx import TensorProto

from cnn_studio.errors import ModelError, UsageError
from cnn_studio.models.bundle import read_bundle
from cnn_studio.models.onnx import OnnxModel
from cnn_studio.models.opening.opened import open_model
from cnn_studio.models.opening.pixel_question import PixelsUnknownError, Wanted
from cnn_studio.models.opening.trial import Trial
from cnn_studio.models.output_kinds import OutputKind
from cnn_studio.models.pixel_values import CHOICES, PixelRange
from cnn_studio.prediction.classifier import Classifier
from tests.models.opening.conftest import says
from tests.models.opening.onnx_files import Step, write_custom_vision, write_onnx

MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
UNIT = Wanted(CHOICES["0..1"])
RED, GREEN, BLUE = (200, 30, 30), (30, 200, 30), (30, 30, 200)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "labels.txt").write_text("red\ngreen\nblue\n")
    return tmp_path


def bytes_of(numbers: Sequence[float]) -> tuple[float, ...]:
    return tuple(255 * number for number in numbers)


@pytest.mark.parametrize(
    ("steps", "name"),
    [
        ([("Mul", [1 / 255])], "0..255"),
        ([("Div", [255])], "0..255"),
        ([("Div", [127.5]), ("Sub", [1])], "0..255"),
        ([("Sub", [127.5]), ("Mul", [1 / 127.5])], "0..255"),
        ([("Sub", [127]), ("Div", [128])], "0..255"),
        ([("Mul", [2]), ("Sub", [1])], "0..1"),
        ([("Mul", [2]), ("Add", [-1])], "0..1"),
        ([("Sub", MEAN), ("Div", SPREAD)], "0..1"),
        ([("Sub", [0.52, 0.47, 0.4]), ("Div", [0.18, 0.2, 0.21])], "0..1"),
        ([("Sub", bytes_of(MEAN)), ("Div", bytes_of(SPREAD))], "0..255"),
        ([("Div", [255]), ("Sub", MEAN), ("Div", SPREAD)], "0..255"),
        ([("Sub", [123.68, 116.779, 103.939])], "0..255"),
        ([("Sub", [103.939, 116.779, 123.68])], "0..255-bgr"),
        ([("Mul", [255])], "0..1"),
        ([("Mul", [0.5]), ("Add", [0.5])], "-1..1"),
        ([("Add", [1]), ("Mul", [127.5])], "-1..1"),
        ([("BatchNormalization", [*MEAN, 0.05, 0.05, 0.05])], "0..1"),
        ([("BatchNormalization", [*bytes_of(MEAN), 3500, 3300, 3400])], "0..255"),
    ],
)
@pytest.mark.parametrize("sides", [(1, 3, 32, 32), (1, 32, 32, 3)])
def test_a_first_scaling_tells_what_a_pixel_is(
    folder: Path, trial: Trial, steps: Sequence[Step], name: str, sides: tuple[int, ...]
) -> None:
    if steps[0][0] == "BatchNormalization" and sides[1] != 3:
        pytest.skip("ONNX's batch normalisation has its channels first")
    run = open_model(write_onnx(folder / "net.onnx", steps=steps, sides=sides), trial)
    assert run.bundle is not None
    assert run.bundle.pixel_range.name == name
    seen = (BLUE, GREEN, RED) if name.endswith("-bgr") else (RED, GREEN, BLUE)
    assert [says(run, colour) for colour in seen] == ["red", "green", "blue"]
    assert any("because its first step" in note for note in run.bundle.notes)


@pytest.mark.parametrize(
    ("steps", "hint"),
    [
        ([], ""),
        ([("Mul", [3.7])], ""),
        ([("Add", [0.01])], ""),
        ([("BatchNormalization", [-0.1, -0.1, -0.1, 0.25, 0.3, 0.3])], "-1..1"),
        ([("BatchNormalization", [0, 0, 0, 1, 1, 1])], ""),
    ],
)
def test_what_tells_nothing_sure_is_asked_and_the_answer_is_kept(
    folder: Path, trial: Trial, steps: Sequence[Step], hint: str
) -> None:
    path = write_onnx(folder / "net.onnx", steps=steps)
    with pytest.raises(PixelsUnknownError, match=r"--pixels 0\.\.1\|-1\.\.1\|0\.\.255") as caught:
        open_model(path, trial)
    question = caught.value.question
    assert (question.hint.pixels.name if question.hint else "") == hint
    assert (question.classes, question.input.shape) == (("red", "green", "blue"), (32, 32, 3))
    picture = np.full((50, 70, 3), RED, np.uint8)
    answers = question.answers(picture, list(CHOICES.values()), 32, trial)
    for name, answer in zip(CHOICES, answers, strict=True):
        run = open_model(path, trial, Wanted(CHOICES[name]))
        assert read_bundle(run.folder).pixel_range == CHOICES[name]
        said = Classifier.open(run.folder).classify(picture).probabilities
        assert np.allclose(said, answer, atol=1e-5)
    assert open_model(path, trial).folder == run.folder  # the last one holds, and is not asked
    elsewhere = folder / "other"
    elsewhere.mkdir()
    (elsewhere / "labels.txt").write_text("r\ng\nb\n")
    copy = elsewhere / "copy.onnx"
    copy.write_bytes(path.read_bytes())
    again = open_model(copy, trial)  # the same file elsewhere, by its content
    assert again.bundle is not None
    assert again.bundle.pixel_range == CHOICES["caffe"]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"Image.NominalPixelRange": "Normalized_0_1"}, CHOICES["0..1"]),
        ({"Image.NominalPixelRange": "Normalized_1_1"}, CHOICES["-1..1"]),
        (
            {"Image.NominalPixelRange": "NominalRange_0_255", "Image.BitmapPixelFormat": "Bgr8"},
            PixelRange((0.0,), (255.0,), is_bgr=True),
        ),
        ({"mean": "[0.485, 0.456, 0.406]", "std": "[0.229, 0.224, 0.225]"}, CHOICES["imagenet"]),
        ({"mean": "0.5, 0.5, 0.5", "std": "0.5, 0.5, 0.5"}, CHOICES["-1..1"]),
        ({"pretrained_cfg": '{"mean": [0.5], "std": [0.5]}'}, CHOICES["-1..1"]),
        ({"image_mean": "[127.5]", "image_std": "[127.5]"}, CHOICES["-1..1"]),
        ({"author": "Ultralytics", "task": "classify", "version": "8.3.2"}, CHOICES["0..1"]),
    ],
)
def test_metadata_tell_what_a_pixel_is(
    folder: Path, trial: Trial, properties: Mapping[str, str], expected: PixelRange
) -> None:
    run = open_model(write_onnx(folder / "net.onnx", properties=properties), trial)
    assert run.bundle is not None
    assert run.bundle.pixel_range.is_near(expected)


def test_ultralytics_names_and_size_are_read_from_the_file(tmp_path: Path, trial: Trial) -> None:
    properties = {
        "author": "Ultralytics",
        "task": "classify",
        "version": "8.3.2",
        "names": "{0: 'tomato', 1: \"grower's pea\", 2: 'plum'}",
        "imgsz": "[96, 96]",
    }
    path = write_onnx(
        tmp_path / "best.onnx", properties=properties, sides=("batch", 3, "height", "width")
    )
    run = open_model(path, trial)
    assert run.bundle is not None
    assert run.bundle.classes == ("tomato", "grower's pea", "plum")
    assert run.bundle.input.size == 96
    found = write_onnx(tmp_path / "boxes.onnx", properties={**properties, "task": "detect"})
    with pytest.raises(ModelError, match="its task is 'detect'"):
        open_model(found, trial)


def test_custom_visions_form_is_read_whole(tmp_path: Path, trial: Trial) -> None:
    run = open_model(write_custom_vision(tmp_path / "m.onnx", ("red", "green", "blue")), trial)
    assert run.bundle is not None
    assert run.bundle.pixel_range.name == "0..255-bgr"
    assert [says(run, c) for c in (RED, GREEN, BLUE)] == ["red", "green", "blue"]


@pytest.mark.parametrize(
    "sides",
    [
        (1, 3, 32, 32),
        ("N", 3, 32, 32),
        (None, 3, None, None),
        ("batch", 3, "h", "w"),
        (1, 32, 32, 3),
        ("N", "h", "w", 3),
        (1, 1, 28, 28),
        ("N", 28, 28, 1),
    ],
)
def test_any_layout_batch_and_size_opens(
    tmp_path: Path, trial: Trial, sides: tuple[int | str | None, ...]
) -> None:
    is_grey = 1 in sides[1:]
    (tmp_path / "labels.txt").write_text("dark\nlight\n" if is_grey else "red\ngreen\nblue\n")
    weights = np.array([[-20, 20]], np.float32) if is_grey else None
    path = write_onnx(tmp_path / "net.onnx", sides=sides, weights=weights)
    run = open_model(path, trial, Wanted(CHOICES["-1..1"]))
    assert run.bundle is not None
    size = run.bundle.input.size
    is_free = not any(isinstance(side, int) and side > 3 for side in sides)
    assert size == (224 if is_free else 28 if is_grey else 32)
    assert any("224 x 224, which is usual" in note for note in run.bundle.notes) == is_free
    if is_grey:
        assert [says(run, (v, v, v)) for v in (10, 250)] == ["dark", "light"]
    else:
        assert [says(run, c) for c in (RED, GREEN, BLUE)] == ["red", "green", "blue"]
    if is_free:
        run = open_model(path, trial, Wanted(size=64))
        assert Classifier.open(run.folder).bundle.input.size == 64
        assert open_model(path, trial).bundle == run.bundle
    else:
        with pytest.raises(UsageError, match=r"images of (28|32) pixels only"):
            open_model(path, trial, Wanted(size=64))


def test_numbers_that_are_no_probabilities_become_them(folder: Path, trial: Trial) -> None:
    for ending in ("", "Flat", "LogSoftmax"):
        run = open_model(write_onnx(folder / "net.onnx", ending=ending), trial, UNIT)
        assert run.bundle is not None
        assert run.bundle.outputs is OutputKind.LOGITS
        assert any("softmax" in note for note in run.bundle.notes)
        found = Classifier.open(run.folder).classify(np.full((40, 40, 3), GREEN, np.uint8))
        assert found.top[0] == "green"
        assert found.probabilities.sum() == pytest.approx(1)
    run = open_model(write_onnx(folder / "each.onnx", ending="Sigmoid"), trial, UNIT)
    assert run.bundle is not None
    assert run.bundle.outputs is OutputKind.SIGMOIDS
    assert says(run, BLUE) == "blue"


@pytest.mark.parametrize("ending", ["Sigmoid", ""])
def test_one_number_tells_two_classes_apart(tmp_path: Path, trial: Trial, ending: str) -> None:
    (tmp_path / "labels.txt").write_text("0 dark\n1 light\n")
    weights = np.full((3, 1), 2, np.float32)
    path = write_onnx(tmp_path / "net.onnx", weights=weights, ending=ending)
    run = open_model(path, trial, Wanted(CHOICES["-1..1"]))
    assert run.bundle is not None
    assert run.bundle.outputs.is_single
    assert [says(run, (v, v, v)) for v in (10, 250)] == ["dark", "light"]
    assert any("second class" in note for note in run.bundle.notes)


@pytest.mark.parametrize("count", [1000, 1001])
def test_imagenet_with_a_background_before_it(tmp_path: Path, trial: Trial, count: int) -> None:
    names = [f"thing {place}" for place in range(1000)]
    if count == 1001:
        names.insert(0, "background")
    names[-1] = names[-2]  # ImageNet has two cranes
    (tmp_path / "imagenet_classes.txt").write_text("\n".join(names))
    weights = np.zeros((3, 1001), np.float32)
    weights[0, 0], weights[1, 8] = 20, 20
    run = open_model(write_onnx(tmp_path / "net.onnx", weights=weights), trial, UNIT)
    assert run.bundle is not None
    assert (len(run.bundle.classes), run.bundle.background) == (1001, "background")
    classifier = Classifier.open(run.folder)
    assert classifier.classify(np.full((40, 40, 3), GREEN, np.uint8)).top[0] == "thing 7"
    assert classifier.classify(np.full((40, 40, 3), RED, np.uint8)).unknown


@pytest.mark.parametrize(
    ("sides", "words"),
    [
        ((1, 3, 32, 48), "32 pixels high and 48 wide"),
        ((1, 3, 8, 8), "16 to 512 pixels, not 8 x 8"),
        ((1, 3, 1024, 1024), "not 1024 x 1024"),
        ((1, 4, 32, 32), "3 channels .* or 1 .*not an input of 1 x 4 x 32 x 32"),
        ((8, 3, 32, 32), "takes 8 images at once"),
        ((1, 3, 32), "not an input of 1 x 3 x 32"),
    ],
)
def test_a_refusal_names_the_real_reason(
    folder: Path, trial: Trial, sides: tuple[int, ...], words: str
) -> None:
    if len(sides) == 3 or sides[1] == 4:
        import onnx

        path = folder / "net.onnx"
        value = onnx.helper.make_tensor_value_info
        node = onnx.helper.make_node("Flatten", ["input"], ["output"])
        takes, gives = value("input", 1, list(sides)), value("output", 1, [1, None])
        graph = onnx.helper.make_graph([node], "g", [takes], [gives])
        opset = [onnx.helper.make_opsetid("", 18)]
        onnx.save(onnx.helper.make_model(graph, opset_imports=opset, ir_version=9), path)
    else:
        path = write_onnx(folder / "net.onnx", sides=sides)
    with pytest.raises(ModelError, match=words) as caught:
        open_model(path, trial, UNIT)
    assert str(caught.value).startswith("net.onnx cannot be opened. It ")


def test_what_gives_no_numbers_is_refused(folder: Path, trial: Trial) -> None:
    path = write_onnx(folder / "net.onnx", steps=[("Sub", [300.0])], ending="Log")
    with pytest.raises(ModelError, match="does not give a probability for each class"):
        open_model(path, trial, UNIT)


def test_whole_bytes_and_half_floats_are_taken(folder: Path, trial: Trial) -> None:
    run = open_model(write_onnx(folder / "bytes.onnx", dtype=TensorProto.UINT8), trial)
    assert run.bundle is not None
    assert run.bundle.pixel_range.name == "0..255"
    assert says(run, BLUE) == "blue"
    run = open_model(write_onnx(folder / "half.onnx", dtype=TensorProto.FLOAT16), trial, UNIT)
    assert says(run, RED) == "red"


def test_weights_in_another_file_are_named(folder: Path, trial: Trial) -> None:
    import onnx

    model = onnx.load(write_onnx(folder / "net.onnx"))
    onnx.save(
        model,
        folder / "apart.onnx",
        save_as_external_data=True,
        location="apart.onnx.data",
        size_threshold=0,
    )
    with pytest.raises(ModelError, match=r"Its weights are in another file, apart\.onnx\.data"):
        open_model(folder / "apart.onnx", trial, UNIT)


@pytest.mark.parametrize("name", [b"input", b"Softmax", b"Div"])
def test_a_name_that_is_no_text_costs_a_sentence_and_prints_nothing(
    folder: Path, capfd: pytest.CaptureFixture[str], name: bytes
) -> None:
    path = write_onnx(folder / "net.onnx", steps=[("Div", [255])])
    path.write_bytes(path.read_bytes().replace(name, name[:-1] + b"\xff"))
    with pytest.raises(ModelError, match="is damaged"):
        OnnxModel(path)
    assert capfd.readouterr().out == ""
