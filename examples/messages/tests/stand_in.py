"""A DynamoDB that runs on this machine: ministack, on a free loopback port."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import boto3

TABLE = Path(__file__).parent.parent / "table.json"
#: Seconds.
START, STOP = 60, 10
#: For the app and for us: no account, and nothing of this machine's own AWS settings.
NOBODY = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_REGION": "eu-central-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


class StandIn(NamedTuple):
    """Where it listens."""

    url: str


@contextmanager
def running(folder: Path) -> Iterator[StandIn]:
    """ministack, with its files and its log in ``folder``."""
    port = free_port()
    environment = {
        **os.environ,
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "TMPDIR": str(folder),
    }
    with process([sys.executable, "-m", "ministack"], folder, environment) as child:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(f"{url}/_ministack/health"), child, folder / "log")
        yield StandIn(url)


@contextmanager
def table(stand_in: StandIn) -> Iterator[dict[str, str]]:
    """A new table, as table.json describes it; the environment that leads the app to it."""
    name = f"messages-{uuid4().hex}"
    client = boto3.client(
        "dynamodb",
        endpoint_url=stand_in.url,
        region_name=NOBODY["AWS_REGION"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    client.create_table(**{**json.loads(TABLE.read_text()), "TableName": name})
    try:
        yield {**NOBODY, "AWS_ENDPOINT_URL": stand_in.url, "DDB_TABLE_NAME": name}
    finally:
        client.delete_table(TableName=name)
        client.close()


@contextmanager
def process(
    command: list[str], folder: Path, environment: Mapping[str, str], cwd: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that does not outlive the ``with``; what it says is in ``folder / "log"``."""
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(
            command, env=dict(environment), cwd=cwd or folder, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield child
        finally:
            child.terminate()
            try:
                child.wait(STOP)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def wait_until(is_so: Callable[[], bool], child: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for something a starting process will make true."""
    end = time.monotonic() + START
    while not is_so():
        if child.poll() is not None or time.monotonic() > end:
            raise AssertionError(f"{child.args!r} did not come up:\n{log.read_text(errors='replace')}")
        time.sleep(0.05)


def answers(url: str) -> bool:
    """Whether a GET of ``url`` gives 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
