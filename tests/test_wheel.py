"""What ships: the wheel is built and installed into an empty environment, as a user would."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
UV = Path(sys.executable).with_name("uv")


def run(*command: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=check, env=environ)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def plain(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``bin`` of an environment with nothing but the wheel in it."""
    folder = tmp_path_factory.mktemp("plain")
    venv.create(folder, with_pip=False)
    run(UV, "pip", "install", "--no-deps", "--python", folder / "bin" / "python", wheel)
    return folder / "bin"


def test_the_wheel_requires_nothing_without_an_extra(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("METADATA")]
        required = [
            line for line in archive.read(name).decode().splitlines() if line.startswith("Requires-Dist:")
        ]
    assert required
    assert all("extra ==" in line for line in required)


def test_the_bootstrap_script_in_the_wheel_can_be_executed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        mode = archive.getinfo("sameroom/runtime/bootstrap").external_attr >> 16
    assert mode & 0o111 == 0o111


def test_the_wheel_carries_types_and_licence_and_no_tests(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "sameroom/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if "test" in name]


def test_the_plain_wheel_answers_a_request(plain: Path) -> None:
    code = (
        "import sameroom\n"
        "def app(environ, start):\n"
        "    start('200 OK', [])\n"
        "    return [environ['PATH_INFO'].encode()]\n"
        "event = {'httpMethod': 'GET', 'path': '/a%20b', 'requestContext': {'elb': {}}, 'headers': {}}\n"
        "print(sameroom.make_handler(app)(event)['body'])\n"
    )
    assert run(plain / "python", "-c", code).stdout == "/a b\n"


@pytest.mark.parametrize("command", [["dev"], ["--help"], []], ids=lambda c: " ".join(c) or "bare")
def test_the_plain_wheel_says_what_to_install_for_the_commands(plain: Path, command: list[str]) -> None:
    said = run(plain / "sameroom", *command, check=False)
    assert said.returncode == 1
    assert "sameroom[cli]" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.slow
def test_the_wheel_with_its_cli_extra_has_the_commands(
    wheel: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cli")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    constraint = ROOT / "requirements.lock"
    run(UV, "pip", "install", "--python", python, "--constraint", constraint, f"{wheel}[cli]")
    said = run(folder / "bin" / "sameroom", "--help")
    assert "dev" in said.stdout
    assert "invoke" in said.stdout
