"""Publish, activate, roll back and sweep against a bucket; and a browser that looks at it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from fakes.cloud import Stand
from fakes.site_folder import SITE, front_end, keys, place, visited
from fakes.toll import toll
from playwright.sync_api import Page, sync_playwright

from sameroom.aws.cloud import Cloud
from sameroom.errors import AccessDenied, Refused, SiteError
from sameroom.site import Activated, Place, Published, activate, clear, compare, prepare, publish, sweep
from sameroom.site.activation import in_order, paths_of

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
HASHED = re.compile(r"\.[0-9a-f]{8}\.")


def release(cloud: Cloud, where: Place, project: Path, number: int) -> tuple[Published, Activated]:
    published = publish(cloud, where, prepare(project, SITE), number)
    return published, activate(cloud, where, published.manifest_key)


def text(cloud: Cloud, where: Place, key: str) -> str:
    found = cloud.call("s3", "get_object", Bucket=where.bucket, Key=key)
    content: bytes = found["Body"].read()
    return content.decode()


def change(project: Path, name: str, content: str) -> None:
    (project / "public" / name).write_text(content)


def test_publishing_changes_nothing_for_visitors_until_it_is_activated(stand: Stand, tmp_path: Path) -> None:
    cloud = stand.cloud()
    where = place(cloud)
    prepared = prepare(front_end(tmp_path), SITE)
    published = publish(cloud, where, prepared, 1)
    assert published.manifest_key == f"sites/{where.stack}/1.json"
    assert all(HASHED.search(key) for key in keys(cloud, where.bucket))
    # Eight files with plain names, and four copies with a hash.
    assert (published.uploaded, published.skipped) == (12, 0)
    activated = activate(cloud, where, published.manifest_key)
    assert keys(cloud, where.bucket) == {file.key for file in prepared.files}
    assert {"/", "/index.html", "/docs/", "/style.css"} <= set(activated.invalidated)
    found = cloud.call("s3", "get_object", Bucket=where.bucket, Key="index.html")
    assert (found["ContentType"], found["CacheControl"]) == ("text/html; charset=utf-8", "no-cache")
    style = next(key for key in keys(cloud, where.bucket) if re.fullmatch(r"style\..{8}\.css", key))
    found = cloud.call("s3", "get_object", Bucket=where.bucket, Key=style)
    assert found["CacheControl"] == "public, max-age=31536000, immutable"
    assert activate(cloud, where, published.manifest_key) == Activated(0, 0, ())


def test_only_what_changed_is_uploaded_and_forgotten(stand: Stand, tmp_path: Path) -> None:
    with toll(stand.endpoint) as gate:
        cloud = gate.cloud()
        where = place(cloud)
        first, _ = release(cloud, where, front_end(tmp_path), 1)
        change(tmp_path, "lazy.js", "window.lazy = 2")
        gate.calls.clear()
        prepared = prepare(tmp_path, SITE)
        assert compare(cloud, where.artifacts, first.manifest_key, prepared).changed == ("lazy.js",)
        published, activated = release(cloud, where, tmp_path, 2)
        assert (published.uploaded, published.bytes) == (1, len("window.lazy = 2"))
        assert activated == Activated(1, 0, ("/lazy.js",))
        # The content, the manifest, and the marker before and after; the manifest of one release and of the
        # other, and the marker.
        assert gate.counts["s3", "PutObject"] == 4
        assert gate.counts["s3", "GetObject"] == 3
        assert gate.counts["s3", "ListObjectsV2"] == 1
        assert gate.counts["s3", "CopyObject"] == 1
        assert gate.counts["cloudfront", "CreateInvalidation"] == 1
        assert gate.counts["s3", "DeleteObjects"] == 0


def test_the_rollback_is_the_activation_of_an_earlier_release(stand: Stand, tmp_path: Path) -> None:
    cloud = stand.cloud()
    where = place(cloud)
    first, _ = release(cloud, where, front_end(tmp_path, **{"old.html": "old"}), 1)
    change(tmp_path, "index.html", "two")
    (tmp_path / "public/old.html").unlink()
    change(tmp_path, "new.html", "new")
    second, done = release(cloud, where, tmp_path, 2)
    assert (done.copied, done.removed) == (2, 1)
    assert "old.html" not in keys(cloud, where.bucket)
    back = activate(cloud, where, first.manifest_key)
    assert set(back.invalidated) == {"/", "/index.html", "/new.html", "/old.html"}
    assert text(cloud, where, "old.html") == "old"
    assert "Shop" in text(cloud, where, "index.html")
    assert "new.html" not in keys(cloud, where.bucket)
    references = set()
    for manifest in (second, first, second):
        activate(cloud, where, manifest.manifest_key)
        marker = json.loads(text(cloud, where, ".releases/live.json"))
        references.add(marker["reference"])
    assert text(cloud, where, "index.html") == "two"
    assert len(references) == 3


CUTS: tuple[tuple[str, str, int], ...] = (
    ("s3", "ListObjectsV2", 0),
    ("s3", "PutObject", 0),
    ("s3", "PutObject", 4),
    ("s3", "PutObject", 6),
    ("s3", "GetObject", 0),
    ("s3", "CopyObject", 0),
    ("s3", "CopyObject", 2),
    ("s3", "DeleteObjects", 0),
    ("cloudfront", "CreateInvalidation", 0),
)


def changed_site(tmp_path: Path) -> None:
    change(tmp_path, "index.html", "two")
    change(tmp_path, "style.css", "b {}")
    change(tmp_path, "docs/index.html", '<link rel="stylesheet" href="../style.css">')
    (tmp_path / "public/lazy.js").unlink()


@pytest.mark.parametrize(("service", "operation", "skip"), CUTS)
def test_a_release_that_is_cut_short_is_finished_by_the_next(
    stand: Stand, tmp_path: Path, service: str, operation: str, skip: int
) -> None:
    with toll(stand.endpoint) as gate:
        cloud = gate.cloud(tries=1)
        where = place(cloud)
        release(cloud, where, front_end(tmp_path), 1)
        changed_site(tmp_path)
        gate.refuse(service, operation, "AccessDenied", skip=skip)
        with pytest.raises(AccessDenied, match=operation):
            release(cloud, where, tmp_path, 2)
        gate.free()
        page = text(cloud, where, "index.html")
        for name in re.findall(r"\b[\w/]+\.[0-9a-f]{8}\.\w+", page):
            assert name in keys(cloud, where.bucket)
        gate.calls.clear()
        _, activated = release(cloud, where, tmp_path, 2)
        prepared = prepare(tmp_path, SITE)
        assert {file.key for file in prepared.files} <= keys(cloud, where.bucket)
        assert "lazy.js" not in keys(cloud, where.bucket)
        assert text(cloud, where, "index.html") == "two"
        assert text(cloud, where, "style.css") == "b {}"
        assert {"/lazy.js", "/index.html", "/style.css"} <= set(activated.invalidated)


_DEPLOY = """
import sys
from pathlib import Path
from sameroom.aws.cloud import connect
from sameroom.project.services import Site
from sameroom.site import Place, activate, prepare, publish
cloud, where = connect(), Place(*sys.argv[2:])
published = publish(cloud, where, prepare(Path(sys.argv[1]), Site(folder="public")), 2)
activate(cloud, where, published.manifest_key)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("service", "operation", "skip"),
    [("s3", "PutObject", 1), ("s3", "CopyObject", 1), ("cloudfront", "CreateInvalidation", 0)],
)
def test_a_process_killed_in_the_middle_leaves_what_the_next_finishes(
    stand: Stand, tmp_path: Path, service: str, operation: str, skip: int
) -> None:
    cloud = stand.cloud()
    where = place(cloud)
    release(cloud, where, front_end(tmp_path), 1)
    changed_site(tmp_path)
    with toll(stand.endpoint) as gate:
        environ = {**os.environ, **gate.environ()}
        process = subprocess.Popen([sys.executable, "-c", _DEPLOY, str(tmp_path), *where], env=environ)
        gate.before(service, operation, process.kill, skip=skip)
        assert process.wait(30) == -signal.SIGKILL
    _, activated = release(cloud, where, tmp_path, 2)
    assert text(cloud, where, "index.html") == "two"
    assert "lazy.js" not in keys(cloud, where.bucket)
    assert {"/lazy.js", "/index.html", "/style.css"} <= set(activated.invalidated)


