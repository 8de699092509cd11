"""A PostgreSQL server of the tests' own: on loopback and a socket, with TLS, ended at the end.

def test_something(postgres: Postgres) -> None:
    url = postgres.database()          # "postgresql://postgres:postgres@127.0.0.1:43210/t1", empty
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

#: What all roles of the server have to say, over TCP.
PASSWORD = "p@ss:w/rd"
QUOTED = "p%40ss%3Aw%2Frd"
_SECONDS = 30.0


def binaries() -> Path | None:
    """Where initdb and postgres are, which Debian keeps off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    named = shutil.which("initdb")
    return found[-1].parent if found else Path(named).parent if named else None


class Postgres:
    """One server, that can be stopped and started again."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder, self._data = programs, folder, folder / "data"
        self._user = _somebody()
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        if self._user is not None:
            shutil.chown(folder, self._user)
        # The port's number is part of the socket's name, and free when the server starts.
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        said = folder / "password"
        said.write_text(PASSWORD)
        if self._user is not None:
            shutil.chown(said, self._user)
        self._run("initdb", "-D", self._data, "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C",
                  "--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={said}")  # fmt: skip
        self._certify()
        self.start()

    def start(self) -> None:
        """Start it; returns when it answers."""
        options = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self._folder,
            "fsync": "off", "full_page_writes": "off", "max_connections": 60,
            "ssl": "on", "shared_buffers": "16MB",
        }  # fmt: skip
        said = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, *said],
                stdout=log, stderr=log, cwd=self._folder, user=self._user, group=self._group(),
                extra_groups=() if self._user else None, env={"PATH": os.defpath, "LANG": "C"},
            )  # fmt: skip
        give_up = time.monotonic() + _SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError((self._folder / "log").read_text()[-2000:])
            time.sleep(0.02)

    def stop(self, how: str = "fast") -> None:
        """End it: "fast" tells its clients, "immediate" does not."""
        if self._process is not None:
            self._process.send_signal({"fast": 2, "immediate": 3}[how])
            self._process.wait(_SECONDS)
            self._process = None

    def restart(self, how: str = "fast") -> None:
        self.stop(how)
        self.start()

    def database(self) -> str:
        """The URL of a database that is new and empty; its password needs quoting."""
        name = f"t{next(self._numbers)}"
        self.do(f'CREATE DATABASE "{name}"')
        return f"postgresql://postgres:{QUOTED}@127.0.0.1:{self.port}/{name}"

    def do(self, *statements: str, database: str = "postgres") -> list[Any]:
        """Run statements as the administrator; the rows of the last."""
        import psycopg

        rows: list[Any] = []
        with psycopg.connect(self._local(database), autocommit=True) as connection:
            for one in statements:
                cursor = connection.execute(one.encode())
                rows = cursor.fetchall() if cursor.description else []
        return rows

    def end_connections(self, name: str) -> int:
        """End all connections to the database, as an administrator does; how many. They are gone then."""
        asked = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
        return len(self.do(asked))

    def connections(self, name: str) -> list[tuple[int, str]]:
        """Process and state of each connection to the database."""
        asked = f"SELECT pid, state FROM pg_stat_activity WHERE datname = '{name}' ORDER BY pid"
        return self.do(asked)

    @property
    def certificate(self) -> Path:
        """Its own, signed by itself, for 127.0.0.1, RDS and DSQL hosts."""
        return self._folder / "server.crt"

    def _local(self, database: str) -> str:
        return f"host={self._folder} port={self.port} user=postgres dbname={database}"

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self._local("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _group(self) -> int | None:
        return None if self._user is None else pwd.getpwnam(self._user).pw_gid

    def _run(self, program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [self._programs / program, *arguments], check=True, capture_output=True, cwd=self._folder,
            user=self._user, group=self._group(), extra_groups=() if self._user else None,
            env={"PATH": os.defpath, "LANG": "C"}, timeout=_SECONDS,
        )  # fmt: skip

    def _certify(self) -> None:
        names = "IP:127.0.0.1,DNS:*.dsql.eu-west-1.on.aws,DNS:*.cluster-abc123.eu-west-1.rds.amazonaws.com"
        key, certificate = self._data / "server.key", self._data / "server.crt"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-days", "2", "-subj", "/CN=tests", "-addext", f"subjectAltName={names}",
             "-keyout", key, "-out", certificate],
            check=True, capture_output=True,
        )  # fmt: skip
        key.chmod(0o600)
        shutil.copy(certificate, self.certificate)
        if self._user is not None:
            for file in (key, certificate):
                shutil.chown(file, self._user, self._group())


def _somebody() -> str | None:
    """Whom root runs the server as, which refuses root."""
    if os.geteuid():
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One server for the run."""
    programs = binaries()
    if programs is None:
        pytest.skip("there is no PostgreSQL server here: apt-get install postgresql")
    pytest.importorskip("psycopg", reason="there is no driver for PostgreSQL here")
    # Not below pytest's own folders, which are for root's eyes, and short, for the socket's name.
    folder = Path(tempfile.mkdtemp(prefix="sameroom-pg-", dir="/tmp"))
    folder.chmod(0o755)
    running = Postgres(programs, folder)
    yield running
    running.stop("immediate")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres(postgres_server: Postgres) -> Postgres:
    """The server, running."""
    return postgres_server
