"""Archives on the command line: tars, and names that do not say how they are written."""

from __future__ import annotations

from pathlib import Path

from cnn_studio.paths import Workspace
from tests.cli.conftest import Cli
from tests.data.archives import class_zip, tar
from tests.data.pictures import jpeg


def _counts(cli: Cli, name: str) -> dict[str, int]:
    (found,) = [line for line in cli("datasets", "list", "--json").lines if line["dataset"] == name]
    return dict(found["counts"])


def test_a_tar_comes_in_beside_one_that_is_damaged(cli: Cli, tmp_path: Path) -> None:
    good = tar(tmp_path / "flowers.tgz", {"f/daisy/1.jpg": jpeg(1)}, mode="w:gz")
    bad = tmp_path / "bad.tgz"
    bad.write_bytes(good.read_bytes()[:-40])
    answer = cli("import", "flowers", bad, good, "--json")
    assert answer.code == 0
    skipped, last = answer.lines
    assert skipped["reason"] == "The tar archive is damaged: bad.tgz."
    assert last["imported"] == 1
    answer = cli("datasets", "fetch", "more", "--from", good)
    assert answer.code == 0
    assert _counts(cli, "more") == {"daisy": 1}


def test_names_that_are_likely_so_are_taken_and_said(cli: Cli, tmp_path: Path) -> None:
    path = class_zip(tmp_path / "obst.zip", ["りんご", "バナナ"], "cp932")
    answer = cli("import", "fruit", path)
    assert answer.code == 0
    assert "Japanese (Shift-JIS), as in" in answer.err
    assert "--names-encoding" in answer.err
    assert set(_counts(cli, "fruit")) == {"りんご", "バナナ"}
    assert "Japanese (Shift-JIS)" in cli("datasets", "fetch", "more", "--from", path).err


def test_names_in_doubt_are_refused_with_the_option_that_decides_it(
    cli: Cli, tmp_path: Path, workspace: Workspace
) -> None:
    path = class_zip(tmp_path / "fruit.zip", ["jabłko", "gruszka"], "cp852")
    answer = cli("import", "fruit", path)
    assert answer.code == 1
    assert "cp852 (jabłko)" in answer.err
    assert "--names-encoding" in answer.err
    assert not (workspace.datasets / "fruit").exists()
    assert cli("datasets", "fetch", "fruit", "--from", path).code == 1
    assert cli("import", "fruit", path, "--names-encoding", "cp852").code == 0
    assert _counts(cli, "fruit") == {"jabłko": 2, "gruszka": 2}
    one = cli("import", "apples", path, "--class", "apple", "--json")  # no name matters
    assert one.lines[-1]["imported"] == 4


def test_a_code_page_that_does_not_exist_is_refused(cli: Cli, tmp_path: Path) -> None:
    path = class_zip(tmp_path / "fruit.zip", ["a"], "ascii")
    answer = cli("import", "fruit", path, "--names-encoding", "klingon")
    assert answer.code != 0
    assert ", not klingon." in answer.sentence


def test_another_archive_brings_in_nothing_and_says_what_to_do(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "photos.7z"
    path.write_bytes(b"7z\xbc\xaf\x27\x1c\0\4")
    answer = cli("import", "fruit", path)
    assert answer.code == 1
    assert "7-Zip" in answer.err
