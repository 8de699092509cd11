"""AWS for the tests: a ministack of our own on loopback, and requests to what was deployed on it.

The fixtures ``stand``, ``guarded_stand`` and ``message_zip`` are in ``fakes.stands``.
"""

from __future__ import annotations

import http.client
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError
from urllib.parse import urlsplit

import boto3
import botocore.loaders
import botocore.session

from sameroom.aws.cloud import TRIES, Cloud
from sameroom.local.ports import free_port

REGION = "eu-west-1"
#: The account that ministack puts everybody in whose access key is not twelve digits.
ACCOUNT = "000000000000"
_SECONDS = 30.0
_numbers = itertools.count(1)
#: boto3 reads a service's description once for all the clouds of a run, which takes a third of a second.
_loader = botocore.loaders.create_loader()


class Stand:
    """A running ministack. With ``guarded`` it asks IAM at every call, those of functions too; the key "test"
    is its root's."""

    def __init__(self, *, guarded: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sameroom-stand-"))
        port = free_port()
        self.endpoint = f"http://127.0.0.1:{port}"
        (self.folder / "tmp").mkdir()
        with (self.folder / "log").open("wb") as log:
            # Tied to our life by the pipe: it ends when pytest does, however that ends.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sameroom.local.tied", "ministack.app:main"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=self._settings(port, guarded),
                start_new_session=True,
            )
        self._wait_until_ready()

    def cloud(self, region: str = REGION, *, account: str = "") -> Cloud:
        """The account's root; another account than ACCOUNT is named by its twelve digits."""
        return cloud_at(self.endpoint, region, key=account or "test")

    def environ(self, region: str = REGION) -> dict[str, str]:
        """Variables of a process that shall see this stand, and nothing of the person's own AWS."""
        return environ_at(self.endpoint, region)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        """What ministack wrote."""
        return (self.folder / "log").read_text(errors="replace")

    def _settings(self, port: int, guarded: bool) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {
            **kept,
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "MINISTACK_REGION": REGION,
            "PERSIST_STATE": "0",
            "TMPDIR": str(self.folder / "tmp"),
            "LOG_LEVEL": "WARNING",
            "AUTH": "true" if guarded else "false",
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
        }

    def _wait_until_ready(self) -> None:
        give_up = time.monotonic() + _SECONDS
        while time.monotonic() < give_up and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.endpoint}/_ministack/ready", timeout=5) as said:
                    if said.status == 200:
                        return
            except (URLError, OSError):
                time.sleep(0.05)
        words = self.log()
        self.close()
        raise AssertionError(f"ministack did not come up:\n{words}")


class Reply(NamedTuple):
    """What a deployed app answered; ``headers`` by lower-case name, the last of a name."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def cloud_at(endpoint: str, region: str = REGION, *, key: str = "test", tries: int = TRIES) -> Cloud:
    """A Cloud at ``endpoint`` that knows nothing of the environment: a stand's, or a toll's before it. Fewer
    ``tries`` save the pauses between them: six take 15 seconds."""
    own = botocore.session.Session()
    for name in ("profile", "config_file", "credentials_file"):
        own.session_var_map[name] = (None, None, None, None)
    own.register_component("data_loader", _loader)
    # boto3 finds the endpoint in a profile, as it would in AWS_ENDPOINT_URL.
    own._profile_map = {"default": {"endpoint_url": endpoint}}  # type: ignore[attr-defined]
    session = boto3.session.Session(key, "test", botocore_session=own, region_name=region)
    return Cloud(session, region, tries)


def environ_at(endpoint: str, region: str = REGION) -> dict[str, str]:
    """Variables of a process that shall see ``endpoint``, and nothing of the person's own AWS."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def fresh_name(prefix: str = "shop") -> str:
    """A stack's name that no other test of this run has."""
    return f"{prefix}-{next(_numbers)}"


def answer(
    stand: Stand,
    where: str | Mapping[str, str],
    path: str = "/",
    method: str = "GET",
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """What the app behind an HTTP API, REST API, Function URL, ALB or CloudFront answers. ``where`` is the
    URL as AWS would have it, or a stack's outputs with ``Url`` in them."""
    url = urlsplit(where if isinstance(where, str) else where["Url"])
    at = urlsplit(stand.endpoint)
    host = url.hostname or ""
    if ".execute-api." in host:
        host = f"{host.partition('.')[0]}.execute-api.localhost:{at.port}"
    connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=60)
    try:
        connection.request(
            method, url.path.rstrip("/") + path, body or None, {"Host": host, **(headers or {})}
        )
        said = connection.getresponse()
        return Reply(said.status, {name.lower(): value for name, value in said.getheaders()}, said.read())
    finally:
        connection.close()
