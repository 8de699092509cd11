"""A GET of what was deployed, by a stand-in's address where there is one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from sameroom.releases.asking import ask


class Site:
    """A server that notes what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []
        self.headers: dict[str, str] = {}
        self.body = b"{}"
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, self.headers["Host"]))
                self.send_response(302)
                for name, value in site.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(site.body)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.endpoint = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.mark.parametrize(
    ("url", "path", "target", "host"),
    [
        ("https://a1.execute-api.eu-west-1.amazonaws.com", "/", "/", "a1.execute-api.localhost:PORT"),
        (
            "https://a1.execute-api.eu-west-1.amazonaws.com/prod",
            "/health?x=1",
            "/prod/health?x=1",
            "a1.execute-api.localhost:PORT",
        ),
        ("https://u1.lambda-url.eu-west-1.on.aws/", "/é", "/%C3%A9", "u1.lambda-url.eu-west-1.on.aws"),
        ("https://shop.example.com", "/", "/", "shop.example.com"),
    ],
)
def test_a_stand_in_is_asked_for_the_host_that_aws_would_be(
    site: Site, url: str, path: str, target: str, host: str
) -> None:
    assert ask(url, path, site.endpoint).status == 302
    assert site.asked == [(target, host.replace("PORT", str(site.port)))]


def test_without_a_stand_in_the_url_itself_is_asked(site: Site) -> None:
    ask(site.endpoint, "health")
    assert site.asked == [("/health", f"127.0.0.1:{site.port}")]


def test_the_requests_id_is_the_apps_or_else_the_doors(site: Site) -> None:
    assert ask(site.endpoint, "/").request == ""
    site.headers = {"Apigw-Requestid": "door-1"}
    assert ask(site.endpoint, "/").request == "door-1"
    site.body = b'{"message": "no", "requestId": "app-1"}'
    assert ask(site.endpoint, "/").request == "app-1"
    site.body = b"[not json"
    assert ask(site.endpoint, "/").request == "door-1"