def test_an_activation_cut_short_can_be_undone_by_another(stand: Stand, tmp_path: Path) -> None:
    with toll(stand.endpoint) as gate:
        cloud = gate.cloud(tries=1)
        where = place(cloud)
        first, _ = release(cloud, where, front_end(tmp_path), 1)
        before = {key: text(cloud, where, key) for key in keys(cloud, where.bucket) if "png" not in key}
        changed_site(tmp_path)
        gate.refuse("cloudfront", "CreateInvalidation", "AccessDenied")
        with pytest.raises(AccessDenied):
            release(cloud, where, tmp_path, 2)
        gate.free()
        back = activate(cloud, where, first.manifest_key)
        assert {"/lazy.js", "/index.html", "/style.css"} <= set(back.invalidated)
        assert {key: text(cloud, where, key) for key in before} == before


def test_a_repeated_activation_tells_cloudfront_the_same_reference(stand: Stand, tmp_path: Path) -> None:
    with toll(stand.endpoint) as gate:
        cloud = gate.cloud(tries=1)
        where = place(cloud)
        published = publish(cloud, where, prepare(front_end(tmp_path), SITE), 1)
        said = []
        for _ in range(2):
            gate.refuse("cloudfront", "CreateInvalidation", "AccessDenied", times=1)
            with pytest.raises(AccessDenied):
                activate(cloud, where, published.manifest_key)
            said.append(json.loads(text(cloud, where, ".releases/live.json"))["reference"])
            gate.free()
        assert said[0] == said[1]


