"""The pretrained network's exports: plain layers, the same answers, and nothing taken on trust."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_studio.errors import ModelError
from cnn_studio.exporting import run_networks
from cnn_studio.exporting.export import ExportOrder, export_run
from cnn_studio.exporting.formats import ExportFormat
from cnn_studio.exporting.onnx_form import write_onnx
from cnn_studio.exporting.run_networks import network_of_run, pretrained_network
from cnn_studio.models.bundle import KERAS_FILE, LITE_FILE, read_bundle, write_bundle
from cnn_studio.models.description import read_export_description
from cnn_studio.models.lite import LiteModel
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.opening.opened import open_model
from cnn_studio.models.runs import open_run
from cnn_studio.models.tensorflow import keras
from cnn_studio.prediction.classifier import Classifier
from cnn_studio.prediction.heatmap import HeatMap
from cnn_studio.pretrained.efficientnet_lite import FEATURES, LinearLayer, lite_file
from cnn_studio.vision.preparation import InputSpec
from tests.exporting.conftest import Trained
from tests.models.small_run import bundle, some_layer

ALL = tuple(ExportFormat)
_LOAD = """
import json, sys, keras
network = keras.models.load_model(sys.argv[1])
print(json.dumps([sorted({type(each).__name__ for each in network.layers}),
                  sorted({type(each).__module__.split(".")[0] for each in network.layers}),
                  [list(each.shape) for each in network.outputs], "cnn_studio" in sys.modules]))
