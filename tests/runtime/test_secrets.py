"""``secret``, ``load_secrets`` and ``check_secrets``, as an app uses them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.parameter_store import PATH, FakeParameterStore, parameter_store

import sameroom
from sameroom.runtime.parameters import ParameterStore
from sameroom.runtime.secrets import load_secrets, source_of
from sameroom.runtime.secrets_file import SecretsFile

SRC = str(Path(sameroom.__file__).parent.parent)


@pytest.fixture
def fake() -> Iterator[FakeParameterStore]:
    with parameter_store(TOKEN="hunter2", URL="https://example.com") as running:
        yield running


def run(code: str, environ: dict[str, str], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """``code`` in a process of its own that knows no other variables."""
    command = [sys.executable, "-W", "error", "-c", code]
    told = {"PYTHONPATH": SRC, "PATH": os.defpath, **environ}
    return subprocess.run(command, env=told, cwd=folder, capture_output=True, text=True, timeout=60)


def on_aws(fake: FakeParameterStore, names: str = "TOKEN,URL", **more: str) -> dict[str, str]:
    """What the template sets, and Lambda."""
    told = {"SAMEROOM_SECRETS": names, "SAMEROOM_SECRETS_PATH": PATH, "AWS_LAMBDA_FUNCTION_NAME": "shop"}
    return fake.environ(**told, **more)


def test_on_aws_an_app_has_its_secrets_in_its_config_after_one_call(fake: FakeParameterStore) -> None:
    code = """
from flask import Flask
from sameroom import load_secrets, secret
app = Flask("shop")
load_secrets(app)
print(app.config["TOKEN"], app.config["URL"], secret("TOKEN"))
"""
    ended = run(code, on_aws(fake))
    assert ended.stdout == "hunter2 https://example.com hunter2\n", ended.stderr
    assert fake.calls == [["TOKEN", "URL"]]


def test_an_app_that_lacks_secrets_says_at_its_start_which_ones(fake: FakeParameterStore) -> None:
    code = "from sameroom import check_secrets\ncheck_secrets()"
    ended = run(code, on_aws(fake, "TOKEN,KEY,OTHER"))
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith(
        "sameroom.runtime.errors.SecretMissing: No value in Parameter Store: /sameroom/shop/KEY, "
        "/sameroom/shop/OTHER. Set each"
    )
    assert "hunter2" not in ended.stderr


def test_some_alone_can_be_checked_and_loaded(fake: FakeParameterStore) -> None:
    code = """
from sameroom import check_secrets, load_secrets
check_secrets("TOKEN")
config = {"A": 1}
load_secrets(config, "TOKEN")
print(config)
"""
    ended = run(code, on_aws(fake, "TOKEN,KEY"))
    assert ended.stdout == "{'A': 1, 'TOKEN': 'hunter2'}\n", ended.stderr


def test_only_something_with_a_config_can_be_filled() -> None:
    with pytest.raises(TypeError, match="an app with a config, or a mapping, and got str"):
        load_secrets("app")  # type: ignore[arg-type]


def test_on_a_laptop_the_same_app_reads_variables_and_its_file(tmp_path: Path) -> None:
    (tmp_path / ".sameroom").mkdir()
    (tmp_path / ".sameroom" / "secrets.env").touch(0o600)
    (tmp_path / ".sameroom" / "secrets.env").write_text("TOKEN='local'\n")
    code = "from sameroom import secret\nprint(secret('TOKEN'), secret('URL'))"
    ended = run(code, {"URL": "http://localhost"}, tmp_path)
    assert ended.stdout == "local http://localhost\n", ended.stderr
    lacking = run(code, {}, tmp_path)
    assert "No value on this machine: URL." in lacking.stderr
    assert "sameroom secrets set --local URL" in lacking.stderr


def test_the_source_is_parameter_store_where_its_path_is_known(tmp_path: Path) -> None:
    store = source_of({"SAMEROOM_SECRETS": "A, B", "SAMEROOM_SECRETS_PATH": "/sameroom/shop"})
    assert isinstance(store, ParameterStore)
    assert (store.declared, repr(store)) == (("A", "B"), "<secrets below /sameroom/shop/: A, B>")
    told = source_of({"SAMEROOM_SECRETS": "", "SAMEROOM_SECRETS_FILE": str(tmp_path / "x.env")})
    assert isinstance(told, SecretsFile)
    assert (told.declared, told.path) == ((), str(tmp_path / "x.env"))
    on_lambda = source_of({"AWS_LAMBDA_FUNCTION_NAME": "shop", "TOKEN": "x"})
    with pytest.raises(sameroom.runtime.errors.SecretMissing, match="Not declared"):
        on_lambda.value("TOKEN")


def test_an_app_without_secrets_loads_none_of_this(tmp_path: Path) -> None:
    code = """
import json, sys, sameroom.runtime.handler
from sameroom import make_handler
handler = make_handler(lambda environ, start: (start("200 OK", []), [b"hello"])[1], access_log=False)
event = {"version": "2.0", "rawPath": "/", "rawQueryString": "", "headers": {}, "isBase64Encoded": False,
         "routeKey": "$default",
         "requestContext": {"http": {"method": "GET", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "1"},
                            "domainName": "a", "stage": "$default", "requestId": "r", "apiId": "a"}}
assert handler(event)["statusCode"] == 200
print(json.dumps([name for name in sys.modules if name.startswith("sameroom.")]))
"""
    ended = run(code, {"SAMEROOM_SECRETS": "TOKEN", "SAMEROOM_SECRETS_PATH": PATH}, tmp_path)
    loaded = {name.rpartition(".")[2] for name in json.loads(ended.stdout)}
    assert not loaded & {"secrets", "parameters", "secrets_file", "aws_json", "sigv4", "credentials"}


SNAPSHOT = """
import snapshot_restore_py as hooks
from sameroom import load_secrets, secret
config = {}
load_secrets(config)
print(config["TOKEN"], flush=True)
input()
for function, args, kwargs in hooks.get_after_restore():
    function(*args, **kwargs)
print(config["TOKEN"], secret("TOKEN"))
"""


@pytest.mark.parametrize("down", [False, True])
def test_a_restored_snapshot_reads_its_secrets_again(fake: FakeParameterStore, down: bool) -> None:
    pytest.importorskip("snapshot_restore_py")
    told = {"PYTHONPATH": SRC, **on_aws(fake, AWS_LAMBDA_INITIALIZATION_TYPE="snap-start")}
    with subprocess.Popen(
        [sys.executable, "-c", SNAPSHOT],
        env=told,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        said: Any = process.stdout
        assert said.readline() == "hunter2\n"
        fake.values[f"{PATH}TOKEN"] = "rotated"
        if down:
            fake.keys = set()
        rest, errors = process.communicate("\n", timeout=30)
    assert rest == ("hunter2 hunter2\n" if down else "rotated rotated\n"), errors
    if down:
        assert "those of" in errors
        assert "hunter2" not in errors
    else:
        assert len(fake.calls) == 2
