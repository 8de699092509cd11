"""What -X importtime writes, read back into who imported whom."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sameroom.artifact import pythons
from sameroom.artifact.prove.importtime import Timed, read

HEADER = "import time: self [us] | cumulative | imported package"


class Node(NamedTuple):
    """A module and what it imports."""

    name: str
    own: int
    children: tuple[Node, ...] = ()

    @property
    def whole(self) -> int:
        return self.own + sum(child.whole for child in self.children)


def lines(node: Node, depth: int = 0) -> list[str]:
    """As CPython prints a module: after its imports."""
    inner = [line for child in node.children for line in lines(child, depth + 1)]
    return [*inner, f"import time: {node.own:9} | {node.whole:10} | {' ' * 2 * depth}{node.name}"]


def timed(node: Node, parent: str = "") -> list[Timed]:
    inner = [one for child in node.children for one in timed(child, node.name)]
    return [*inner, Timed(node.name, node.own / 1000, node.whole / 1000, parent)]


NAMES = st.text("abcz09_.é", min_size=1, max_size=12)
TIMES = st.integers(0, 10**10)
TREES = st.recursive(
    st.tuples(NAMES, TIMES).map(lambda leaf: Node(*leaf)),
    lambda inner: st.tuples(NAMES, TIMES, st.lists(inner, max_size=4).map(tuple)).map(lambda one: Node(*one)),
    max_leaves=10,
)
SAID = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=30).filter(
    lambda text: "import time" not in text and len(text.splitlines()) < 2
)


@given(st.lists(TREES, max_size=4))
def test_any_tree_of_imports_comes_back_as_it_was(forest: list[Node]) -> None:
    printed = [HEADER] + [line for tree in forest for line in lines(tree)]
    trace = read("\n".join(printed))
    assert list(trace.imports) == [one for tree in forest for one in timed(tree)]
    assert trace.said == ()


# The first text of all makes Hypothesis's table of characters: a second, once.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TREES, min_size=1, max_size=3), st.data())
def test_what_the_program_says_between_is_kept_and_changes_nothing(
    forest: list[Node], data: st.DataObject
) -> None:
    printed: list[str] = []
    said: list[str] = []
    for tree in forest:
        for line in lines(tree):
            if data.draw(st.booleans()):
                said.append(data.draw(SAID))
                printed.append(said[-1])
            before = data.draw(st.sampled_from(["", "", "progress 10 %", "import time flies "]))
            said += [before] if before else []
            printed.append(before + line)
    trace = read("\n".join(printed))
    assert list(trace.imports) == [one for tree in forest for one in timed(tree)]
    assert list(trace.said) == said


@given(st.text())
def test_any_text_at_all_is_read(text: str) -> None:
    read(text)
    read(text.replace("a", "import time: 1 | 2 |   x\n"))


def test_modules_that_were_imported_already_cost_nothing() -> None:
    """Python 3.14 lists them with -X importtime=2."""
    trace = read(f"{HEADER}\nimport time: cached    | cached     | os\n{lines(Node('a', 5))[0]}\n")
    assert trace.imports == (Timed("a", 0.005, 0.005, ""),)
    assert trace.said == ()


def test_a_line_that_lost_its_importer_is_taken_by_the_next_one_up() -> None:
    printed = ["import time: 1 | 1 |     deep", "import time: 2 | 3 | top"]
    assert [one.parent for one in read("\n".join(printed)).imports] == ["top", ""]


@pytest.mark.parametrize("minor", range(10, 15))
def test_every_python_of_this_machine_is_understood(minor: int, tmp_path: Path) -> None:
    python = pythons.find((3, minor))
    if python is None:
        pytest.skip(f"no Python 3.{minor} here")
    (tmp_path / "outer.py").write_text("import inner, missing_one\n")
    (tmp_path / "inner.py").write_text("import sys\nsys.stderr.write('half a line')\nimport leaf\n")
    (tmp_path / "leaf.py").write_text("")
    code = "import sys; sys.path.insert(0, '.')\ntry:\n import outer\nexcept ImportError: pass\nimport leaf"
    command = [str(python.path), "-I", "-S", "-X", "importtime", "-c", code]
    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stderr
    trace = read(printed)
    parents = {one.module: one.parent for one in trace.imports}
    assert (parents["outer"], parents["inner"], parents["leaf"]) == ("", "outer", "inner")
    assert parents["missing_one"] == "outer"
    assert trace.said == ("half a line",)
    assert all(one.cumulative_ms >= one.self_ms for one in trace.imports)