def test_old_assets_stay_for_open_pages_and_are_swept_when_the_days_are_over(
    stand: Stand, tmp_path: Path
) -> None:
    cloud = stand.cloud()
    where = place(cloud)
    first, _ = release(cloud, where, front_end(tmp_path), 1)
    old = {key for key in keys(cloud, where.bucket) if HASHED.search(key)}
    change(tmp_path, "style.css", "b {}")
    second, _ = release(cloud, where, tmp_path, 2)
    assert old <= keys(cloud, where.bucket)
    assert sweep(cloud, where, [second.manifest_key, "sites/gone/1.json"], 30).removed == 0
    later = datetime.now(timezone.utc) + timedelta(days=31)
    assert sweep(cloud, where, [first.manifest_key, second.manifest_key], 30, later).removed == 0
    swept = sweep(cloud, where, [second.manifest_key], 30, later)
    gone = old - keys(cloud, where.bucket)
    assert {HASHED.sub(".#.", key) for key in gone} == {"style.#.css", "base.#.css"}
    assert swept.removed > len(gone)
    prepared = prepare(tmp_path, SITE)
    assert {file.key for file in prepared.files} <= keys(cloud, where.bucket)
    with pytest.raises(SiteError, match="static files of that release are gone"):
        activate(cloud, where, first.manifest_key)
    assert activate(cloud, where, second.manifest_key) == Activated(0, 0, ())


def test_days_are_counted_from_when_a_release_ceased_to_be_live(stand: Stand, tmp_path: Path) -> None:
    cloud = stand.cloud()
    where = place(cloud)
    release(cloud, where, front_end(tmp_path), 1)
    change(tmp_path, "style.css", "b {}")
    second, _ = release(cloud, where, tmp_path, 2)
    marker = json.loads(text(cloud, where, ".releases/live.json"))
    later = datetime.now(timezone.utc) + timedelta(days=31)
    marker["retired"] = {f"sites/{where.stack}/1.json": (later - timedelta(days=1)).isoformat()}
    cloud.call(
        "s3", "put_object", Bucket=where.bucket, Key=".releases/live.json", Body=json.dumps(marker).encode()
    )
    assert sweep(cloud, where, [second.manifest_key], 30, later).removed == 0
    assert sweep(cloud, where, [second.manifest_key], 30, later + timedelta(days=30)).removed > 0


def test_a_hashed_name_with_other_bytes_is_plain_until_it_is_activated(stand: Stand, tmp_path: Path) -> None:
    cloud = stand.cloud()
    where = place(cloud)
    name = "assets/index-BfX3k2a9.js"
    release(cloud, where, front_end(tmp_path, **{name: "1"}), 1)
    change(tmp_path, name, "22")
    published = publish(cloud, where, prepare(tmp_path, SITE), 2)
    assert text(cloud, where, name) == "1"
    activated = activate(cloud, where, published.manifest_key)
    assert activated.invalidated == (f"/{name}",)
    assert text(cloud, where, name) == "22"


