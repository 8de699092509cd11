from __future__ import annotations

import base64
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.file_server import FileServer, file_server
from fakes.packages import sha256, wheel
from fakes.raw_zips import info, raw, write

from sameroom.artifact.fetch import Fetched, fetch
from sameroom.artifact.fetch.download import Downloader, Stopped
from sameroom.artifact.fetch.http import routed
from sameroom.artifact.fetch.urls import Refused, local, shown
from sameroom.artifact.members import Pin, Wheel
from sameroom.artifact.target import Target
from sameroom.artifact.wheels import members
from sameroom.errors import FetchError, HashMismatch, NoWheel, OutputError, UnsafeWheel

TARGET = Target((3, 13), "x86_64")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FileServer]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    # uv is asked when we fail: it must find nothing, and soon.
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path / "nothing"))
    (tmp_path / "nothing").mkdir()
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with file_server() as serving:
        yield serving


def pinned(path: Path, url: str = "", hashed: bool = True) -> Pin:
    name, version, *_ = path.name.split("-")
    return Pin(name, version, "wheel", path.name, url or path.as_uri(), (sha256(path),) if hashed else ())


def one(pin: Pin, folder: Path, told: list[Fetched] | None = None) -> Wheel:
    heard = [] if told is None else told
    return fetch([pin], TARGET, folder / "cache", heard.append, folder)[0]


def in_cache(folder: Path) -> list[str]:
    """Names of everything in the cache that could be taken for a wheel."""
    return sorted(path.name for path in (folder / "cache" / "wheels").rglob("*.whl"))


def test_a_wheel_is_downloaded_once(tmp_path: Path, server: FileServer) -> None:
    path = wheel(tmp_path / "index", "greet")
    pin, told = pinned(path, server.url(path)), list[Fetched]()

    first, second = one(pin, tmp_path, told), one(pin, tmp_path, told)

    assert first == second == Wheel("greet", "1.0", first.path, sha256(path))
    assert first.path == tmp_path / "cache/wheels" / sha256(path)[:2] / sha256(path) / path.name
    assert first.path.read_bytes() == path.read_bytes()
    assert told == [Fetched("greet", path.stat().st_size, False), Fetched("greet", path.stat().st_size, True)]
    assert server.asked == [f"/{path.name}"]


def test_wheels_come_in_the_order_of_the_pins(tmp_path: Path, server: FileServer) -> None:
    made = [wheel(tmp_path / "index", f"part{number}") for number in range(12)]
    one(pinned(made[5], server.url(made[5])), tmp_path)
    pins = [pinned(path, server.url(path)) for path in made]

    told: list[Fetched] = []
    wheels = fetch(pins, TARGET, tmp_path / "cache", told.append)

    assert [found.name for found in wheels] == [pin.name for pin in pins]
    assert sorted(heard.name for heard in told) == sorted(pin.name for pin in pins)


@pytest.mark.parametrize("hashed", [True, False])
def test_a_file_on_this_disk_is_copied_and_never_linked(tmp_path: Path, hashed: bool) -> None:
    path = wheel(tmp_path / "index", "greet")
    for url in (path.as_uri(), str(path)):
        found = one(pinned(path, url, hashed), tmp_path)
        assert found.sha256 == sha256(path)
        assert found.path.stat().st_nlink == path.stat().st_nlink == 1
        assert not os.path.samefile(found.path, path)


def test_a_file_without_a_hash_that_was_written_anew_is_read_anew(tmp_path: Path) -> None:
    path = wheel(tmp_path / "index", "greet")
    before = one(pinned(path, hashed=False), tmp_path)
    wheel(tmp_path / "index", "greet", files={"greet.py": "other = 1\n"})
    after = one(pinned(path, hashed=False), tmp_path)
    assert before.sha256 != after.sha256 == sha256(path)


def test_a_url_without_a_hash_is_downloaded_once(tmp_path: Path, server: FileServer) -> None:
    path = wheel(tmp_path / "index", "greet")
    pin = pinned(path, server.url(path), hashed=False)
    assert one(pin, tmp_path) == one(pin, tmp_path)
    assert len(server.asked) == 1


def test_any_of_several_hashes_will_do(tmp_path: Path) -> None:
    path = wheel(tmp_path / "index", "greet")
    pin = pinned(path)._replace(sha256=("0" * 64, sha256(path)))
    assert one(pin, tmp_path).sha256 == sha256(path)


