"""The offline river into the online one: the message API, from its lock file to an answer of its zip."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import httpx
import pytest
from fakes.dev_process import dev, sameroom

EXAMPLE = Path(__file__).parents[2] / "examples" / "messages"
HERE = "python{}.{}".format(*sys.version_info[:2])
MACHINE = {"aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)


@pytest.mark.slow
def test_the_message_api_answers_from_its_own_zip_under_awss_client(tmp_path: Path) -> None:
    folder = tmp_path / "messages"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".sameroom", "__pycache__", ".*_cache"))
    built = sameroom(folder, "build", "--json", "--runtime", HERE, "--architecture", MACHINE)
    if built.returncode and ("reach" in built.stderr or "fetch" in built.stderr):
        pytest.skip("no index can be reached from here")
    assert built.returncode == 0, built.stderr
    report = json.loads(built.stdout)
    assert report["proof"]["ran"]
    assert report["lock"] == "requirements.txt"
    assert "boto3" not in {part["name"] for part in report["parts"]}
    with dev(folder, "--artifact", "--port", "0") as running:
        url = running.url
        created = httpx.post(f"{url}/message", json={"text": "from the zip"}, timeout=20)
        assert created.status_code == 201, running.output
        message = created.json()["message"]["message_id"]
        assert "from the zip" in httpx.get(f"{url}/message/{message}", timeout=20).text
    assert ".zip" in running.output
