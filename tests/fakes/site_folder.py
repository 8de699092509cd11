"""A front end as a person would have it, and the bucket of a site as its visitors see it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sameroom.aws.cloud import Cloud
from sameroom.errors import Refused
from sameroom.project.services import Site
from sameroom.site import Place

from .cloud import fresh_name

SITE = Site(folder="public")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c626001000000ffff"
    "03000006000557bfabd40000000049454e44ae426082"
)
PAGE = """<!doctype html>
<html><head><meta charset="utf-8"><title>Shop</title><link rel="icon" href="img/dot.png">
<link rel="stylesheet" href="style.css"><script src="app.js" defer></script></head>
<body><img id="dot" src="img/dot.png" alt=""><a href="docs/">Docs</a><p id="said"></p></body></html>
"""


def front_end(project: Path, **files: str | bytes) -> Path:
    """``public`` in ``project`` with a page, style sheets that import each other, a script and an image.
    ``files`` are more of them, by path."""
    whole: dict[str, str | bytes] = {
        "index.html": PAGE,
        "docs/index.html": '<title>Docs</title><link rel="stylesheet" href="../style.css">',
        "style.css": "@import 'base.css';\nbody { color: rgb(1, 2, 3); background: url('img/dot.png') }\n",
        "base.css": "@import 'style.css';\nbody { margin: 7px }\n",
        "app.js": "document.getElementById('said').textContent = 'one'\n",
        "lazy.js": "window.lazy = 1\n",
        "img/dot.png": PNG,
        **files,
    }
    for name, content in whole.items():
        path = project / "public" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return project


def place(cloud: Cloud) -> Place:
    """A bucket of a site, an artifact bucket and a distribution."""
    stack = fresh_name("site")
    bucket, artifacts = f"{stack}-files", f"{stack}-artifacts"
    for name in (bucket, artifacts):
        cloud.call(
            "s3",
            "create_bucket",
            Bucket=name,
            CreateBucketConfiguration={"LocationConstraint": cloud.region},
        )
    made = cloud.call(
        "cloudfront",
        "create_distribution",
        DistributionConfig={
            "CallerReference": stack,
            "Comment": stack,
            "Enabled": True,
            "Origins": {
                "Quantity": 1,
                "Items": [
                    {
                        "Id": "files",
                        "DomainName": f"{bucket}.s3.{cloud.region}.amazonaws.com",
                        "S3OriginConfig": {"OriginAccessIdentity": ""},
                    }
                ],
            },
            "DefaultCacheBehavior": {
                "TargetOriginId": "files",
                "ViewerProtocolPolicy": "redirect-to-https",
                "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            },
        },
    )
    return Place(stack, bucket, made["Distribution"]["Id"], artifacts)


def keys(cloud: Cloud, bucket: str) -> set[str]:
    """Every key that visitors can ask for."""
    pages = cloud.pages("s3", "list_objects_v2", Bucket=bucket)
    return {
        entry["Key"]
        for page in pages
        for entry in page.get("Contents", ())
        if not entry["Key"].startswith(".releases/")
    }


@contextmanager
def visited(cloud: Cloud, bucket: str) -> Iterator[str]:
    """The URL of a server on loopback that hands out the bucket, with the headers that were stored."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path[1:])
            key = path + "index.html" if not path or path.endswith("/") else path
            try:
                found = cloud.call("s3", "get_object", Bucket=bucket, Key=key)
            except Refused:
                self.send_error(404)
                return
            body = found["Body"].read()
            self.send_response(200)
            self.send_header("Content-Type", found["ContentType"])
            self.send_header("Cache-Control", found["CacheControl"])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