"""
_SIZES = ((128, 3), (130, 1), (224, 3))


def _image(spec: InputSpec) -> np.ndarray:
    return np.random.default_rng(6).integers(0, 256, spec.shape, np.uint8)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "channels"), _SIZES)
def test_keras_and_onnx_say_what_the_file_says_at_even_and_odd_sizes(
    tmp_path: Path, size: int, channels: int
) -> None:
    import onnxruntime

    spec, classifier = InputSpec(size, channels), some_layer()
    (tmp_path / LITE_FILE).write_bytes(lite_file(size, channels, classifier))
    image = _image(spec)
    told = LiteModel(tmp_path / LITE_FILE).run(image)
    expected = (told.probabilities, told.features, told.activations)
    network = pretrained_network(spec, classifier)
    batch = image[np.newaxis].astype(np.float32)
    write_onnx(network, tmp_path / "model.onnx", bundle(input=spec))
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    for outputs in (network(batch, training=False), session.run(None, {"image": batch})):
        for found, wanted in zip(outputs, expected, strict=True):
            assert np.asarray(found)[0] == pytest.approx(wanted, abs=2e-4)


@pytest.mark.slow
def test_the_border_is_padded_as_tensorflow_does(tmp_path: Path) -> None:
    import onnx

    pads = {}
    for size in (128, 130):
        spec = InputSpec(size, 3)
        path = tmp_path / f"{size}.onnx"
        write_onnx(pretrained_network(spec, some_layer()), path, bundle(input=spec))
        model = onnx.load(path)
        assert model.opset_import[0].version == 17
        nodes = {node.name: node for node in model.graph.node}
        pads[size] = [
            next(list(each.ints) for each in nodes[name].attribute if each.name == "pads")
            for name in ("stem", "block_01_by_channel", "block_03_by_channel")
        ]
        assert {each.op_type for each in nodes.values()} == {
            *("Mul", "Add", "Transpose", "Conv", "Clip", "Identity", "ReduceMean", "Gemm"),
            "Softmax",
        }
    assert pads[128] == [[0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 2, 2]]
    assert pads[130] == [[0, 0, 1, 1], [1, 1, 1, 1], [2, 2, 2, 2]]


@pytest.mark.slow
@pytest.mark.parametrize("form", ALL)
def test_an_export_carries_its_description_inside_and_beside(
    pretrained: Trained, pretrained_exports: dict[str, Path], form: ExportFormat
) -> None:
    folder = pretrained_exports[form]
    assert not (pretrained.run.folder / KERAS_FILE).exists()  # it is built when it is needed
    for found in (read_export_description(folder / form.file_name), read_bundle(folder)):
        assert found == pretrained.run.bundle
        assert found.network is NetworkKind.PRETRAINED
        assert found.folds > 0
        expected = read_bundle(pretrained.run.folder)
        assert found.unknown is not None
        if form.is_rounded:
            expected = replace(expected, unknown=found.unknown)
        assert found.to_dict() == expected.to_dict()
    readme = (folder / "README.txt").read_text(encoding="utf-8")
    assert "EfficientNet-Lite0" in readme
    assert "@" not in readme


@pytest.mark.slow
def test_keras_alone_loads_the_keras_form(pretrained_exports: dict[str, Path]) -> None:
    import json

    command = [sys.executable, "-c", _LOAD, str(pretrained_exports["keras"] / "model.keras")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    kinds, makers, shapes, has_studio = json.loads(done.stdout.splitlines()[-1])
    assert kinds == sorted(
        (
            *("Add", "Conv2D", "Dense", "DepthwiseConv2D", "GlobalAveragePooling2D"),
            *("InputLayer", "Rescaling"),
        )
    )
    assert makers == ["keras"]
    assert shapes == [[None, 3], [None, FEATURES], [None, 4, 4, FEATURES]]
    assert not has_studio


@pytest.mark.slow
@pytest.mark.parametrize("form", [form for form in ALL if form.runtime == "tflite"])
def test_the_lite_forms_have_names_and_fewer_bytes(
    pretrained: Trained, pretrained_exports: dict[str, Path], form: ExportFormat
) -> None:
    from ai_edge_litert.interpreter import Interpreter

    path = pretrained_exports[form] / form.file_name
    interpreter: Any = Interpreter(model_path=str(path))
    interpreter.allocate_tensors()
    names = [each["name"] for each in interpreter.get_output_details()]
    assert names == ["probabilities", "features", "activations"]
    told = interpreter.get_signature_runner()(image=np.zeros((1, 128, 128, 3), np.float32))
    assert told["activations"].shape == (1, 4, 4, FEATURES)
    own_bytes = (pretrained.run.folder / LITE_FILE).stat().st_size
    assert path.stat().st_size < (0.4 if form.is_rounded else 1.05) * own_bytes
    heat_map = HeatMap.of(LiteModel(path))
    assert (heat_map is None) == form.is_rounded  # its weights are no longer what was learned


@pytest.mark.slow
@pytest.mark.parametrize("form", [ExportFormat.KERAS, ExportFormat.TFLITE, ExportFormat.ONNX])
def test_the_studio_opens_its_exports_like_model_files_of_others(
    pretrained: Trained, pretrained_exports: dict[str, Path], form: ExportFormat
) -> None:
    run = open_model(pretrained_exports[form] / form.file_name)
    assert run.bundle == pretrained.run.bundle
    assert run.network is NetworkKind.PRETRAINED
    opened, own = Classifier.open(run.folder), Classifier.open(pretrained.run.folder)
    photo = np.full((50, 60, 3), (190, 50, 40), np.uint8)
    found, expected = opened.classify(photo), own.classify(photo)
    assert found.probabilities == pytest.approx(expected.probabilities, abs=1e-4)
    assert found.score == expected.score
    assert (opened.heat(0) is None) == (form is ExportFormat.ONNX)


@pytest.mark.slow
def test_the_studio_opens_the_keras_export_of_the_shared_cnn(
    trained: Trained, exports: dict[str, Path]
) -> None:
    run = open_model(exports["keras"] / "model.keras")
    opened, own = Classifier.open(run.folder), Classifier.open(trained.run.folder)
    photo = np.full((50, 60, 3), (190, 50, 40), np.uint8)
    found, expected = opened.classify(photo), own.classify(photo)
    assert found.probabilities == pytest.approx(expected.probabilities, abs=1e-4)
    assert (found.score, opened.heat(1) is not None) == (expected.score, True)


@pytest.mark.slow
def test_a_form_that_says_something_else_is_refused(
    pretrained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = run_networks.pretrained_network

    def spoiled(spec: InputSpec, classifier: LinearLayer) -> Any:
        return built(spec, replace(classifier, bias=classifier.bias + np.float32([9, 0, 0])))

    monkeypatch.setattr(run_networks, "pretrained_network", spoiled)
    out = tmp_path / "exports"
    forms = (ExportFormat.ONNX, ExportFormat.TFLITE_DYNAMIC)
    order = ExportOrder(pretrained.run.folder, pretrained.dataset, forms, out)
    onnx, dynamic = export_run(order, lambda _told: None, lambda: False)
    assert (onnx.accepted, onnx.compared_on, onnx.images) == (False, "train", 72)
    assert "does not say what the studio says on 72 images" in onnx.why
    assert not dynamic.accepted
    assert "98 % are asked for" in dynamic.why
    assert not out.exists()


@pytest.mark.slow
def test_what_is_unknown_is_compared_too(pretrained: Trained, tmp_path: Path) -> None:
    forms = (ExportFormat.ONNX, ExportFormat.TFLITE)
    order = ExportOrder(pretrained.run.folder, pretrained.dataset, forms, tmp_path)
    for report in export_run(order, lambda _told: None, lambda: False):
        assert report.accepted, report.why
        assert report.unknown_agreement == 1
        assert report.largest_difference is not None
        assert report.largest_difference < 1e-4


@pytest.mark.slow
def test_the_numbers_of_a_run_are_read_as_they_stand_in_its_file(pretrained: Trained) -> None:
    network = network_of_run(pretrained.run)
    kernel, bias = network.get_layer("probabilities").get_weights()
    model = LiteModel(pretrained.run.folder / LITE_FILE)
    weights = model.weights("classifier/weights")
    assert weights is not None
    assert np.array_equal(kernel.T, weights)
    assert np.array_equal(bias, model.weights("classifier/bias"))
    assert model.weights("classifier/nothing") is None
    assert network.name == "studio_pretrained"


@pytest.mark.slow
@pytest.mark.parametrize("content", ["backbone", "other classes", "not a number", "shared CNN"])
def test_a_file_that_is_no_pretrained_network_is_refused(
    models: Path, tmp_path: Path, content: str
) -> None:
    spec, folder = InputSpec(128, 3), tmp_path / "run"
    folder.mkdir()
    strange = some_layer()
    strange.weights[0, 0] = np.nan
    contents = {
        "backbone": lambda: lite_file(128, 3),
        "other classes": lambda: lite_file(128, 3, some_layer(4)),
        "not a number": lambda: lite_file(128, 3, strange),
        "shared CNN": lambda: (models / "network" / LITE_FILE).read_bytes(),
    }
    (folder / LITE_FILE).write_bytes(contents[content]())
    write_bundle(folder, bundle(input=spec, network=NetworkKind.PRETRAINED))
    with pytest.raises(ModelError, match="no pretrained network with a linear layer for 3 classes"):
        network_of_run(open_run(folder))


def test_no_layer_is_of_the_studios_own_making() -> None:
    network = pretrained_network(InputSpec(128, 3), some_layer())
    assert network.count_params() == 3_356_405 - (5 - 3) * (FEATURES + 1)
    assert all(
        type(layer) is getattr(keras.layers, type(layer).__name__) for layer in network.layers
    )
    names = [layer.name for layer in network.layers]
    assert names[:4] == ["image", "pixel_range", "stem", "block_00_by_channel"]
    assert {"last_picture", "features", "probabilities"} <= set(names)
