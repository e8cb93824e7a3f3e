"""Exports by real runtimes in fresh processes: what agrees is handed over, of others nothing."""

from __future__ import annotations

import json
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_studio.errors import ModelError, TrainingError, UsageError
from cnn_studio.exporting import export, tensorflow_forms
from cnn_studio.exporting.export import ExportOrder, Step, export_run
from cnn_studio.exporting.formats import ExportFormat, formats_named
from cnn_studio.exporting.task import ExportTask, step_or_report
from cnn_studio.exporting.verification import (
    ExportReport,
    Received,
    answers_of,
    compared,
    with_own_levels,
)
from cnn_studio.models.bundle import read_bundle
from cnn_studio.models.description import labels_text, read_export_description
from cnn_studio.models.lite import LiteModel
from cnn_studio.models.unknown import Known, fit_unknown
from cnn_studio.training.events import Done, Event, Noted, Working
from tests.exporting.conftest import Trained
from tests.models.small_run import bundle
from tests.training.class_pictures import of_kind

ALL = tuple(ExportFormat)


def _export(order: ExportOrder) -> list[ExportReport]:
    return export_run(order, lambda _told: None, lambda: False)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("form", ALL)
def test_an_export_carries_its_description_inside_and_beside(
    trained: Trained, exports: dict[str, Path], form: ExportFormat
) -> None:
    folder = exports[form]
    for found in (read_export_description(folder / form.file_name), read_bundle(folder)):
        assert found == trained.run.bundle
        assert found.unknown is not None
        expected = read_bundle(trained.run.folder)
        if form.is_rounded:  # its features are rounded too, so its own answers tell what is usual
            assert found.unknown.effect(0.95).answered == pytest.approx(0.95, abs=0.02)
            expected = replace(expected, unknown=found.unknown)
        assert found.to_dict() == expected.to_dict()
    readme = (folder / "README.txt").read_text(encoding="utf-8")
    assert "0 blue" in readme
    assert "@" not in readme
    assert "    labels.txt\n" in readme
    assert (folder / "labels.txt").read_bytes() == b"blue\ngreen\nred\n"
    assert "numpy>=" in (folder / "requirements.txt").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("form", [form for form in ALL if form.runtime == "tflite"])
def test_the_studio_opens_its_lite_exports_and_gets_probabilities_and_features(
    trained: Trained, exports: dict[str, Path], form: ExportFormat
) -> None:
    model = LiteModel(exports[form] / form.file_name)
    image = np.full(model.input_shape, (200, 40, 30), np.uint8)
    told = model.run(image)
    assert told.probabilities.shape == (3,)
    assert told.features is not None
    expected = LiteModel(trained.run.folder / "model.tflite").run(image)
    assert told.probabilities == pytest.approx(expected.probabilities, abs=0.05)
    assert expected.features is not None
    room = 0.1 + float(expected.features.max()) / 10
    assert told.features == pytest.approx(expected.features, abs=room)
    assert told.activations is not None
    assert expected.activations is not None
    room = 0.02 + float(expected.activations.max()) / 20
    assert told.activations == pytest.approx(expected.activations, abs=room)


@pytest.mark.slow
def test_inputs_and_outputs_have_names(exports: dict[str, Path]) -> None:
    import onnxruntime
    from ai_edge_litert.interpreter import Interpreter

    session = onnxruntime.InferenceSession(str(exports["onnx"] / "model.onnx"))
    assert [each.name for each in session.get_inputs()] == ["image"]
    assert [each.name for each in session.get_outputs()] == [
        "probabilities",
        "features",
        "activations",
    ]
    assert session.get_inputs()[0].shape == ["batch", 16, 16, 3]
    interpreter: Any = Interpreter(model_path=str(exports["tflite-int8"] / "model.tflite"))
    interpreter.allocate_tensors()
    names = [each["name"] for each in interpreter.get_output_details()]
    assert names == ["probabilities", "features", "activations"]
    image = np.zeros((1, 16, 16, 3), np.float32)
    told = interpreter.get_signature_runner()(image=image)
    assert told["probabilities"].shape == (1, 3)
    assert told["features"].shape == (1, 128)
    assert told["activations"].shape == (1, 6, 6, 64)


@pytest.mark.slow
def test_whole_numbers_all_through_in_the_full_integer_form(exports: dict[str, Path]) -> None:
    from ai_edge_litert.interpreter import Interpreter

    def kinds(form: str) -> list[type]:
        interpreter: Any = Interpreter(model_path=str(exports[form] / "model.tflite"))
        # The model's own tensors, without those that a delegate adds when it takes over.
        return [each["dtype"] for each in interpreter.get_tensor_details() if each["shape"].size]

    assert kinds("tflite-int8").count(np.float32) == 4  # the image and the three outputs
    assert kinds("tflite").count(np.int8) == 0
    large, dynamic, whole = (
        (exports[form] / "model.tflite").stat().st_size
        for form in ("tflite", "tflite-dynamic", "tflite-int8")
    )
    assert max(dynamic, whole) < 0.4 * large  # the description is as long in each


