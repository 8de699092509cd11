"""Reading source: what is reached, when code runs, and that no file makes it fail."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sameroom.check import check
from sameroom.check.places import is_refused, path_of
from sameroom.check.rules import findings
from sameroom.check.source import Module, silenced
from sameroom.project import Choices, load

APP = "from flask import Flask\napp = Flask(__name__)\n"
#: Words that rules look at, in any order and depth.
_WORDS = st.sampled_from(
    [
        "app",
        "config",
        "open",
        "('x', 'w')",
        ".run()",
        "=",
        "\n",
        " ",
        "import os",
        "os.system('git')",
        "if 1:",
        "\n    ",
        "def f():",
        "class A:",
        "with open('a', 'w') as b:",
        "x.start()",
        "SECRET_KEY",
        "lambda:",
        "f'{a}/b'",
        "[",
        "]",
        "*",
        "DEBUG = True",
        "__name__ == '__main__'",
        "try:",
        "except OSError:",
        "pass",
        "(",
        ")",
        ".",
        "\0",
        "\ufeff",
        "é",
    ]
)


def kinds(source: str, file: str = "app.py") -> list[tuple[str, int]]:
    return [(found.kind, found.line) for found in findings([Module(file, "app", source.encode())])]


@given(st.lists(_WORDS).map("".join))
@settings(deadline=None)
def test_no_source_makes_the_rules_fail(source: str) -> None:
    try:
        module = Module("app.py", "app", source.encode("utf-8", "replace"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    list(findings([module]))


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_no_bytes_make_the_reading_fail_otherwise_than_python_does(source: bytes) -> None:
    try:
        module = Module("app.py", "app", source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    list(findings([module]))


@pytest.mark.parametrize(
    "content",
    [
        b"def broken(:\n",
        b"# -*- coding: latin-1 -*-\nname = '\xe9'\n",
        b"# -*- coding: nonsense -*-\n",
        "\ufeffx = 1\n".encode(),
        b"\xff\xfe\x00x",
        b"x = '\xe9'\n",
        b"\0" * 100,
        b"x = " + b"(" * 5000 + b")" * 5000,
        b"x = " + b"-" * 20_000 + b"1\n",
        b"x = 1" + b" + 1" * 3000,
        b"x = a" + b".b" * 3000,
        b"x = a" + b"()" * 3000,
        b"x = [" + b"'a', " * 20_000 + b"]\n",
        b"x = y\ny = x\nopen(x, 'w')\nimport os\nz = os.path.join(z, z)\nopen(z, 'w')\n",
    ],
    ids=lambda content: repr(content[:20]),
)
def test_odd_files_are_read_or_passed_over(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "app.py").write_text("import odd\n" + APP)
    (tmp_path / "odd.py").write_bytes(content)
    project = load(tmp_path, Choices(python=sys.executable), {})
    assert check(project, importing=False).findings == ()


def test_links_that_go_in_circles_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.py")
    project = load(tmp_path, Choices(python=sys.executable), {})
    report = check(project, importing=False)
    assert (report.findings, report.modules) == ((), 1)


def test_only_what_the_app_reaches_is_read(tmp_path: Path) -> None:
    files = {
        "app.py": "import views\n" + APP + "app.config.from_object('settings.Config')\n",
        "views.py": "@page\ndef index():\n    from lazy import work\n    work()\n",
        "lazy.py": "import os\ndef work():\n    os.system('git')\n",
        "settings.py": "class Config:\n    DEBUG = True\n",
        "script.py": "import os\nos.system('git')\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    report = check(load(tmp_path, Choices(python=sys.executable), {}), importing=False)
    assert {finding.file for finding in report.findings} == {"lazy.py", "settings.py"}
    assert report.modules == 4


def test_what_only_commands_of_other_modules_use_never_runs_on_lambda(tmp_path: Path) -> None:
    files = {
        "app.py": "import commands\nfrom pages import page\n" + APP + "app.route('/')(page)\n",
        "commands.py": "import click\nfrom tools import extract, both\n"
        "@click.command()\ndef update():\n    extract()\n    both()\n",
        "pages.py": "from tools import both\ndef page():\n    both()\n",
        "tools.py": "import os\n"
        "def extract():\n    deeper()\n"
        "def deeper():\n    os.system('git')\n"
        "def both():\n    os.system('zip')\n"
        "def nobodys():\n    os.system('svn')\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    report = check(load(tmp_path, Choices(python=sys.executable), {}), importing=False)
    assert [(found.file, found.line) for found in report.findings] == [("tools.py", 7)]


def test_places_are_told_from_the_projects_folder_also_of_an_app_below_it(tmp_path: Path) -> None:
    (tmp_path / "src" / "shop").mkdir(parents=True)
    (tmp_path / "src" / "shop" / "__init__.py").write_text(APP + "app.debug = True\n")
    project = load(tmp_path, Choices(app="src/shop", python=sys.executable), {})
    report = check(project)
    assert [(found.file, found.line) for found in report.findings] == [("src/shop/__init__.py", 3)]
    assert report.lines == {("src/shop/__init__.py", 3): "app.debug = True"}


def test_code_is_told_apart_by_when_it_runs() -> None:
    source = (
        "import os\n"
        "def at_import():\n    deeper()\n"
        "def deeper():\n    os.mkdir('a')\n"
        "def view():\n    os.mkdir('b')\n"
        "def main():\n    os.mkdir('c')\n"
        "class Store:\n    def __init__(self):\n        os.mkdir('d')\n"
        "at_import()\nstore = Store()\n"
        "later = lambda: os.mkdir('e')\n"
        "if __name__ == '__main__':\n    main()\n"
    )
    assert kinds(source) == [
        ("write-at-import", 5),
        ("write-in-request", 7),
        ("write-at-import", 12),
        ("write-in-request", 15),
    ]


def test_a_branch_whose_outcome_is_unknown_is_a_warning_at_import() -> None:
    source = (
        "import os\nfrom logging import FileHandler\n"
        "if not os.path.exists('logs'):\n    os.mkdir('logs')\n"
        "if os.environ.get('LOG'):\n    FileHandler('a.log')\n"
        "if not app.debug:\n    FileHandler('b.log')\n"
        "if app.debug:\n    FileHandler('c.log')\n"
    )
    found = findings([Module("app.py", "app", source.encode())])
    assert {(each.line, each.certainty) for each in found} == {(4, "error"), (6, "warning"), (8, "error")}


@pytest.mark.parametrize(
    ("expression", "path"),
    [
        ("'a/b'", "a/b"),
        ("os.path.join(HERE, 'data', name)", "<project>/pkg/data/<?>"),
        ("Path(__file__).resolve().parent.parent / 'x.json'", "<project>/x.json"),
        ("f'/tmp/{name}'", "/tmp/<?>"),
        ("f'{name}/x'", "<?>/x"),
        ("'logs/%s.txt' % name", "logs/<?>.txt"),
        ("'logs/{}.txt'.format(name)", "logs/<?>"),
        ("os.path.join('a', '/etc/b')", "/etc/b"),
        ("Path.home() / '.x'", "~/.x"),
        ("tempfile.mkdtemp() + '/x'", "<tmp>/x"),
        ("os.environ['HERE']", ""),
        ("name", ""),
        ("os.path.join(name, 'x')", ""),
    ],
)
def test_a_path_is_followed_as_far_as_it_is_evident(expression: str, path: str) -> None:
    lines = (
        "import os, tempfile",
        "from pathlib import Path",
        "HERE = os.path.dirname(os.path.abspath(__file__))",
        f"x = {expression}",
    )
    source = "\n".join(lines)
    module = Module("pkg/app.py", "pkg.app", source.encode())
    assert path_of(module.names.only_value("x"), module.names) == path


def test_lambda_lets_tmp_devices_and_mounted_file_systems_be_written() -> None:
    assert not any(
        map(is_refused, ["", "/tmp", "/tmp/x", "<tmp>/x", "<?>/x", "/dev/null", "/mnt/efs/x", ":memory:"])
    )
    assert all(map(is_refused, ["x", "<project>/x", "/var/log/x", "~/x", "./x"]))


@pytest.mark.parametrize(
    ("line", "kind", "silent"),
    [
        ("x = 1  # sameroom: ignore", "sqlite", True),
        ("x = 1  # sameroom: ignore[sqlite]", "sqlite", True),
        ("x = 1  # noqa: X, sameroom: ignore[debug,sqlite]", "sqlite", True),
        ("x = 1  # sameroom: ignore[debug]", "sqlite", False),
        ("x = 1  # sameroom: ignore[]", "sqlite", False),
        ("x = 'sameroom: ignore'", "sqlite", False),
        ("", "sqlite", False),
    ],
)
def test_a_comment_silences_what_it_names(line: str, kind: str, silent: bool) -> None:
    assert silenced(line, kind) is silent


def test_secrets_are_told_in_what_travels_alone(tmp_path: Path) -> None:
    body = "MIIEpAIBAAKCAQEA3Tz2mr7SZiAMfQyuvBjM9OiJjRazXBZ1BjP5CE6Wm9LqhV"
    key = "-----BEGIN RSA PRIVATE " + f"KEY-----\n{body}\n"
    (tmp_path / "app.py").write_text(APP)
    for name in ("key.pem", "given.pem", "left.pem", ".env", "tests/key.pem", "store.p12"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("# a\n" + key)
    (tmp_path / ".gitignore").write_text("left.pem\n")
    (tmp_path / "pyproject.toml").write_text('[tool.sameroom]\ninclude = ["given.pem"]\n')
    report = check(load(tmp_path, Choices(python=sys.executable), {}), importing=False)
    told = [(found.kind, found.file, found.line, found.certainty) for found in report.findings]
    assert told == [("secret", "key.pem", 2, "error"), ("secret", "store.p12", 0, "error")]
    assert not any("MIIE" in text for text in (*report.lines.values(), *(f.what for f in report.findings)))
