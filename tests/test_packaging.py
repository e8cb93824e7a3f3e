"""The wheel brings along what the program needs, and nothing that a person captured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from cnn_studio import __version__

CHECKOUT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What lies in site-packages once the wheel is installed."""
    folder = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def output_from(unpacked: Path, *command: str) -> str:
    """What Python prints with the unpacked wheel before everything else on its path."""
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=unpacked.parent,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_the_package_and_no_more(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.partition("/")[0] for name in names}
    assert top == {"cnn_studio", f"cnn_studio-{__version__}.dist-info"}
    assert f"cnn_studio-{__version__}.dist-info/licenses/LICENSE" in names
    kept = {Path(name).name for name in names if name.startswith("cnn_studio/datasets/")}
    assert kept == {"card.toml"}


@pytest.mark.parametrize(
    ("folder", "pattern"), [("resources", "**/*.*"), ("datasets", "*/card.toml")]
)
def test_resources_and_cards_of_the_checkout_are_all_in_it(
    unpacked: Path, folder: str, pattern: str
) -> None:
    here = {path.relative_to(CHECKOUT) for path in (CHECKOUT / folder).glob(pattern)}
    assert here
    assert [path for path in here if not (unpacked / "cnn_studio" / path).is_file()] == []


def test_an_installed_wheel_finds_its_own_resources_and_cards(unpacked: Path) -> None:
    code = (
        "import json, cnn_studio.paths as p\n"
        "print(json.dumps([p.__file__, str(p.resources()), str(p.built_in_datasets())]))"
    )
    for place in json.loads(output_from(unpacked, "-c", code)):
        assert Path(place).is_relative_to(unpacked)
    listed = output_from(unpacked, "-m", "cnn_studio", "datasets", "list", "--json")
    assert [json.loads(line)["dataset"] for line in listed.splitlines()] == [
        "objects",
        "satellite",
        "fashion-mnist",
    ]


def test_one_version_stands_everywhere() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
    assert f"## [{__version__}]" in (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_command_is_installed() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, function = project["scripts"]["cnn-studio"].partition(":")
    code = f"from {module} import {function} as main; main(['--version'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"CNN Studio {__version__}\n"
