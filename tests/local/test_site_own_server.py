"""The front end's own server behind ours: HTTP, streams, WebSockets, and what becomes of it when it fails."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import httpx
import psutil
from fakes.door_site import Echo, Site, response, until
from fakes.door_site import site as served_site
from fakes.front_end import Heard, server_command

from sameroom.local.http import Entrance
from sameroom.local.site import Front
from sameroom.project.services import Site as Settings

UPGRADE = (
    b"GET /hmr HTTP/1.1\r\nHost: localhost:5173\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def front(folder: Path, heard: Heard, delay: float = 0.0) -> Front:
    settings = Settings(folder="web", dev=server_command(folder, delay))
    return Front(folder, settings, "", heard)


def url(place: Site, path: str) -> str:
    return f"http://127.0.0.1:{place.port}{path}"


def read(client: socket.socket, length: int) -> bytes:
    received = b""
    while len(received) < length:
        data = client.recv(length - len(received))
        assert data, received
        received += data
    return received


def test_requests_wait_for_its_start_and_what_is_the_apps_goes_to_the_app(tmp_path: Path) -> None:
    heard = Heard()
    with served_site(Entrance(), Echo(), front=front(tmp_path, heard, 0.5)) as place:
        assert httpx.get(url(place, "/api/x")).json()["rawPath"] == "/api/x"
        assert heard.ready == []
        told = httpx.post(url(place, "/src/a.ts?t=1"), content="körper").json()
        assert told["method"] == "POST"
        assert told["path"] == "/src/a.ts?t=1"
        assert told["body"] == "körper"
        assert (told["host"], told["for"]) == (f"127.0.0.1:{place.port}", "127.0.0.1")
        large = httpx.get(url(place, "/large"))
        assert (len(large.content), large.headers["content-length"]) == (2_000_000, "2000000")
        assert httpx.head(url(place, "/large")).headers["content-length"] == "2000000"
        assert httpx.get(url(place, "/unchanged")).status_code == 304
    assert heard.ready == ["front end ready"]
    assert heard.lines[0].startswith("front end at")


def test_a_body_streams_through_as_it_is_made(tmp_path: Path) -> None:
    with (
        served_site(Entrance(), Echo(), front=front(tmp_path, Heard())) as place,
        httpx.stream("GET", url(place, "/slow")) as answer,
    ):
        pieces, times = [], []
        for piece in answer.iter_raw():
            pieces.append(piece)
            times.append(time.monotonic())
    assert pieces == [b"first", b"second"]
    assert times[1] - times[0] > 0.2


def test_a_websocket_passes_through_both_ways_until_one_side_ends(tmp_path: Path) -> None:
    frame = b"\x81\x85" + bytes(200_000)
    with served_site(Entrance(), Echo(), front=front(tmp_path, Heard())) as place:
        with place.connect() as client:
            # The first frame comes with the request, as eager clients have it.
            client.sendall(UPGRADE + b"early")
            head, _ = response(client, bodiless=True)
            assert head.startswith(b"HTTP/1.1 101")
            assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
            assert read(client, 21) == b"hello from the server"
            assert read(client, 5) == b"early"
            client.sendall(frame)
            assert read(client, len(frame)) == frame
        begun = time.monotonic()
        with place.connect() as client:
            client.sendall(UPGRADE)
            response(client, bodiless=True)
            read(client, 21)
            place.close()
            assert client.recv(1) == b""
        assert time.monotonic() - begun < 1.5


def test_its_end_is_told_and_the_files_are_served_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "index.html").write_text("the files")
    heard = Heard()
    with served_site(Entrance(), Echo(), front=front(tmp_path, heard)) as place:
        assert httpx.get(url(place, "/die")).status_code == 502
        until(lambda: heard.troubles)
        assert httpx.get(url(place, "/")).text == "the files"
    assert "has ended with exit status 3" in str(heard.troubles[0])
    assert heard.lines[-1] == "ending as asked"


def test_a_command_that_does_not_start_is_told_with_what_it_said(tmp_path: Path) -> None:
    heard = Heard()
    settings = Settings(folder="web", dev="no-such-command-anywhere --port {port}")
    with served_site(Entrance(), Echo(), front=Front(tmp_path, settings, "", heard)) as place:
        assert httpx.get(url(place, "/")).status_code == 403
        assert httpx.get(url(place, "/api/x")).status_code == 200
    assert "exit status 127" in str(heard.troubles[0])
    assert heard.troubles[0].why.startswith("A program that it needs is not installed")
    assert "no-such-command-anywhere" in heard.lines[0]


def test_nothing_of_it_stays_behind(tmp_path: Path) -> None:
    command = server_command(tmp_path)
    # A shell that starts a shell, as npm does.
    settings = Settings(folder="web", dev=f"sh -c '{command}; true'")
    with served_site(Entrance(), Echo(), front=Front(tmp_path, settings, "", Heard())) as place:
        assert httpx.get(url(place, "/x")).status_code == 200
        mine = [p for p in psutil.Process().children(recursive=True) if "front_end_server" in said_by(p)]
        assert len(mine) >= 2
    _, alive = psutil.wait_procs(mine, 5)
    assert alive == []


def said_by(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