@pytest.mark.slow
def test_a_second_export_replaces_the_first_and_nothing_else(
    trained: Trained, tmp_path: Path
) -> None:
    order = ExportOrder(
        trained.run.folder, trained.dataset, (ExportFormat.ONNX, ExportFormat.TFLITE), tmp_path
    )
    (tmp_path / "mine.txt").write_text("kept")
    in_the_way = order.target(ExportFormat.TFLITE)
    in_the_way.mkdir()
    (in_the_way / "photo.jpg").write_bytes(b"mine")
    told: list[Step | ExportReport] = []
    onnx, lite = export_run(order, told.append, lambda: False)
    assert onnx.accepted
    assert onnx.compared_on == "validation"
    assert onnx.images == 150
    assert onnx.agreement == 1.0
    assert onnx.unknown_agreement is not None
    assert onnx.unknown_agreement > 0.98
    assert onnx.path == str(order.target(ExportFormat.ONNX) / "model.onnx")
    assert onnx.bytes == Path(onnx.path).stat().st_size
    assert (lite.accepted, lite.path) == (False, None)
    assert "is in the way" in lite.why
    assert _names(in_the_way) == ["photo.jpg"]
    steps = [one.done for one in told if isinstance(one, Step)]
    assert steps == [0, 1, 2, 3]
    assert _export(replace(order, formats=(ExportFormat.ONNX,)))[0].accepted
    assert _names(tmp_path) == sorted(["mine.txt", in_the_way.name, Path(onnx.path).parent.name])