def test_a_file_that_is_not_the_locked_one_is_thrown_away(tmp_path: Path, server: FileServer) -> None:
    path = wheel(tmp_path / "index", "greet")
    url = server.url(path).replace("//", "//me:secret@")
    pin = pinned(path, url)._replace(sha256=("0" * 64,))

    with pytest.raises(HashMismatch) as caught:
        one(pin, tmp_path)

    said = str(caught.value)
    assert f"{path.name} is not the file that was locked for greet 1.0" in said
    assert "0" * 64 in said
    assert sha256(path) in said
    assert "lock again" in said
    assert "secret" not in said
    assert in_cache(tmp_path) == []


def test_a_wheel_that_is_gone_is_named_with_where_it_was(tmp_path: Path, server: FileServer) -> None:
    path = wheel(tmp_path / "index", "greet")
    url = server.url(path).replace("//", "//me:secret@")
    server.files.clear()

    with pytest.raises(FetchError) as caught:
        one(pinned(path, url), tmp_path)

    assert caught.value.what == "greet 1.0 cannot be fetched."
    assert f"/{path.name}: the server answered 404 Not Found." in caught.value.why
    assert "uv says: " in caught.value.why
    assert "lock again" in caught.value.next
    assert "secret" not in str(caught.value)


def test_a_file_that_is_gone_from_this_disk_is_named(tmp_path: Path) -> None:
    path = wheel(tmp_path / "index", "greet")
    pin = pinned(path)
    path.unlink()
    with pytest.raises(FetchError) as caught:
        one(pin, tmp_path)
    assert f"{path.as_uri()}: No such file or directory." in caught.value.why


def test_nobody_who_answers_is_said_in_plain_words(tmp_path: Path, server: FileServer) -> None:
    path = wheel(tmp_path / "index", "greet")
    pin = pinned(path, f"http://127.0.0.1:1/{path.name}")
    with pytest.raises(FetchError) as caught:
        one(pin, tmp_path)
    assert "Connection refused" in caught.value.why
    assert "online" in caught.value.next


def test_a_server_that_is_tired_is_asked_again(tmp_path: Path, server: FileServer) -> None:
    path = wheel(tmp_path / "index", "greet")
    server.tired = 2
    assert one(pinned(path, server.url(path)), tmp_path).sha256 == sha256(path)


def test_a_download_that_breaks_off_is_begun_again(tmp_path: Path, server: FileServer) -> None:
    path = wheel(tmp_path / "index", "greet")
    server.breaks = 2
    assert one(pinned(path, server.url(path)), tmp_path).sha256 == sha256(path)
    assert len(server.asked) == 3


def test_a_download_that_never_comes_whole_leaves_no_wheel(tmp_path: Path, server: FileServer) -> None:
    path = wheel(tmp_path / "index", "greet")
    server.breaks = 99
    with pytest.raises(FetchError) as caught:
        one(pinned(path, server.url(path)), tmp_path)
    assert "IncompleteRead" in caught.value.why
    assert in_cache(tmp_path) == []
    assert list((tmp_path / "cache" / "arriving").iterdir()) == []


_FETCH_ONE = """
import resource, signal, sys
from pathlib import Path
from sameroom.artifact.fetch import fetch
from sameroom.artifact.members import Pin
from sameroom.artifact.target import Target
name, url, cache, limit = sys.argv[1:]
if int(limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
pin = Pin(name.split("-")[0], "1.0", "wheel", name, url)
print("begun", flush=True)
try:
    fetch([pin], Target((3, 13), "x86_64"), Path(cache), print)
except Exception as error:
    print(type(error).__name__, error, sep="\\n")
"""


def elsewhere(path: Path, url: str, folder: Path, limit: int = 0) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", _FETCH_ONE, path.name, url, str(folder / "cache"), str(limit)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def test_a_build_that_is_killed_while_it_downloads_leaves_no_wheel(
    tmp_path: Path, server: FileServer
) -> None:
    path = wheel(tmp_path / "index", "greet", files={"greet.py": os.urandom(1 << 20)})
    url, server.hold = server.url(path), threading.Event()
    with elsewhere(path, url, tmp_path) as process:
        while not any(file.stat().st_size > 1 << 18 for file in (tmp_path / "cache").rglob("*.whl")):
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    server.hold.set()
    server.hold = None

    assert in_cache(tmp_path) == []
    assert one(pinned(path, url), tmp_path).path.read_bytes() == path.read_bytes()


