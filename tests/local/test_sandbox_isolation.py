"""What a sandbox can see, write and know of the machine it runs on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.lambda_pools import APP, BOOTSTRAP, Log, config, do, result

from sameroom.errors import SandboxError
from sameroom.local.sandboxes import function, jail
from sameroom.local.sandboxes.function import FunctionConfig, Interpreter
from sameroom.local.sandboxes.pool import Pool

SRC = Path(jail.__file__).parents[2]


def _jail_works() -> bool:
    """Whether this host allows jails at all; asked without the code under test."""
    flags = ["-m"] if os.geteuid() == 0 else ["-U", "-m"]
    try:
        return subprocess.run(["unshare", *flags, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


needs_jail = pytest.mark.skipif(not _jail_works(), reason="this host forbids namespaces")


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder outside of /tmp, which every jail can see."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        yield Path(folder)


@needs_jail
@pytest.mark.anyio
@pytest.mark.parametrize("place", ["tmp_path", "elsewhere"])
async def test_code_is_read_only_and_tmp_is_not(request: pytest.FixtureRequest, place: str) -> None:
    root: Path = request.getfixturevalue(place)
    (root / "app.py").write_text((APP / "handlers.py").read_text())
    log = Log()
    paths = [f"{root}/app.py", f"{root}/new", "/tmp/new", "/var/tmp/new", "/etc/new"]
    async with Pool(config(root, "app.handler"), log) as pool:
        came = result(await do(pool, "write", {"paths": paths}))
    assert came.pop("/tmp/new") == ""
    assert set(came.values()) <= {"OSError: Read-only file system", "PermissionError: Permission denied"}
    assert came[f"{root}/new"] == "OSError: Read-only file system"
    assert not (root / "__pycache__").exists()
    assert not Path("/tmp/new").exists()
    assert log.texts("notice") == []


@needs_jail
@pytest.mark.anyio
async def test_tmp_is_empty_sized_and_each_sandboxs_own(elsewhere: Path) -> None:
    (elsewhere / "app.py").write_text((APP / "handlers.py").read_text())
    with tempfile.NamedTemporaryFile(dir="/tmp"):
        async with Pool(
            config(elsewhere, "app.handler", tmp_size=64, bootstrap=_copied_to(elsewhere)), Log()
        ) as pool:
            seen = result(await do(pool, "look"))
            assert seen["tmp_size"] == 64 * 1024 * 1024
            hidden = set(os.listdir("/tmp")) & set(seen["tmp"])
            assert all(Path("/tmp", name).is_dir() for name in hidden)
            assert not any(name.startswith(("tmp", "sameroom")) for name in hidden)
            await do(pool, "write", {"paths": ["/tmp/mine"]})
            assert "mine" in result(await do(pool, "look"))["tmp"]
            await do(pool, "leave_at_once", {"status": 1})
            assert "mine" not in result(await do(pool, "look"))["tmp"]


def _copied_to(folder: Path) -> Path:
    copy = folder / "bootstrap.py"
    copy.write_text(BOOTSTRAP.read_text())
    return copy


@needs_jail
@pytest.mark.anyio
async def test_bytecode_is_kept_in_the_one_folder_that_stays_writable(tmp_path: Path) -> None:
    cache, log = tmp_path / "bytecode", Log()
    async with Pool(config(bytecode=cache), log) as pool:
        came = result(await do(pool, "write", {"paths": [f"{cache}/new", f"{tmp_path}/new"]}))
    assert list(cache.rglob("handlers.*.pyc"))
    assert (cache / "new").exists()
    assert came[f"{cache}/new"] == ""
    assert not (tmp_path / "new").exists()
    assert log.texts("notice") == []


@pytest.mark.anyio
async def test_the_environment_is_lambdas_and_the_apps_own_and_nothing_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the developer's")
    monkeypatch.setenv("PYTHONSTARTUP", "/nowhere")
    async with Pool(config(environment={"TABLE": "messages"}, name="shop", memory=256), Log()) as pool:
        seen = result(await do(pool, "look"))
    environ = seen["environ"]
    # Python's own doing where en_US.UTF-8 is not installed (PEP 538).
    environ.pop("LC_CTYPE", None)
    assert set(environ) == {
        *("PATH", "LANG", "TZ", "PYTHONPATH", "TABLE", "_HANDLER", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"),
        *("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_RUNTIME_API"),
        *("AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"),
        *("AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"),
    }
    assert environ["TZ"] == ":UTC"
    assert environ["_HANDLER"] == "handlers.handler"
    assert environ["AWS_EXECUTION_ENV"] == f"AWS_Lambda_python3.{sys.version_info[1]}"
    assert environ["AWS_LAMBDA_LOG_GROUP_NAME"] == "/aws/lambda/shop"
    assert environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert seen["cwd"] == environ["LAMBDA_TASK_ROOT"] == str(APP)
    assert seen["stdin"] == ""
    assert [name.rpartition("/")[2].partition(":")[0] for name in seen["open"] if ":" in name] == ["socket"]
    assert seen["user"] == os.getuid()
    assert len(set(seen["session"])) == 1
    assert Path(seen["sameroom"]).parent.name == "sameroom"
    assert Path(seen["sameroom"]).is_relative_to(environ["LAMBDA_RUNTIME_DIR"])


@pytest.mark.anyio
async def test_an_interpreter_without_our_package_runs_our_runtime(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("def handler(event, context):\n    return context.aws_request_id\n")
    bare = sys._base_executable  # type: ignore[attr-defined]
    assert subprocess.run([bare, "-I", "-c", "import sameroom"], capture_output=True, check=False).returncode
    async with Pool(config(tmp_path, "app.handler", bootstrap=None, python=bare), Log()) as pool:
        assert result(await pool.invoke(b"{}", request_id="id-1")) == "id-1"


@pytest.mark.anyio
async def test_the_event_comes_with_the_headers_that_aws_sends() -> None:
    async with Pool(config(name="shop", region="eu-north-1"), Log()) as pool:
        headers = result(await do(pool, "look"))["headers"]
    assert headers["lambda-runtime-aws-request-id"] == "8f5e6a2b-4a0e-4d0c-9d5b-2f8f5f0c1a11"
    assert (
        headers["lambda-runtime-invoked-function-arn"]
        == "arn:aws:lambda:eu-north-1:123456789012:function:shop"
    )
    assert headers["content-type"] == "application/json"
    root, parent, sampled = headers["lambda-runtime-trace-id"].split(";")
    assert root.startswith("Root=1-")
    assert len(parent) == len("Parent=") + 16
    assert sampled == "Sampled=0"


@needs_jail
def test_a_plain_user_gets_a_jail_through_a_user_namespace_and_cannot_undo_it() -> None:
    program = f"""
