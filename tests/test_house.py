"""The laws of the house: which room may know which, how large a room may be, where its page is."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent
HOUSE = ROOT / "src" / "sameroom"
DOCS = ROOT / "docs"

#: Room -> the rooms of ours it may import. The same list is drawn in docs/concepts/house.md.
FLOORS: dict[str, set[str]] = {
    "runtime": set(),
    "face": {"runtime"},
    "errors": {"runtime"},
    "own": set(),
    "aws": {"errors", "face"},
    "project": {"errors", "face"},
    "artifact": {"project", "own", "runtime", "errors", "face"},
    "local": {"aws", "site", "project", "own", "runtime", "errors", "face"},
    "check": {"project", "runtime", "errors", "face"},
    "template": {"project", "errors", "face"},
    "releases": {"aws", "errors", "face"},
    "site": {"aws", "project", "own", "errors", "face"},
    "operate": {"aws", "releases", "site", "project", "own", "errors", "face"},
    "eject": {"template", "project", "errors", "face"},
    "pipeline": {"template", "project", "errors", "face"},
    "stack": {"template", "aws", "releases", "site", "operate", "project", "own", "errors", "face"},
    "journey": {"artifact", "template", "site", "stack", "aws", "project", "own", "errors"},
    # ``dev --artifact`` needs both rooms, which lie side by side.
    "cli": {
        *("journey", "stack", "operate", "eject", "pipeline"),
        *("artifact", "local", "check", "project", "errors", "face"),
    },
    "__main__": {"cli", "errors", "face"},
}

MODULES = sorted(HOUSE.rglob("*.py"))
TESTS = sorted([*HERE.rglob("*.py"), *(ROOT / "examples").rglob("tests/*.py")])


def room_of(module: Path) -> str:
    first = module.relative_to(HOUSE).parts[0].removesuffix(".py")
    return "face" if first == "__init__" else first


def imported_rooms(module: Path) -> Iterator[str]:
    package = ["sameroom", *module.relative_to(HOUSE).parent.parts]
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            names = [[*base, *(node.module or "").split(".")]] if node.module else []
            if not node.module:
                names = [[*base, alias.name] for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        else:
            continue
        for name in names:
            parts = [part for part in name if part]
            if parts[:1] == ["sameroom"]:
                room = parts[1] if len(parts) > 1 else "face"
                yield room if room in FLOORS else "face"


def functions(module: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(HOUSE)))
def test_a_room_imports_only_rooms_that_feed_it(module: Path) -> None:
    room = room_of(module)
    strangers = set(imported_rooms(module)) - FLOORS[room] - {room}
    assert not strangers, f"{room} must not know {strangers}"


def test_the_runtime_and_the_face_load_the_standard_library_alone() -> None:
    code = (
        "import sys, importlib, pkgutil\n"
        "before = set(sys.modules)\n"
        "import sameroom, sameroom.runtime\n"
        "sameroom.make_handler, sameroom.current_invocation\n"
        "for found in pkgutil.walk_packages(sameroom.runtime.__path__, 'sameroom.runtime.'):\n"
        "    importlib.import_module(found.name)\n"
        "loaded = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(*sorted(loaded - set(sys.stdlib_module_names) - {'sameroom', 'pybase64'}))\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == []


def test_boto3_is_known_to_one_room() -> None:
    knowing = {
        room_of(module)
        for module in MODULES
        if re.search(r"^\s*(import|from) (boto3|botocore)\b", module.read_text(), re.MULTILINE)
    }
    assert knowing <= {"aws"}


def test_gateways_and_doors_bear_the_same_names() -> None:
    from sameroom.local import gateways
    from sameroom.runtime import doors

    assert gateways.DOORS == doors.DOORS
    for name in doors.DOORS:
        module = name.replace("-", "_") + ".py"
        assert (HOUSE / "runtime" / "doors" / module).exists()
        assert (HOUSE / "local" / "gateways" / module).exists()


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(HOUSE)))
def test_a_room_is_short_and_its_functions_are(module: Path) -> None:
    assert len(module.read_text().splitlines()) <= 400
    for function in functions(module):
        lines = (function.end_lineno or 0) - function.lineno + 1
        assert lines <= 60, f"{function.name} has {lines} lines"
        arguments = function.args
        count = len(arguments.posonlyargs + arguments.args + arguments.kwonlyargs)
        if arguments.args and arguments.args[0].arg in ("self", "cls"):
            count -= 1
        assert count <= 6 or _is_a_command(function), f"{function.name} has {count} parameters"


def _is_a_command(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """click hands a command every option it has; it folds them into settings at once."""
    return any("command" in ast.unparse(decorator) for decorator in function.decorator_list)


def test_no_room_is_a_drawer() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert not [module for module in MODULES if {*module.with_suffix("").parts} & drawers]


@pytest.mark.parametrize("test", TESTS, ids=lambda t: str(t.relative_to(ROOT)))
def test_no_test_replaces_our_names(test: Path) -> None:
    if test == Path(__file__):
        return
    text = test.read_text()
    assert not re.search(r"mock\.patch|@patch|mocker\.|monkeypatch\.setattr", text)


@pytest.mark.parametrize("test", TESTS, ids=lambda t: str(t.relative_to(ROOT)))
def test_a_test_name_is_a_sentence(test: Path) -> None:
    for function in functions(test):
        if function.name.startswith("test_"):
            assert function.name.count("_") >= 3, f"{function.name} says too little"


def test_every_door_has_its_page() -> None:
    from sameroom.runtime.doors import DOORS

    assert {page.stem for page in (DOCS / "doors").glob("*.md")} == set(DOORS)


def test_every_command_has_its_page() -> None:
    from sameroom.cli import COMMANDS

    assert {page.stem for page in (DOCS / "commands").glob("*.md")} == set(COMMANDS)


def test_every_error_has_its_place() -> None:
    from sameroom import errors
    from sameroom.runtime import errors as runtime_errors

    said = (DOCS / "errors.md").read_text()
    for room in (errors, runtime_errors):
        for name, found in vars(room).items():
            if isinstance(found, type) and issubclass(found, Exception):
                assert f"## {name}\n" in said, f"docs/errors.md has no heading for {name}"


def test_every_setting_has_its_place() -> None:
    from sameroom.project.settings import Settings

    said = (DOCS / "settings.md").read_text()
    for name in Settings.model_fields:
        assert f"## {name}\n" in said, f"docs/settings.md has no heading for {name}"


def test_every_variable_that_the_runtime_reads_has_its_place() -> None:
    said = (DOCS / "settings.md").read_text()
    for module in (HOUSE / "runtime").rglob("*.py"):
        for variable in set(re.findall(r"\bSAMEROOM_[A-Z_]+\b", module.read_text())):
            assert variable in said, f"docs/settings.md does not know {variable}"