def test_what_killed_builds_left_is_swept_away_after_a_day(tmp_path: Path) -> None:
    left, fresh = tmp_path / "cache/arriving/left", tmp_path / "cache/arriving/fresh"
    for folder in (left, fresh):
        folder.mkdir(parents=True)
        (folder / "part.whl").write_bytes(b"half")
    os.utime(left, (0, 0))
    one(pinned(wheel(tmp_path / "index", "greet")), tmp_path)
    assert (left.exists(), fresh.exists()) == (False, True)


def test_a_full_disk_is_said_and_leaves_no_wheel(tmp_path: Path, server: FileServer) -> None:
    path = wheel(tmp_path / "index", "greet", files={"greet.py": os.urandom(1 << 20)})
    with elsewhere(path, server.url(path), tmp_path, limit=1 << 19) as process:
        said, _ = process.communicate(timeout=30)
    assert "OutputError" in said
    assert f"The disk that holds {tmp_path / 'cache'} is full." in said
    assert "SAMEROOM_CACHE_DIR" in said
    assert in_cache(tmp_path) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_cache_that_is_not_ours_to_write_is_said(tmp_path: Path) -> None:
    path = wheel(tmp_path / "index", "greet")
    (tmp_path / "cache").mkdir(mode=0o500)
    with pytest.raises(OutputError, match="cannot be written"):
        one(pinned(path), tmp_path)


def test_a_cache_that_is_a_file_is_said(tmp_path: Path) -> None:
    path = wheel(tmp_path / "index", "greet")
    (tmp_path / "cache").write_text("")
    with pytest.raises(OutputError) as caught:
        one(pinned(path), tmp_path)
    assert "cannot be written" in caught.value.what
    assert "SAMEROOM_CACHE_DIR" in caught.value.next


def test_a_cached_file_without_its_end_is_downloaded_again(tmp_path: Path, server: FileServer) -> None:
    path = wheel(tmp_path / "index", "greet")
    pin = pinned(path, server.url(path))
    found = one(pin, tmp_path)
    found.path.write_bytes(b"\0" * found.path.stat().st_size)
    assert one(pin, tmp_path).path.read_bytes() == path.read_bytes()


def test_a_bomb_never_enters_the_cache(tmp_path: Path) -> None:
    bomb = write(tmp_path / "sly-1.0-py3-none-any.whl", [*info(), raw("sly/zeros", b"\0" * (65 << 20))])
    with pytest.raises(UnsafeWheel, match="zip bomb"):
        one(pinned(bomb), tmp_path)
    assert in_cache(tmp_path) == []


def test_a_file_name_that_is_a_path_is_refused(tmp_path: Path) -> None:
    path = wheel(tmp_path / "index", "greet")
    with pytest.raises(UnsafeWheel, match="no file name"):
        one(pinned(path)._replace(filename=f"../../{path.name}"), tmp_path)


def test_one_failure_stops_the_other_downloads(tmp_path: Path, server: FileServer) -> None:
    slow, wrong = wheel(tmp_path / "index", "slow"), wheel(tmp_path / "index", "wrong")
    server.hold = threading.Event()
    threading.Timer(0.5, server.hold.set).start()
    pins = [pinned(slow, server.url(slow)), pinned(wrong)._replace(sha256=("0" * 64,))]
    with pytest.raises(HashMismatch, match="wrong"):
        fetch(pins, TARGET, tmp_path / "cache", lambda _: None, tmp_path)


def test_credentials_in_the_url_are_a_login(tmp_path: Path, server: FileServer) -> None:
    path = wheel(tmp_path / "index", "greet")
    server.login = base64.b64encode(b"me:se cret").decode()
    url = server.url(path).replace("//", "//me:se%20cret@")
    assert one(pinned(path, url), tmp_path).sha256 == sha256(path)