@pytest.mark.slow
def test_files_of_other_weights_are_refused_and_nothing_is_left(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = tensorflow_forms.open_network

    def spoiled(path: Path) -> Any:
        network = opened(path)
        kernel, bias = network.layers[-1].get_weights()
        network.layers[-1].set_weights([kernel, bias + np.eye(len(bias))[0] * 99])
        return network

    monkeypatch.setattr(tensorflow_forms, "open_network", spoiled)
    out = tmp_path / "exports"
    order = ExportOrder(
        trained.run.folder, trained.dataset, (ExportFormat.ONNX, ExportFormat.TFLITE_INT8), out
    )
    onnx, int8 = _export(order)
    assert not onnx.accepted
    assert "does not say what the studio says on 150 images" in onnx.why
    assert not int8.accepted
    assert "98 % are asked for" in int8.why
    assert not out.exists()


@pytest.mark.slow
def test_labels_that_name_other_outputs_are_not_handed_over(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "labels_text", lambda classes: labels_text(classes[1:]))
    order = ExportOrder(trained.run.folder, trained.dataset, (ExportFormat.TFLITE,), tmp_path)
    (lite,) = _export(order)
    assert not lite.accepted
    assert lite.labels is None
    assert "It has 2 lines, and the model 3 classes." in lite.why
    assert _names(tmp_path) == []


@pytest.mark.slow
def test_a_cancel_leaves_nothing(trained: Trained, tmp_path: Path) -> None:
    cancel = threading.Event()

    def tell(told: Step | ExportReport) -> None:
        if isinstance(told, Step) and told.done == 1:  # while its own process runs it
            cancel.set()

    order = ExportOrder(trained.run.folder, trained.dataset, (ExportFormat.KERAS,), tmp_path)
    with pytest.raises(TrainingError, match="was ended"):
        export_run(order, tell, cancel.is_set)
    assert _names(tmp_path) == []


@pytest.mark.slow
def test_the_task_tells_each_report_as_it_comes(trained: Trained, tmp_path: Path) -> None:
    order = ExportOrder(trained.run.folder, trained.dataset, (ExportFormat.ONNX,), tmp_path)
    events: list[Event] = []
    ExportTask(order).run(events.append, threading.Event())
    told = [step_or_report(event.values) for event in of_kind(events, Noted)]
    assert [(event.done, event.total) for event in of_kind(events, Working)] == [(0, 2), (1, 2)]
    assert [type(one) for one in told] == [Step, Step, ExportReport]
    assert events[-1] == Done("1 of 1 exports agree with the studio.")


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_to_is_told(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    order = ExportOrder(trained.run.folder, trained.dataset, ALL, tmp_path / "file")
    events: list[Event] = []
    with pytest.raises(TrainingError, match="cannot be written to"):
        ExportTask(order).run(events.append, threading.Event())
    assert of_kind(events, Done) + of_kind(events, Noted) + of_kind(events, Working) == []


@pytest.mark.slow
def test_a_run_without_its_keras_model_is_told(trained: Trained, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(trained.run.folder, run)
    (run / "model.keras").write_bytes(b"no model")
    order = ExportOrder(run, trained.dataset, ALL, tmp_path / "out")
    with pytest.raises(ModelError, match=r"model\.keras is no Keras model"):
        _export(order)
    (run / "model.keras").unlink()
    with pytest.raises(ModelError, match=r"because model\.keras is missing"):
        _export(order)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("runtime", ["tflite", "onnx"])
def test_a_file_that_its_runtime_does_not_load_is_told(tmp_path: Path, runtime: str) -> None:
    (tmp_path / "model.x").write_bytes(bytes(100))
    with pytest.raises(ModelError, match=r"model\.x cannot be run: "):
        answers_of(runtime, tmp_path / "model.x", np.zeros((1, 16, 16, 3), np.uint8), tmp_path)


def _said(*tops: int) -> Any:
    return np.eye(3, dtype=np.float32)[list(tops)]


def test_a_rounded_form_must_name_the_same_class_for_98_of_100_images() -> None:
    studio = _said(*[0] * 100)
    almost, worse = _said(*[1] * 2, *[0] * 98), _said(*[1] * 3, *[0] * 97)
    assert compared(ExportFormat.TFLITE_INT8, studio, almost).why == ""
    found = compared(ExportFormat.TFLITE_DYNAMIC, studio, worse)
    assert found.agreement == pytest.approx(0.97)
    assert found.why.startswith("It names the studio's class for 97.0 % of 100 images only")


def test_a_float_form_may_differ_by_rounding_only() -> None:
    studio = np.array([[0.5, 0.5, 0.0], [0.9, 0.1, 0.0]], np.float32)
    tie = studio + np.array([[0, 1e-6, 0], [0, 0, 0]], np.float32)
    found = compared(ExportFormat.ONNX, studio, tie)
    assert (found.agreement, found.why) == (0.5, "")
    found = compared(ExportFormat.ONNX, studio, studio + np.float32(0.001))
    assert (found.agreement, found.why != "") == (1.0, True)


def test_a_float_form_must_call_the_same_images_unknown() -> None:
    studio = _said(*[0, 1] * 10)
    assert compared(ExportFormat.ONNX, studio, studio, 0.9).why == ""  # one or two at the threshold
    assert "calls other images unknown" in compared(ExportFormat.ONNX, studio, studio, 0.5).why
    assert compared(ExportFormat.TFLITE_INT8, studio, studio, 0.5).why == ""


def test_the_levels_of_a_rounded_form_keep_the_margin_of_the_run() -> None:
    random = np.random.default_rng(1)
    labels = np.arange(60) % 3
    places = (np.eye(3)[labels] + random.normal(0, 0.1, (60, 3))).astype(np.float32)
    told = Known(labels, _said(*labels), places)
    rule = fit_unknown(told, told, seen=1.0)
    assert rule is not None
    assert rule.margin > 0
    received = Received(told.probabilities, places, 1.0)
    same = with_own_levels(bundle(unknown=rule), received, received)
    assert same.unknown is not None
    assert same.unknown.levels == pytest.approx(rule.levels, abs=1e-5)
    assert same.unknown.effect(0.95).answered == rule.effect(0.95).answered == 1


def test_the_levels_of_a_rounded_form_stay_those_that_were_measured_before_the_final_fit() -> None:
    random = np.random.default_rng(1)
    labels = np.arange(60) % 3
    places, rounded = (
        (np.eye(3)[labels] + random.normal(0, spread, (60, 3))).astype(np.float32)
        for spread in (0.1, 0.2)
    )
    told = Known(labels, _said(*labels), places)
    rule = fit_unknown(told, told)
    assert rule is not None
    # The images were learned from since, so the model finds them more familiar than new ones.
    learned = Received(told.probabilities, places * 0.1 + np.eye(3)[labels] * 0.9, 1.0)
    moved = with_own_levels(
        bundle(unknown=rule), Received(told.probabilities, rounded, 1.0), learned
    ).unknown
    assert moved is not None
    assert moved.levels.max() < rule.levels.max()  # it is rounded
    kept = with_own_levels(bundle(unknown=rule), learned, learned).unknown
    assert kept is not None
    assert kept.levels == pytest.approx(rule.levels)
    assert np.array_equal(kept.right, rule.right)


def test_formats_are_named_once_and_only_those_that_there_are() -> None:
    assert formats_named(["onnx", "keras", "onnx"]) == (ExportFormat.ONNX, ExportFormat.KERAS)
    for names in (["onnx", "h5"], []):
        with pytest.raises(UsageError, match="A format must be one of keras, savedmodel"):
            formats_named(names)


def test_a_report_survives_json() -> None:
    report = ExportReport("onnx", why="no", images=3, compared_on="test")
    assert ExportReport.from_dict(json.loads(json.dumps(report.to_dict()))) == report
