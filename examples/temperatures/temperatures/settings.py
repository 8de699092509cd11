"""What this app is told by its environment; ``README.md`` has the table."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from . import asked, bands, wire

URL = "https://www.daggegevens.knmi.nl/klimatologie/daggegevens"


class Settings(NamedTuple):
    """All of them, checked."""

    #: What a request that does not say gets, as in a query.
    usual: Mapping[str, str]
    url: str
    #: One of wire.FORMATS.
    format: str
    #: Seconds in which KNMI's whole answer has to be there.
    seconds: float
    #: Seconds for which KNMI is left alone when it has failed.
    rest: float
    agent: str
    cache: Path


class BadSetting(ValueError):
    """A variable whose value cannot be used; the app does not start."""


def read(environ: Mapping[str, str]) -> Settings:
    """The settings of an environment.

    :raises BadSetting: naming the variable.
    """
    usual = {
        "station": environ.get("TEMPERATURES_STATION", "240"),
        "bands": environ.get("TEMPERATURES_BANDS", bands.DEFAULT),
        "order": "oldest",
    }
    try:
        asked.station(usual["station"])
    except ValueError as error:
        raise BadSetting(f"TEMPERATURES_STATION: {error}") from None
    try:
        bands.read(usual["bands"])
    except bands.BadBands as error:
        raise BadSetting(f"TEMPERATURES_BANDS: {error}") from None
    contact = environ.get("TEMPERATURES_CONTACT", "")
    return Settings(
        usual,
        _url(environ.get("KNMI_URL", URL)),
        _format(environ.get("KNMI_FORMAT", "json")),
        _seconds(environ, "KNMI_SECONDS", 10),
        _seconds(environ, "KNMI_REST", 60),
        f"temperatures/0.1 ({contact})" if contact else "temperatures/0.1",
        Path(environ.get("TEMPERATURES_CACHE") or _own_folder()),
    )


def _url(text: str) -> str:
    if not text.startswith(("https://", "http://")):
        raise BadSetting(f"KNMI_URL: {text!r} is no URL; it begins with https://")
    return text


def _format(text: str) -> str:
    if text not in wire.FORMATS:
        raise BadSetting(f"KNMI_FORMAT: {text!r} is none of {', '.join(wire.FORMATS)}")
    return text


def _seconds(environ: Mapping[str, str], name: str, usual: float) -> float:
    text = environ.get(name, str(usual))
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= 600:
        raise BadSetting(f"{name}: {text!r} is no number of seconds from 0 to 600")
    return seconds


def _own_folder() -> Path:
    # On Lambda this is /tmp, the one place that can be written; it lives as long as the sandbox.
    return Path(tempfile.gettempdir()) / f"temperatures-{os.getuid() if hasattr(os, 'getuid') else 'cache'}"
