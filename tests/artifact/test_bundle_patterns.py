"""Regular expressions compiled beforehand are the ones that ``re`` makes itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import bundles

from sameroom.artifact.pythons import Python

on_every_python = pytest.mark.parametrize("python", bundles.all_pythons(), ids=bundles.version)

MANY = r"""
import re
WANTED = [
    ("a", 0), ("(?P<one>x)|(?P<two>y+)", re.I), (rb"\xff[\x80-\xff]{2,}", 0), ("é+[à-ü]", re.I),
    ("^ a  # comment\n $", re.X | re.M), (r"(a)(?:b(c))*?\1", re.S), (r"\w\d\s", re.A),
    ("[^" + chr(0x10ffff) + "]", 0),
    (r"(?<=x)y(?!z)|(?i:Q)", 0), (r"(\d{1,4000000000})", 0), ("", 0), ("nested", re.I | re.U),
]
for pattern, flags in WANTED:
    re.compile(pattern, flags)
"""
# Without the bundle's rows a pattern would have to be compiled, and that is an error now.
NO_COMPILER = """
try:
    import re._compiler as compiler
except ImportError:
    import sre_compile as compiler
def refuse(pattern, flags=0):
    raise AssertionError(f"{pattern!r} is compiled")
"""


@on_every_python
def test_every_pattern_is_there_and_equals_the_one_that_re_compiles(tmp_path: Path, python: Python) -> None:
    folder = bundles.tree(tmp_path, {}, python)
    path = bundles.put(folder, python, importing=MANY)
    code = (
        NO_COMPILER
        + "real, compiler.compile = compiler.compile, refuse\n"
        + MANY
        + "ready = [re.compile(*wanted) for wanted in WANTED]\n"
        + "compiler.compile = real\nre.purge()\n"
        + "for wanted, found in zip(WANTED, ready):\n"
        + "    fresh = re.compile(*wanted)\n"
        + "    one, other = ((p.flags, p.groups, p.groupindex, repr(p)) for p in (fresh, found))\n"
        + "    said.append(fresh is not found and fresh == found and one == other)\n"
    )
    assert bundles.said(python, folder, path, code) == [True] * 12


@on_every_python
def test_a_pattern_that_warns_is_left_to_whoever_compiles_it(tmp_path: Path, python: Python) -> None:
    folder = bundles.tree(tmp_path, {}, python)
    warns = "import re, warnings\nwarnings.simplefilter('ignore')\nre.compile('[[a]b]')\nre.compile('fine')\n"
    path = bundles.put(folder, python, importing=warns)
    code = (
        "import re, warnings\nwarnings.simplefilter('error')\nsaid.append((str, 'fine', 0) in re._cache)\n"
        "try:\n    re.compile('[[a]b]')\nexcept FutureWarning:\n    said.append('warned')\n"
    )
    assert bundles.said(python, folder, path, code) == [True, "warned"]


def test_patterns_of_another_re_are_not_used(tmp_path: Path) -> None:
    python = bundles.all_pythons()[0]
    folder = bundles.tree(tmp_path, {}, python)
    code = (
        "import re\nfrom sameroom.runtime import patterns\nmagic, rows = patterns.compiled()\n"
        "packed = patterns.packed((magic, rows))\nre.purge()\n"
        "patterns.install((magic[0] + 1, magic[1]), *packed[1:])\nsaid.append(len(re._cache))\n"
        "patterns.install(*packed)\nsaid.append(len(re._cache) == len(rows) > 0)\n"
    )
    assert bundles.said(python, folder, None, "import re\nre.compile('a+')\n" + code) == [0, True]
