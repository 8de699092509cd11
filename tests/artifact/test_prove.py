"""What is to be the artifact is imported once, as Lambda's runtime will, before it is called good."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from fakes.trees import candidate, target

from sameroom.artifact import pythons
from sameroom.artifact.members import Removed
from sameroom.artifact.prove import RUNTIME, STANDARD_LIBRARY, Candidate, Proof, Proving, prove
from sameroom.errors import NotImportable

PYTHON = Path(getattr(sys, "_base_executable", sys.executable))
APP = 'def app(environ, start_response):\n    start_response("200 OK", [])\n    return [b""]\n'


def proved(one: Candidate) -> Proof:
    return prove(one, PYTHON)


def refused(one: Candidate, timeout: float = 60.0) -> NotImportable:
    with pytest.raises(NotImportable) as caught:
        prove(one, PYTHON, timeout)
    return caught.value


def alone(folder: Path, text: str, **more: Any) -> Candidate:
    return candidate(folder, {"wsgi.py": text}, **more)


def test_every_module_is_told_with_its_owner_its_time_and_its_importer(tmp_path: Path) -> None:
    files = {
        "wsgi.py": f"import shop.prices\n{APP}",
        "shop/prices.py": "import orm.engine\nimport xml.dom\nimport boto3\n",
        "orm/__init__.py": "# orm\n",
        "orm/engine.py": "# orm\ntry:\n    import orm_speedups\nexcept ImportError:\n    pass\n",
    }
    (tmp_path / "runtime").mkdir()
    (tmp_path / "runtime" / "boto3.py").write_text("")
    proof = proved(candidate(tmp_path, files, runtime_path=tmp_path / "runtime"))
    assert proof.ran
    assert not proof.why_not
    known = {one.module: one for one in proof.imports}
    owners = {name: known[name].owner for name in ("wsgi", "shop.prices", "orm", "orm.engine", "xml.dom")}
    assert owners == {"wsgi": "", "shop.prices": "", "orm": "orm", "orm.engine": "orm"} | {
        "xml.dom": STANDARD_LIBRARY
    }
    assert known["boto3"].owner == RUNTIME
    assert known["orm_speedups"].owner == "orm"
    assert known["sameroom.runtime.handler"].owner == "sameroom"
    assert known["orm.engine"].parent == "shop.prices"
    assert (known["shop.prices"].parent, known["wsgi"].parent) == ("wsgi", "")
    roots = sum(one.cumulative_ms for one in proof.imports if not one.parent)
    assert roots == pytest.approx(proof.import_ms, rel=0.05)


def test_nothing_of_the_host_can_be_imported_but_the_standard_library(tmp_path: Path) -> None:
    one = alone(tmp_path, f"import sys, json\nprint(json.dumps(sys.path))\nimport pytest\n{APP}")
    error = refused(one)
    assert "there is no module 'pytest'" in error.what
    path = json.loads(error.why.partition("It wrote:\n")[2])
    assert path[0] == str(one.tree)
    assert not [place for place in path[1:] if "site-packages" in place]
    assert os.getcwd() not in path


def test_an_app_that_reads_its_secrets_at_the_start_is_given_this_machines(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    file.write_text("URL='sqlite://'\n")
    environment = {"SAMEROOM_SECRETS": "TOKEN,URL", "SAMEROOM_SECRETS_FILE": str(file)}
    code = (
        "import os\nfrom sameroom import load_secrets, secret\nconfig = {}\nload_secrets(config)\n"
        "assert (config['URL'], secret('TOKEN')) == ('sqlite://', 'nothing')\n"
        "assert 'TOKEN' not in os.environ\n"
    )
    assert proved(alone(tmp_path, code + APP, environment=environment)).ran


def test_an_app_that_wants_more_of_a_secret_than_a_name_is_told_how_to_give_it_one(tmp_path: Path) -> None:
    code = f"from sameroom import secret\nint(secret('PORT'))\n{APP}"
    error = refused(alone(tmp_path, code, environment={"SAMEROOM_SECRETS": "PORT"}))
    assert "invalid literal for int() with base 10: 'nothing'" in error.what
    assert error.next.endswith("give it some: sameroom secrets set --local PORT")


def test_an_app_that_reads_a_secret_nobody_declared_is_refused_with_its_name(tmp_path: Path) -> None:
    error = refused(alone(tmp_path, f"from sameroom import secret\nsecret('TOKEN')\n{APP}"))
    assert "Not declared: TOKEN." in error.what
    assert "secrets = [...]" in error.what
    assert "wsgi.py" in error.why


def test_the_app_sees_lambdas_variables_and_its_own_and_none_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_HOST", "1")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    code = (
        "import os, sys\n"
        "assert 'HOME' not in os.environ and 'SECRET_OF_THE_HOST' not in os.environ\n"
        "assert 'PYTHONPATH' not in os.environ\n"
        "assert os.environ['TABLE'] == 'prices'\n"
        "assert os.environ['AWS_EXECUTION_ENV'].startswith('AWS_Lambda_python3.')\n"
        "assert os.getcwd() == os.environ['LAMBDA_TASK_ROOT'] == sys.path[0]\n"
        "assert sys.stdin.read() == '' and open(__file__).encoding.lower() == 'utf-8'\n"
        "import gc; assert not gc.isenabled()\n"
    )
    assert proved(alone(tmp_path, code + APP, environment={"TABLE": "prices"})).ran


def test_a_factory_is_called_with_its_arguments(tmp_path: Path) -> None:
    code = f"def create_app(name):\n    assert name == 'prod'\n    return app\n{APP}"
    assert proved(alone(tmp_path, code, app="wsgi:create_app('prod')")).ran
    error = refused(alone(tmp_path / "other", code, app="wsgi:create_app"))
    assert "missing a required argument: 'name'" in error.what
    assert "'wsgi:create_app(...)'" in error.what
    assert "[tool.sameroom]" in error.next


def test_two_apps_are_named_and_the_way_to_choose_one(tmp_path: Path) -> None:
    files = {
        "wsgi.py": "from flask import Flask\nshop = Flask()\nadmin = Flask()\n",
        "flask/__init__.py": "# flask\nclass Flask: pass\n",
    }
    error = refused(candidate(tmp_path, files, app="wsgi"))
    assert error.what.startswith("wsgi (wsgi.py) has more than one app: admin, shop. Say which")
    assert 'app = "wsgi:admin"' in error.next


def test_no_app_at_all_says_what_was_looked_for(tmp_path: Path) -> None:
    error = refused(alone(tmp_path, "x = 1\n", app="wsgi"))
    assert "wsgi (wsgi.py) has no app. Looked for: app, application" in error.what


def test_a_module_that_does_not_travel_is_told_with_what_left_it_out(tmp_path: Path) -> None:
    one = candidate(tmp_path, {"other.py": ""})
    error = refused(one)
    assert error.what == "SAMEROOM_APP names the module 'wsgi', and there is no 'wsgi' in the artifact."
    assert "include and exclude" in error.next
    left_out = one._replace(removed=(Removed("wsgi.py", "", 1, "excluded by your settings"),))
    assert 'excluded by your settings). Keep it: include = ["wsgi.py"]' in refused(left_out).next


def test_what_the_app_raises_is_told_with_its_lines_and_what_it_wrote(tmp_path: Path) -> None:
    files = {
        "wsgi.py": "import sys\nprint('hello')\nprint('oh\\x1b[2J', file=sys.stderr)\nimport orm\norm.up()\n",
        "orm.py": "# orm\ndef up():\n    lower()\ndef lower():\n    import settings\n",
        "settings.py": (
            "try:\n    int('x')\nexcept ValueError as error:\n    raise RuntimeError('bad') from error\n"
        ),
    }
    error = refused(candidate(tmp_path, files))
    assert error.what == "The app raised an error while it was imported: RuntimeError: bad"
    assert error.why.splitlines() == [
        "RuntimeError: bad",
        "  settings.py:4 in <module>",
        "    raise RuntimeError('bad') from error",
        "  ... 2 frames in orm",
        "  wsgi.py:5 in <module>",
        "    orm.up()",
        "from: ValueError: invalid literal for int() with base 10: 'x'",
        "  settings.py:2 in <module>",
        "    int('x')",
        "It wrote:",
        "  hello",
        "  oh [2J",
    ]
    assert str(tmp_path) not in str(error)


def test_an_attribute_error_is_told_once(tmp_path: Path) -> None:
    error = refused(alone(tmp_path, "import os\nos.nonsense\n"))
    assert error.what.endswith("AttributeError: module 'os' has no attribute 'nonsense'")
    assert error.why.count("AttributeError") == 1


def test_a_syntax_error_shows_its_line_and_the_runtime(tmp_path: Path) -> None:
    error = refused(alone(tmp_path, "x = 1\ndef (\n"))
    assert error.what.startswith("The app cannot be compiled: SyntaxError")
    assert 'File "wsgi.py", line 2' in error.why
    assert target().runtime in error.next


def test_a_variable_that_is_missing_is_to_be_set(tmp_path: Path) -> None:
    error = refused(alone(tmp_path, "import os\nos.environ['DATABASE_URL']\n"))
    assert 'DATABASE_URL = "..." in [tool.sameroom.env]' in error.next


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("import yaml", "Add PyYAML, which has it,"),
        ("import flask_cors", "often flask-cors"),
        ("import orm.dialects", "orm is in the artifact, in a version that has no orm.dialects"),
        ("import shop.late", "shop is the project's, and has no shop.late"),
    ],
)
def test_a_missing_package_is_named_with_what_to_add(tmp_path: Path, code: str, named: str) -> None:
    files = {"wsgi.py": code, "orm/__init__.py": "# orm\n", "shop/__init__.py": ""}
    error = refused(candidate(tmp_path, files))
    assert named in error.next
    assert f"there is no module {code[7:]!r}" in error.what


def test_a_module_that_slimming_took_is_to_be_kept(tmp_path: Path) -> None:
    removed = (
        Removed("orm/tests/__init__.py", "orm", 9, "tests of a library"),
        Removed("botocore/__init__.py", "botocore", 9, "the runtime has it"),
    )
    files = {"wsgi.py": "import orm.tests", "orm/__init__.py": "# orm\n"}
    error = refused(candidate(tmp_path, files, removed=removed))
    assert "left it out (tests of a library). Keep it: include =" in error.next
    error = refused(alone(tmp_path / "two", "import botocore", removed=removed))
    assert 'boto3 = "bundled"' in error.next


def test_a_part_of_the_library_that_python_lost_is_told_so(tmp_path: Path) -> None:
    one = alone(tmp_path, "import sunau_gone\n")
    (one.tree / "wsgi.py").write_text("raise ModuleNotFoundError(\"No module named 'cgi'\", name='cgi')\n")
    error = refused(one._replace(target=target((3, 13))))
    assert error.next.startswith("Python has cgi no more since 3.13. legacy-cgi on PyPI")


def test_a_python_built_without_sqlite_proves_nothing_about_lambda(tmp_path: Path) -> None:
    proof = proved(alone(tmp_path, "raise ModuleNotFoundError('No module', name='_sqlite3')\n"))
    assert not proof.ran
    assert "was built without _sqlite3" in proof.why_not


def test_writing_anywhere_but_to_tmp_fails_as_on_lambda(tmp_path: Path) -> None:
    error = refused(alone(tmp_path, "import os\nopen('shop.log', 'a')\n"))
    assert "read-only on Lambda" in error.what
    assert "Read-only file system: 'shop.log'" in error.why
    assert "/tmp" in error.next
    assert not (tmp_path / "tree" / "shop.log").exists()
    allowed = (
        "import os, tempfile, sqlite3\n"
        "tempfile.TemporaryFile().write(b'x')\n"
        "os.makedirs('shop', exist_ok=True)\n"
        "with tempfile.TemporaryDirectory() as folder:\n    os.mkdir(folder + '/shop')\n"
        "    open(folder + '/wsgi.py', 'x').close()\n    os.replace(folder + '/wsgi.py', folder + '/b')\n"
        "    open(folder + '/wsgi.py', 'x').close()\n    os.utime(folder + '/b')\n"
        "    try:\n        os.rename(folder + '/b', 'b')\n"
        "    except OSError as error:\n        assert error.errno == 30\n"
        "    else:\n        raise SystemError\n"
        "sqlite3.connect(':memory:').execute('create table t (x)')\n"
        "sqlite3.connect(tempfile.mkstemp()[1]).execute('create table t (x)').connection.close()\n"
        "open(os.devnull, 'w').close()\n"
        "try:\n    os.mkdir('instance')\nexcept OSError as error:\n    assert error.errno == 30\n"
        "else:\n    raise SystemError\n"
    )
    assert proved(candidate(tmp_path / "two", {"wsgi.py": allowed + APP, "shop/__init__.py": ""})).ran


def test_a_database_file_that_cannot_be_made_is_told_with_the_way_out(tmp_path: Path) -> None:
    error = refused(alone(tmp_path, "import sqlite3\nsqlite3.connect('shop.db')\n"))
    assert "unable to open database file" in error.what
    assert "Use a database server" in error.next


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("import sys\nsys.exit('bye')", "The app ended itself while it was imported: SystemExit: bye."),
        ("exit(3)", "The app ended itself while it was imported: SystemExit: 3."),
        ("import os\nos._exit(3)", "The app ended its process with status 3 while it was imported."),
    ],
)
def test_an_app_that_ends_the_process_is_told_so(tmp_path: Path, code: str, what: str) -> None:
    error = refused(alone(tmp_path, f"print('to the end', flush=True)\n{code}\n"))
    assert error.what == what
    assert "  to the end" in error.why
    assert "__main__" in error.next


def test_a_hang_is_ended_and_told_with_the_line_it_hangs_in(tmp_path: Path) -> None:
    files = {"wsgi.py": "import slow\n", "slow.py": "import time\ndef wait():\n    time.sleep(60)\nwait()\n"}
    error = refused(candidate(tmp_path, files), timeout=0.5)
    assert error.what == "The app was still being imported after 0.5 s."
    assert "  slow.py:3 in wait\n  slow.py:4 in <module>\n  wsgi.py:1 in <module>" in error.why


def test_a_crash_in_machine_code_names_the_signal_and_the_distribution(tmp_path: Path) -> None:
    files = {"wsgi.py": "import speedy\n", "speedy.py": "# speedy\nimport ctypes\nctypes.string_at(0)\n"}
    error = refused(candidate(tmp_path, files))
    assert "SIGSEGV" in error.what
    assert "  speedy.py:3 in <module>" in error.why
    assert "another version of speedy" in error.next


def test_processes_that_the_app_leaves_behind_are_ended_and_not_waited_for(tmp_path: Path) -> None:
    code = f"import subprocess\nchild = subprocess.Popen(['sleep', '50'])\nprint(child.pid)\n{APP}"
    one = alone(tmp_path, code + "raise SystemExit\n")
    began = time.monotonic()
    error = refused(one)
    assert time.monotonic() - began < 10
    child = int(error.why.partition("It wrote:\n  ")[2].split()[0])
    for _ in range(100):
        try:
            state = Path(f"/proc/{child}/stat").read_text().split()[2]
        except (FileNotFoundError, ProcessLookupError):
            break
        if state == "Z":
            break
        time.sleep(0.02)
    else:
        pytest.fail("still there")


def test_a_thread_that_runs_on_does_not_keep_the_proof_waiting(tmp_path: Path) -> None:
    code = "import threading, time\nthreading.Thread(target=time.sleep, args=[50]).start()\n"
    began = time.monotonic()
    assert proved(alone(tmp_path, code + APP)).ran
    assert time.monotonic() - began < 10


def test_an_app_that_takes_the_standard_streams_is_no_trouble(tmp_path: Path) -> None:
    code = "import os, sys\nsys.stdout = sys.stderr = None\nos.dup2(os.open(os.devnull, os.O_WRONLY), 2)\n"
    assert proved(alone(tmp_path, code + APP)).ran


def test_machine_code_for_another_machine_is_not_run_and_that_is_no_error(tmp_path: Path) -> None:
    other = target(foreigner=True)
    library = "speedy/_core.cpython-311-other-linux-gnu.so"
    files = {"wsgi.py": "import speedy\n", "speedy/__init__.py": "# speedy\nfrom speedy import _core\n"}
    one = candidate(tmp_path, files, target=other)
    one = one._replace(owners={**one.owners, library: "speedy"})
    proof = proved(one)
    assert not proof.ran
    assert proof.why_not.startswith(f"Machine code for {other.architecture} cannot be run on this ")
    for code in (
        "import speedy._core",
        # Beside the library lies a folder of type hints, which Python takes for a package.
        "import sys, types; sys.modules['speedy._core'] = types.ModuleType('speedy._core')\n"  # noqa: ISC004
        "from speedy._core import fast",
        "raise ImportError('speedy: neither C nor Rust is there') from None",
        "raise OSError('libspeedy.so: invalid ELF header')",
    ):
        (one.tree / "speedy" / "__init__.py").write_text(code)
        assert not proved(one).ran


def test_for_another_machine_too_a_package_that_is_missing_is_an_error(tmp_path: Path) -> None:
    other = target(foreigner=True)
    assert "'yaml'" in refused(alone(tmp_path, "import yaml\n", target=other)).what
    one = alone(tmp_path / "two", "from json import nonsense\n", target=other)
    one = one._replace(owners={**one.owners, "speedy/_core.so": "speedy"})
    assert "cannot import name 'nonsense'" in refused(one).what
    assert proved(alone(tmp_path / "three", APP, target=other)).ran


def test_without_a_python_of_the_target_the_proof_says_how_to_get_one(tmp_path: Path) -> None:
    proof = prove(alone(tmp_path, APP, target=target((3, 14))), None)
    assert not proof.ran
    assert proof.why_not == ("There is no Python 3.14 on this machine. `uv python install 3.14` gets one.")


def test_a_python_that_does_not_start_is_told_so(tmp_path: Path) -> None:
    one = alone(tmp_path, APP)
    with pytest.raises(NotImportable, match="cannot be run"):
        prove(one, tmp_path / "nowhere")
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho broken pipe dream >&2\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(NotImportable, match="does not start") as caught:
        prove(one, broken)
    assert "broken pipe dream" in caught.value.why


def test_a_proof_that_is_left_is_ended(tmp_path: Path) -> None:
    one = alone(tmp_path, "import time\ntime.sleep(60)\n")
    began = time.monotonic()
    with Proving(one, PYTHON):
        pass
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("minor", range(10, 15))
def test_every_python_of_this_machine_proves_the_same(tmp_path: Path, minor: int) -> None:
    python = pythons.find((3, minor))
    if python is None:
        pytest.skip(f"no Python 3.{minor} here")
    files = {"wsgi.py": f"import orm\n{APP}", "orm.py": "# orm\n"}
    proof = prove(candidate(tmp_path, files, target=target((3, minor))), python.path)
    found = {one.module: (one.owner, one.parent) for one in proof.imports}
    assert (found["orm"], found["wsgi"]) == (("orm", "wsgi"), ("", ""))
    broken = candidate(tmp_path / "two", {"wsgi.py": "import os\nos.mkdir('x')\n"}, target=target((3, minor)))
    with pytest.raises(NotImportable) as caught:
        prove(broken, python.path)
    assert caught.value.why.splitlines()[-2:] == ["  wsgi.py:2 in <module>", "    os.mkdir('x')"]


def test_a_process_that_does_not_heed_its_alarm_is_ended_all_the_same(tmp_path: Path) -> None:
    code = "import faulthandler, time\nfaulthandler.cancel_dump_traceback_later()\ntime.sleep(60)\n"
    began = time.monotonic()
    error = refused(alone(tmp_path, code), timeout=0.2)
    assert error.what == "The app was still being imported after 0.2 s."
    assert time.monotonic() - began < 10
