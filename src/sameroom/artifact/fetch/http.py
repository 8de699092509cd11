"""HTTPS as the environment says: proxies, certificates and credentials.

HTTPS_PROXY and NO_PROXY, SSL_CERT_FILE, SSL_CERT_DIR and REQUESTS_CA_BUNDLE, ~/.netrc or NETRC,
user:password@ in a URL or in that of an index, UV_HTTP_TIMEOUT.
"""

from __future__ import annotations

import netrc
import ssl
import threading
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError, ProtocolError

from .urls import CHUNK, Interrupted, Refused, shown

#: A server that is tired, not one that says no.
_TIRED = (429, 500, 502, 503, 504)
_INDEXES = ("UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL")


class Route(NamedTuple):
    """How to get to one URL."""

    url: str
    headers: Mapping[str, str]
    #: A proxy's URL, or "".
    proxy: str


class Http:
    """Keeps the connections, by proxy. Several threads may share one."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._lock = threading.Lock()
        self._managers: dict[str, urllib3.PoolManager] = {}

    def chunks(self, url: str) -> Iterator[bytes]:
        """The bytes at ``url``, as many as the server announced.

        :raises Refused: the server says no, is not there, or is not who it should be.
        :raises Interrupted: it stopped before the end.
        """
        route = routed(url, self._environ)
        try:
            answer = self._manager(route.proxy).request(
                "GET", route.url, headers=route.headers, preload_content=False, decode_content=False
            )
        except (HTTPError, ValueError) as error:
            raise Refused(shown(str(error))) from None
        with answer:
            if answer.status != 200:
                raise Refused(f"the server answered {answer.status} {answer.reason or ''}".rstrip())
            try:
                yield from answer.stream(CHUNK, decode_content=False)
            except ProtocolError as error:
                raise Interrupted(shown(str(error))) from None
            except HTTPError as error:
                raise Refused(shown(str(error))) from None

    def _manager(self, proxy: str) -> urllib3.PoolManager:
        with self._lock:
            if proxy not in self._managers:
                self._managers[proxy] = _manager(proxy, self._environ)
            return self._managers[proxy]


def routed(url: str, environ: Mapping[str, str]) -> Route:
    """``url`` without its credentials, which go into a header, and the proxy that leads there."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))
    login = _login(url) or _of_index(bare, environ) or _netrc(host, environ)
    # A wheel that somebody compressed on the way would have another hash.
    headers = {"User-Agent": "sameroom", "Accept-Encoding": "identity"}
    if login:
        headers.update(urllib3.make_headers(basic_auth=login))
    proxies = getproxies()
    proxy = "" if proxy_bypass(host) else proxies.get(parts.scheme, proxies.get("all", ""))
    return Route(bare, headers, proxy if "://" in proxy or not proxy else f"http://{proxy}")


def _login(url: str) -> str:
    """ "user:password" of ``url``, "" when it has none."""
    parts = urlsplit(url)
    return f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""


def _of_index(bare: str, environ: Mapping[str, str]) -> str:
    """The login of the index on the same host: its files want it too."""
    for value in (environ.get(name, "") for name in _INDEXES):
        for index in value.split():
            name, _, named = index.partition("=")
            address = index if "://" in name else named
            if urlsplit(shown(address))[:2] == urlsplit(bare)[:2] and (login := _login(address)):
                return login
    return ""


def _netrc(host: str, environ: Mapping[str, str]) -> str:
    named = environ.get("NETRC")
    for path in [Path(named)] if named else [Path.home() / ".netrc", Path.home() / "_netrc"]:
        try:
            found = netrc.netrc(str(path)).authenticators(host)
        except (OSError, netrc.NetrcParseError):
            continue
        return f"{found[0]}:{found[2] or ''}" if found else ""
    return ""


def _manager(proxy: str, environ: Mapping[str, str]) -> urllib3.PoolManager:
    seconds = environ.get("UV_HTTP_TIMEOUT", "")
    timeout = urllib3.Timeout(connect=10, read=float(seconds) if seconds.isdigit() else 30.0)
    retries = urllib3.Retry(
        total=10,
        connect=1,
        read=2,
        status=2,
        redirect=5,
        status_forcelist=_TIRED,
        backoff_factor=0.2,
        raise_on_status=False,
        respect_retry_after_header=False,
    )
    options = {"timeout": timeout, "retries": retries, "ssl_context": _certificates(environ), "maxsize": 8}
    if not proxy:
        return urllib3.PoolManager(**options)  # type: ignore[arg-type]
    connect = partial(urllib3.ProxyManager, shown(proxy), **options)  # type: ignore[arg-type]
    try:
        login = _login(proxy)
        return connect(proxy_headers=urllib3.make_headers(proxy_basic_auth=login)) if login else connect()
    except HTTPError as error:
        raise Refused(shown(str(error))) from None


def _certificates(environ: Mapping[str, str]) -> ssl.SSLContext:
    """The system's, with SSL_CERT_FILE and SSL_CERT_DIR as OpenSSL knows them, and requests' own variable."""
    context = ssl.create_default_context()
    bundle = environ.get("REQUESTS_CA_BUNDLE") or environ.get("CURL_CA_BUNDLE")
    if bundle:
        folder = Path(bundle).is_dir()
        try:
            context.load_verify_locations(None if folder else bundle, bundle if folder else None)
        except OSError as error:
            raise Refused(f"the certificates in {bundle} cannot be read: {error.strerror or error}") from None
    return context
