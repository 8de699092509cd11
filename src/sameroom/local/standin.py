"""AWS on this machine: ministack, started by itself when the settings declare something that needs it.

It listens on loopback only and keeps its state in the project's ``.sameroom/aws``: ministack writes that
when it ends (its lifespan shutdown, on SIGTERM) and reads it when it starts (PERSIST_STATE). It is tied
to us by a pipe, so it ends and saves also when we are killed. A second ``sameroom`` of the same project
uses the first one's.
"""

from __future__ import annotations

import asyncio
import fcntl
import importlib.util
import json
import os
import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, NamedTuple

import psutil

from ..errors import StandInError
from ..own import own_folder
from .ending import end
from .ports import free_port

#: Seconds it may take to come up, or to save its state.
SECONDS = 30.0
_TRIES = 3
_LAST_LINES = 12


class Address(NamedTuple):
    """Where a running stand-in answers, whose it is, and its own process."""

    endpoint: str
    owner: int
    pid: int


class StandIn:
    """One stand-in in use: ours to end, or another sameroom's that we share."""

    def __init__(self, address: Address, process: asyncio.subprocess.Process | None, folder: Path) -> None:
        self.address = address
        self._process = process
        self._folder = folder
        self._closing = False

    @property
    def endpoint(self) -> str:
        return self.address.endpoint

    @property
    def shared(self) -> bool:
        """It belongs to another sameroom, and ends with that."""
        return self._process is None

    async def died(self) -> StandInError:
        """Wait until it has ended without being asked to, and say so."""
        if self._process is not None:
            status = await self._process.wait()
            if self._closing:
                await asyncio.Event().wait()
            why = f"Its process ended with status {status}. Its last words:\n{_last_words(self._folder)}"
        else:
            while psutil.pid_exists(self.address.pid):
                await asyncio.sleep(0.5)
            why = f"It belonged to the sameroom with pid {self.address.owner}, which has ended."
        return StandInError(
            "The local AWS stand-in has gone.", why=why, next="Stop sameroom and start it again."
        )

    async def close(self) -> None:
        """End it, if it is ours; returns when its state is on disk."""
        if self._process is None or self._closing:
            return
        self._closing = True
        await end(self._process, SECONDS)
        shutil.rmtree(self._folder / "tmp", ignore_errors=True)


async def start(project: Path, *, region: str) -> StandIn:
    """The stand-in of the project in this folder; ready to answer when this returns.

    :raises StandInError: it is not installed, or does not come up.
    """
    if importlib.util.find_spec("ministack") is None:
        raise StandInError(
            "The settings declare tables, and nothing here can stand in for DynamoDB.",
            why="ministack is not installed.",
            next="Install it: python -m pip install 'sameroom[local]'",
        )
    try:
        folder = own_folder(project, "aws")
        (folder / "state").mkdir(exist_ok=True)
    except OSError as error:
        raise StandInError(
            f"The local AWS stand-in cannot keep its data in {project}.",
            why=f"{error}.",
            next="Make the project's folder writable.",
        ) from error
    give_up = time.monotonic() + SECONDS
    with (folder / "lock").open("a+") as lock:
        while not _locked(lock):
            address = _written(lock)
            if address and psutil.pid_exists(address.owner) and await _answers(address.endpoint):
                return StandIn(address, None, folder)
            if time.monotonic() > give_up:
                raise _stuck(folder, address)
            await asyncio.sleep(0.05)
        # The child keeps the lock too: it is free only when the state has been written.
        return await _started(folder, lock, region)


async def _started(folder: Path, lock: IO[str], region: str) -> StandIn:
    for _ in range(_TRIES):
        port = free_port()
        process = await _launched(folder, lock, port, region)
        endpoint = f"http://127.0.0.1:{port}"
        address = Address(endpoint, os.getpid(), process.pid)
        give_up = time.monotonic() + SECONDS
        while process.returncode is None and time.monotonic() < give_up:
            if await _answers(endpoint):
                lock.seek(0)
                lock.truncate()
                lock.write(json.dumps(address._asdict()))
                lock.flush()
                return StandIn(address, process, folder)
            await asyncio.sleep(0.02)
        await StandIn(address, process, folder).close()
        if "in use" not in _last_words(folder):
            break
    raise StandInError(
        "The local AWS stand-in did not come up.",
        why=f"ministack's last words:\n{_last_words(folder)}",
        next=f"If its state is damaged, remove {folder} (this deletes the local data).",
    )


async def _launched(folder: Path, lock: IO[str], port: int, region: str) -> asyncio.subprocess.Process:
    temporary = folder / "tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    with (folder / "log").open("wb") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "sameroom.local.tied", "ministack.app:main"),
            stdin=asyncio.subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=folder,
            env=_environment(folder, port, region, os.environ),
            pass_fds=(lock.fileno(),),
            # Ctrl-C is for us: we end it last, when the app no longer needs it.
            start_new_session=True,
        )


def _environment(folder: Path, port: int, region: str, ours: Mapping[str, str]) -> dict[str, str]:
    """ministack reads its settings from many plain names, so it gets little of our own environment."""
    kept = {
        name: ours[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH", "VIRTUAL_ENV") if name in ours
    }
    return {
        **kept,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": region,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(folder / "state"),
        "TMPDIR": str(folder / "tmp"),
        "LOG_LEVEL": "WARNING",
        # Two listeners of other protocols that it would open on fixed ports.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
    }


async def _answers(endpoint: str) -> bool:
    port = int(endpoint.rpartition(":")[2])
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(b"GET /_ministack/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return (await asyncio.wait_for(reader.readline(), 5)).split(b" ")[1:2] == [b"200"]
    except (OSError, TimeoutError, asyncio.TimeoutError):
        return False
    finally:
        writer.close()


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _written(lock: IO[str]) -> Address | None:
    lock.seek(0)
    try:
        return Address(**json.loads(lock.read()))
    except (ValueError, TypeError):
        return None


def _stuck(folder: Path, address: Address | None) -> StandInError:
    return StandInError(
        "The local AWS stand-in of this project is neither usable nor gone.",
        why=f"{folder / 'lock'} is held{f' by pid {address.pid}' if address else ''}.",
        next="End that process and try again.",
    )


def _last_words(folder: Path) -> str:
    try:
        lines = (folder / "log").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(line for line in lines[-_LAST_LINES:] if line.strip())