import ctypes, json, os, sys
sys.path.insert(0, {str(SRC)!r})
from sameroom.local.sandboxes import jail
if os.getuid() == 0:
    os.setgroups([]); os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)
    jail.prctl(4, 1)  # a process that changed its user may write its own maps only when dumpable
user = os.getuid()
jail.enter(jail.View(64))
def tried(path):
    try:
        open(path, "w").close()
        return ""
    except OSError as problem:
        return os.strerror(problem.errno)
said = {{"same user": os.getuid() == user, "tmp": tried("/tmp/x"), "var tmp": tried("/var/tmp/x")}}
os.execv("/bin/sh", ["sh", "-c", "mount -o remount,rw / || echo no; echo '" + json.dumps(said) + "'"])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "no" in done.stdout.splitlines()
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "same user": True,
        "tmp": "",
        "var tmp": "Read-only file system",
    }


@needs_jail
@pytest.mark.skipif(os.geteuid() != 0, reason="makes its namespace as root")
def test_mounts_can_be_made_read_only_one_by_one_on_an_old_kernel() -> None:
    program = f"""
import ctypes, os, sys
sys.path.insert(0, {str(SRC)!r})
from sameroom.local.sandboxes import jail
libc = ctypes.CDLL(None)
libc.unshare(jail.CLONE_NEWNS); libc.mount(b"none", b"/", None, jail.MS_REC | jail.MS_PRIVATE, None)
jail.remount_each_read_only()
for path in ("/var/tmp/x", "/dev/shm/x"):
    try:
        open(path, "w").close()
        print(path, "written")
    except OSError as problem:
        print(os.strerror(problem.errno))
open("/dev/null", "w").write("x")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["Read-only file system"] * 2


@pytest.mark.anyio
async def test_an_app_that_lies_in_tmp_itself_runs_without_a_jail_and_one_notice_says_so() -> None:
    log = Log()
    async with Pool(
        config(Path("/tmp"), "handlers.handler", environment={"PYTHONPATH": str(APP)}), log
    ) as pool:
        for _ in range(2):
            result(await do(pool, "echo"))
            await do(pool, "leave_at_once", {"status": 1})
    (notice,) = log.texts("notice")
    assert "without isolation" in notice
    assert "/tmp itself must stay in sight" in notice


@pytest.mark.anyio
async def test_isolation_can_be_switched_off(tmp_path: Path) -> None:
    log = Log()
    path = str(tmp_path / "new")
    async with Pool(config(isolate=False), log) as pool:
        assert result(await do(pool, "write", {"paths": [path]})) == {path: ""}
    assert log.texts("notice") == []


def test_folders_inside_others_are_bound_once() -> None:
    nested = ["/tmp/a/b", "/tmp/a", "/tmp/ab", "/usr", "/tmp/missing"]
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        for name in ("a/b", "ab"):
            os.makedirs(f"{folder}/{name}")
        assert jail.under_tmp([path.replace("/tmp", folder) for path in nested]) == [
            f"{folder}/a",
            f"{folder}/ab",
        ]


def test_the_interpreter_is_asked_what_it_is() -> None:
    path = sys._base_executable  # type: ignore[attr-defined]
    found = function.examine(path)
    assert found.version == sys.version_info[:2]
    assert sys.base_prefix in found.folders


def test_a_file_that_is_no_python_is_named_with_what_to_do(tmp_path: Path) -> None:
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\necho broken >&2\nexit 1\n")
    fake.chmod(0o755)
    for path in (fake, tmp_path / "missing"):
        with pytest.raises(SandboxError, match="does not run as a Python interpreter"):
            function.examine(str(path))


def test_the_runtimes_command_lines() -> None:
    python = Interpreter("/venv/bin/python", (3, 13), ())
    assert function.command(FunctionConfig(APP), python) == (
        "/venv/bin/python",
        "-m",
        "sameroom.runtime.loop",
    )
    assert function.command(FunctionConfig(APP, runtime="ric", handler="a.b"), python) == (
        "/venv/bin/python",
        "-m",
        "awslambdaric",
        "a.b",
    )


def test_the_apps_own_variables_win_but_never_hide_sameroom() -> None:
    python = Interpreter("/venv/bin/python", (3, 13), ())
    own = {"PYTHONPATH": "/lib/mine", "AWS_REGION": "eu-west-1", "AWS_LAMBDA_RUNTIME_API": "elsewhere"}
    found = function.environment(FunctionConfig(APP, environment=own), python, Path("/l"), "127.0.0.1:1")
    assert found["PYTHONPATH"] == "/lib/mine:/l"
    assert found["AWS_REGION"] == "eu-west-1"
    assert found["AWS_LAMBDA_RUNTIME_API"] == "127.0.0.1:1"
    assert found["PATH"].startswith("/venv/bin:")
