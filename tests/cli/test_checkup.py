"""`cnn-studio check`: a line for each finding."""

from __future__ import annotations

from cnn_studio.data.catalog import create_dataset
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg
from tests.cli.conftest import Cli
from tests.data.test_checkup import scene


def test_each_finding_is_a_line(cli: Cli, workspace: Workspace) -> None:
    dataset = create_dataset(workspace, "Things", ["shoe", "cap"])
    for name, seed in (("shoe/a", 1), ("shoe/b", 2), ("cap/c", 2), ("cap/d", 3)):
        path = dataset.folder / f"{name}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(encode_jpeg(scene(seed)))
    (dataset.folder / "cap" / "e.jpg").touch()
    answer = cli("check", "things", "--json")
    assert answer.code == 0
    duplicate, unreadable = answer.lines
    assert duplicate["kind"] == "exact_duplicate"
    assert duplicate["across_classes"] is True
    assert {path.rsplit("/", 2)[1] for path in duplicate["paths"]} == {"shoe", "cap"}
    assert "cannot be both" in duplicate["why"]
    assert unreadable["kind"] == "unreadable"
    assert unreadable["paths"] == [str(dataset.folder / "cap" / "e.jpg")]
    words = cli("check", "things").out
    assert "[exact duplicate]" in words
    assert "2 findings in 5 images of Things." in words


def test_a_clean_dataset_has_nothing_to_put_right(cli: Cli, workspace: Workspace) -> None:
    create_dataset(workspace, "Things", ["shoe"])
    assert cli("check", "things", "--json").lines == []
    assert "Nothing to put right" in cli("check", "things").out


def test_a_published_dataset_cannot_be_checked(cli: Cli) -> None:
    assert "as it was published" in cli("check", "fashion-mnist").sentence