def test_a_bucket_of_a_stack_to_be_destroyed_is_emptied(stand: Stand, tmp_path: Path) -> None:
    cloud = stand.cloud()
    where = place(cloud)
    release(cloud, where, front_end(tmp_path), 1)
    assert clear(cloud, where.bucket) > 10
    cloud.call("s3", "delete_bucket", Bucket=where.bucket)


def test_a_manifest_that_is_not_ours_is_refused(stand: Stand) -> None:
    cloud = stand.cloud()
    where = place(cloud)
    for body in (b"[]", b"{", b'{"files": {"a": 1}}'):
        cloud.call("s3", "put_object", Bucket=where.artifacts, Key="sites/x/1.json", Body=body)
        with pytest.raises(SiteError, match="not a manifest of ours"):
            activate(cloud, where, "sites/x/1.json")


def test_pages_come_after_what_they_load_and_the_first_page_last() -> None:
    every = ["index.html", "z.js", "docs/index.html", "a.css"]
    assert in_order(every) == (["a.css", "z.js"], ["docs/index.html"], ["index.html"])


def test_many_paths_are_forgotten_as_one_and_odd_ones_encoded() -> None:
    assert paths_of(["ü b.png", "docs/index.html"]) == ("/%C3%BC%20b.png", "/docs/", "/docs/index.html")
    assert paths_of([f"{number}.html" for number in range(16)]) == ("/*",)


@pytest.fixture(scope="module")
def visit() -> Iterator[Callable[[], tuple[Page, list[str]]]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def opened() -> tuple[Page, list[str]]:
            page, failed = browser.new_page(), []
            page.on("console", lambda said: failed.append(said.text))
            page.on("response", lambda got: failed.append(got.url) if got.status >= 400 else None)
            return page, failed

        yield opened
        browser.close()


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium-headless-shell and no chromium here")
def test_a_browser_sees_the_site_and_an_open_page_outlives_a_release(
    stand: Stand, tmp_path: Path, visit: Callable[[], tuple[Page, list[str]]]
) -> None:
    cloud = stand.cloud()
    where = place(cloud)
    release(cloud, where, front_end(tmp_path), 1)
    page, failed = visit()
    with visited(cloud, where.bucket) as url:
        loaded: list[str] = []
        page.on("request", lambda request: loaded.append(request.url.removeprefix(url)))
        page.goto(url, wait_until="load")
        assert page.text_content("#said") == "one"
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(1, 2, 3)"
        assert page.evaluate("getComputedStyle(document.body).margin") == "7px"
        assert page.evaluate("document.getElementById('dot').naturalWidth") == 1
        assert {HASHED.sub(".#.", path) for path in loaded} >= {"/", "/style.#.css", "/app.#.js"}
        change(tmp_path, "app.js", "document.getElementById('said').textContent = 'two'")
        change(tmp_path, "style.css", "body { color: rgb(4, 5, 6) }")
        release(cloud, where, tmp_path, 2)
        for old in [path for path in loaded if HASHED.search(path)]:
            assert page.evaluate("url => fetch(url, {cache: 'reload'}).then(got => got.status)", old) == 200
        assert page.evaluate("fetch('lazy.js').then(got => got.text())") == "window.lazy = 1\n"
        fresh, also_failed = visit()
        fresh.goto(url, wait_until="load")
        assert fresh.text_content("#said") == "two"
        assert fresh.evaluate("getComputedStyle(document.body).color") == "rgb(4, 5, 6)"
        fresh.goto(f"{url}/docs/", wait_until="load")
        assert fresh.evaluate("getComputedStyle(document.body).color") == "rgb(4, 5, 6)"
    assert failed == also_failed == []
    page.close()
    fresh.close()


def test_a_deleted_bucket_is_said_by_its_error(stand: Stand, tmp_path: Path) -> None:
    prepared = prepare(front_end(tmp_path), SITE)
    cloud = stand.cloud()
    where = place(cloud)._replace(bucket="site-that-is-gone")
    with pytest.raises(Refused, match="NoSuchBucket"):
        publish(cloud, where, prepared, 1)