def test_the_login_of_an_index_holds_for_the_files_on_its_host(
    tmp_path: Path, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = wheel(tmp_path / "index", "greet")
    server.login = base64.b64encode(b"me:secret").decode()
    port = server.server_address[1]
    other = "https://you:other@example.org/simple"
    monkeypatch.setenv("UV_INDEX", f"{other} ours=http://me:secret@127.0.0.1:{port}/simple/?a=b")
    assert one(pinned(path, server.url(path)), tmp_path).sha256 == sha256(path)
    assert "authorization" not in routed("https://127.0.0.1/file", os.environ).headers


def test_a_netrc_file_is_a_login(tmp_path: Path, server: FileServer) -> None:
    path = wheel(tmp_path / "index", "greet")
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    server.login = base64.b64encode(b"me:secret").decode()
    assert one(pinned(path, server.url(path)), tmp_path).sha256 == sha256(path)


def test_what_only_uv_can_reach_is_fetched_by_uv(
    tmp_path: Path, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = wheel(
        tmp_path / "index", "greet", files={"greet.py": "a = 1\n", "greet-1.0.data/scripts/hi": "#!python"}
    )
    server.login = "nobody knows it"
    monkeypatch.setenv("UV_FIND_LINKS", str(path.parent))
    pin, told = pinned(path, server.url(path)), list[Fetched]()

    first, again = one(pin, tmp_path, told), one(pin, tmp_path, told)
    there = {member.path.rpartition("/")[2] for member in members(first, TARGET)}

    assert first == again
    assert [heard.cached for heard in told] == [False, True]
    assert there == {"METADATA", "RECORD", "WHEEL", "greet.py"}
    first.path.unlink()
    assert one(pin, tmp_path) == first, "the same bytes each time"


def test_uv_reads_the_settings_of_the_project(
    tmp_path: Path, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = wheel(tmp_path / "index", "greet")
    server.login = "nobody knows it"
    monkeypatch.delenv("UV_FIND_LINKS")
    (tmp_path / "pyproject.toml").write_text('[tool.uv]\nfind-links = ["index"]\n')
    assert one(pinned(path, server.url(path)), tmp_path).name == "greet"


def test_uv_may_not_bring_another_file_either(
    tmp_path: Path, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = wheel(tmp_path / "index", "greet")
    server.login = "nobody knows it"
    monkeypatch.setenv("UV_FIND_LINKS", str(path.parent))
    pin = pinned(path, server.url(path))._replace(sha256=("0" * 64,))
    with pytest.raises(FetchError, match=r"[Hh]ash"):
        one(pin, tmp_path)


def test_offline_nothing_is_asked_directly(
    tmp_path: Path, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = wheel(tmp_path / "index", "greet")
    monkeypatch.setenv("UV_OFFLINE", "1")
    with pytest.raises(FetchError, match="UV_OFFLINE"):
        one(pinned(path, server.url(path)), tmp_path)
    assert server.asked == []


def test_a_wheel_for_another_target_comes_in_and_is_refused_there(tmp_path: Path) -> None:
    path = wheel(tmp_path / "index", "greet", tag="cp312-cp312-manylinux_2_17_x86_64")
    found = one(pinned(path), tmp_path)
    with pytest.raises(NoWheel, match=r"greet 1\.0 does not run on"):
        members(found, TARGET)


def test_a_file_larger_than_the_limit_is_refused(tmp_path: Path, server: FileServer) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"\0" * 2000)
    download = Downloader(threading.Event(), {}, largest=1999)
    for url in (server.url(path), path.as_uri()):
        with pytest.raises(Refused, match="more than 1,999 bytes"):
            download(url, io.BytesIO())


def test_a_download_that_nobody_waits_for_stops(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"data")
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        Downloader(stop, {})(path.as_uri(), io.BytesIO())


def test_a_proxy_is_used_and_no_proxy_is_heeded(
    tmp_path: Path, server: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"data")
    server.url(path)
    monkeypatch.setenv("http_proxy", f"http://me:secret@127.0.0.1:{server.server_address[1]}")
    monkeypatch.setenv("no_proxy", "inside.example.org")
    out = io.BytesIO()
    Downloader(threading.Event(), {})("http://index.example.org/file", out)

    assert out.getvalue() == b"data"
    assert server.asked == ["http://index.example.org/file"]
    assert server.headers[0]["proxy-authorization"] == "Basic " + base64.b64encode(b"me:secret").decode()
    assert routed("http://inside.example.org/file", {}).proxy == ""


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_that_cannot_be_read_are_named(tmp_path: Path, name: str) -> None:
    download = Downloader(threading.Event(), {name: str(tmp_path / "no.pem")})
    with pytest.raises(Refused, match=r"no\.pem cannot be read"):
        download("https://127.0.0.1:1/file", io.BytesIO())


def test_paths_and_urls_are_told_apart_and_passwords_hidden() -> None:
    assert local("file:///a%20b/c.whl") == Path("/a b/c.whl")
    assert local("/a/c.whl") == Path("/a/c.whl")
    assert local("https://example.org/c.whl") is None
    assert shown("see https://me:secret@example.org/c.whl!") == "see https://example.org/c.whl!"
