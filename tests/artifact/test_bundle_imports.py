"""Importing from a bundle, on every Python of this machine: what a program sees is as without one."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from fakes import bundles

from sameroom.artifact.pythons import Python

on_every_python = pytest.mark.parametrize("python", bundles.all_pythons(), ids=bundles.version)

FILES = {
    "app.py": "import pack.inner.deep\nvalue = 'old'\n",
    "pack/__init__.py": '"""A package."""\nfrom . import beside\n',
    "pack/beside.py": "def function(x):\n    return x + 1  # beside\n",
    "pack/data.txt": "data",
    "pack/inner/__init__.py": "",
    "pack/inner/deep.py": "import sys\nname = __name__\n",
    "space/part.py": "value = 1\n",
    "broken.py": "import pack\n\n\ndef fail():\n    raise ValueError('at import')  # here\n\n\nfail()\n",
    "wrong.py": "import nowhere\n",
}


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> dict[Python, tuple[Path, Path]]:
    """By Python: a tree, and the bundle in it."""
    made = {}
    for python in bundles.all_pythons():
        folder = bundles.tree(tmp_path_factory.mktemp(bundles.version(python)), FILES, python)
        made[python] = folder, bundles.put(folder, python)
    return made


Trees = dict[Python, tuple[Path, Path]]


def both(trees: Trees, python: Python, code: str) -> Any:
    """What ``code`` says, with the bundle and without; the same."""
    folder, path = trees[python]
    with_it = bundles.said(python, folder, path, code)
    assert with_it == bundles.said(python, folder, None, code)
    return with_it


@on_every_python
def test_code_comes_from_the_bundle_while_it_is_open_and_from_the_disk_before_and_after(
    tmp_path: Path, python: Python
) -> None:
    files = dict.fromkeys(("during.py", "after.py", "again.py"), "value = 'bundled'\n")
    folder = bundles.tree(tmp_path, files, python)
    path = bundles.put(folder, python)
    for name in files:
        (folder / name).write_text("value = 'on the disk'\n")
    for pyc in (folder / "__pycache__").iterdir():
        pyc.unlink()
    code = (
        "import during, again\nsaid.append(during.value)\nbundle = sys.path_hooks[0]\nbundle.__exit__()\n"
        "import after, importlib\nsaid += [after.value, importlib.reload(again).value]\n"
    )
    assert bundles.said(python, folder, path, code) == ["bundled", "on the disk", "on the disk"]


@on_every_python
def test_a_module_is_what_it_would_have_been(trees: Trees, python: Python) -> None:
    code = (
        "import app, pack, pack.beside, pack.inner.deep, space.part\n"
        "for name in 'app pack pack.beside pack.inner pack.inner.deep space space.part'.split():\n"
        "    module = sys.modules[name]; spec = module.__spec__\n"
        "    said.append([name, module.__name__, module.__package__, getattr(module, '__file__', None)])\n"
        "    said.append([getattr(module, '__cached__', None), list(getattr(module, '__path__', []))])\n"
        "    said.append([spec.name, spec.origin, spec.cached, spec.parent, spec.has_location])\n"
        "    said.append([type(spec.loader).__name__, type(module.__loader__).__name__])\n"
        "    said.append([sorted(vars(module)), module.__loader__ is spec.loader])\n"
        "    said.append(spec.submodule_search_locations and list(spec.submodule_search_locations))\n"
    )
    told = both(trees, python, code)
    assert told[3][0] == "SourceFileLoader"
    assert told[0][3] == str(trees[python][0] / "app.py")


@on_every_python
def test_functions_know_their_file_and_tools_find_sources_and_data(trees: Trees, python: Python) -> None:
    code = (
        "import importlib.resources, inspect, pkgutil, pack.beside\n"
        "from pack.beside import function\n"
        "said += [function.__code__.co_filename, inspect.getsource(function)]\n"
        "said.append(pack.beside.__loader__.get_source('pack.beside'))\n"
        "said.append(pkgutil.get_data('pack', 'data.txt').decode())\n"
        "said.append(importlib.resources.files('pack').joinpath('data.txt').read_text())\n"
        "said.append(sorted(found.name for found in pkgutil.iter_modules(pack.__path__, 'pack.')))\n"
        "said.append(sorted(found.name for found in pkgutil.iter_modules([tree])))\n"
        "said.append(importlib.util.find_spec('pack.inner').origin)\n"
    )
    told = both(trees, python, code)
    assert "return x + 1  # beside" in told[1]
    assert told[4] == "data"
    assert "broken" in told[6]


@on_every_python
@pytest.mark.parametrize("module", ["broken", "wrong", "nowhere", "pack.nowhere"])
def test_a_traceback_of_an_import_is_the_same_and_has_its_source_lines(
    trees: Trees, python: Python, module: str
) -> None:
    code = (
        f"import traceback\ntry:\n    import {module}\n"
        "except Exception:\n    said.append(traceback.format_exc())\n"
    )
    (told,) = both(trees, python, code)
    assert "importlib" not in told
    assert "bundle.py" not in told
    if module == "broken":
        assert "raise ValueError('at import')  # here" in told


@on_every_python
def test_a_folder_that_goes_before_on_the_path_still_does(
    trees: Trees, python: Python, tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text("value = 'first'\n")
    (tmp_path / "extra").mkdir()
    (tmp_path / "extra" / "late.py").write_text("value = 'grafted'\n")
    code = (
        f"sys.path.insert(0, {str(tmp_path)!r})\nimport app, pack\n"
        f"pack.__path__.append({str(tmp_path / 'extra')!r})\nimport pack.late\n"
        "said += [app.value, pack.late.value]\n"
    )
    assert both(trees, python, code) == ["first", "grafted"]


@on_every_python
def test_nothing_of_it_is_left_in_the_import_system(trees: Trees, python: Python) -> None:
    code = (
        "import app\nhooks = len(sys.path_hooks)\nsys.path_hooks[0].__exit__()\n"
        "import space.part, pack.beside\n"
        "said.append([hooks, len(sys.path_hooks)])\n"
        "said.append(sorted({type(finder).__name__ for finder in sys.path_importer_cache.values()}))\n"
    )
    folder, path = trees[python]
    hooks, finders = bundles.said(python, folder, path, code)
    assert hooks == [3, 2]
    assert "Finder" not in finders
    assert "FileFinder" in finders


@on_every_python
def test_an_import_that_is_under_way_when_it_ends_takes_the_file_on_the_disk(
    trees: Trees, python: Python
) -> None:
    code = (
        "import importlib.util\nspec = importlib.util.find_spec('space.part')\n"
        "sys.path_hooks[0].__exit__()\n"
        "module = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(module)\n"
        "said.append(module.value)\n"
    )
    folder, path = trees[python]
    assert bundles.said(python, folder, path, code) == [1]


@pytest.mark.parametrize("damage", [b"another Python", b"another format"])
def test_a_bundle_for_another_python_or_of_another_format_is_as_good_as_none(
    tmp_path: Path, damage: bytes
) -> None:
    python = bundles.all_pythons()[0]
    folder = bundles.tree(tmp_path, {"m.py": "value = 'bundled'\n"}, python)
    path = bundles.put(folder, python)
    whole = bytearray(path.read_bytes())
    magic = whole.index(b"\r\n", 8) - 2
    at = magic if damage == b"another Python" else 8 + 6
    whole[at] ^= 0x40
    path.write_bytes(whole)
    (folder / "m.py").write_text("value = 'on the disk'\n")
    for pyc in (folder / "__pycache__").iterdir():
        pyc.unlink()
    assert bundles.said(python, folder, path, "import m\nsaid.append(m.value)") == ["on the disk"]


@on_every_python
def test_the_runtime_uses_the_bundle_beside_it_for_the_app_and_nothing_else(
    tmp_path: Path, python: Python
) -> None:
    app = "def app(environ, start):\n    return []\nvalue = 'bundled'\n"
    folder = bundles.tree(tmp_path, {"wsgi.py": app}, python)
    bundles.put(folder, python)
    (folder / "wsgi.py").write_text(app.replace("bundled", "on the disk"))
    for pyc in (folder / "__pycache__").iterdir():
        pyc.unlink()
    code = (
        "import os\nos.environ['SAMEROOM_APP'] = 'wsgi'\nfrom sameroom.runtime.handler import handler\n"
        "said += [sys.modules['wsgi'].value, len(sys.path_hooks)]\n"
    )
    assert bundles.said(python, folder, None, code) == ["bundled", 2]


@on_every_python
def test_our_loop_is_started_from_the_bundle_too(tmp_path: Path, python: Python) -> None:
    folder = bundles.tree(tmp_path, {}, python)
    bundles.put(folder, python)
    for path in (folder / "sameroom" / "runtime").rglob("*logs*"):
        path.unlink()
    command = [str(python.path), "-S", "-B", "-m", "sameroom.runtime.loop"]
    ended = subprocess.run(
        command, cwd=folder, env={}, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("AWS_LAMBDA_RUNTIME_API is not set")
