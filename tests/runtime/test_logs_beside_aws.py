"""Our log formats beside those of AWS's own client: the same records, through both, must read the same."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from fakes.lambda_process import LOOP, RIC, function

pytestmark = pytest.mark.skipif(not find_spec("awslambdaric"), reason="awslambdaric is not installed")

RECORDS = """
    import datetime, logging

    log = logging.getLogger("shop.till")
    log.warning("said while importing")

    def handler(event, context):
        log.log(5, "finer than debug")
        log.debug("debug")
        log.info("hello %s, %d", "you", 7)
        log.log(25, "between levels")
        log.warning("two\\nlines and é 漢")
        log.error("error")
        log.critical("critical")
        log.log(70, "beyond critical")
        logging.getLogger().error("from the root")
        log.error("100 % as it is")
        log.error({"a": 1, "b": [None, "é"]})
        log.error({"a": 1}, extra={"order": 7})
        log.error("with extras", extra={"order": 7, "items": ["x"], "none": None, "flag": False})
        log.error("extras that are no JSON", extra={"day": datetime.date(2026, 1, 2), "type": set})
        log.error("extras cannot replace", extra={"requestId": "forged", "level": "none", "logger": "other"})
        log.error("where", stack_info=False, stacklevel=1)
        try:
            inner()
        except ValueError:
            log.exception("it went wrong")
            log.warning("in passing", exc_info=True)

    def inner():
        raise ValueError("wrong value")
"""


class Frame(NamedTuple):
    kind: int
    micros: int
    text: str


def frames(data: bytes) -> list[Frame]:
    """Of Lambda's telemetry pipe: type, length, microseconds, text; all big-endian."""
    found = []
    while data:
        kind, size = int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big")
        found.append(Frame(kind, int.from_bytes(data[8:16], "big"), data[16 : 16 + size].decode()))
        assert len(data) >= 16 + size
        data = data[16 + size :]
    return found


def logged(folder: Path, command: Sequence[str], environ: dict[str, str]) -> list[Frame]:
    """What a runtime writes to its telemetry pipe when RECORDS is imported and invoked."""
    target = folder / "telemetry"
    descriptor = os.open(target, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
    environ = {**environ, "_LAMBDA_TELEMETRY_LOG_FD": str(descriptor)}
    how: dict[str, Any] = {"command": command, "environ": environ, "pass_fds": (descriptor,)}
    with function(folder, RECORDS, handler="wsgi.handler", **how) as (service, process):
        os.close(descriptor)
        service.answer({}, headers={"Lambda-Runtime-Aws-Tenant-Id": "blue"})
        assert process.output() == ""  # all of it is in the pipe
    return frames(target.read_bytes())


TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")


def normal(text: str) -> Any:
    """A record without its time, in which alone we differ: AWS's client gives JSON whole seconds."""
    if not text.startswith("{"):
        return TIME.sub("<time>", text.rstrip("\n"))
    record = json.loads(text)
    assert TIME.fullmatch(record.pop("timestamp"))
    return record


@pytest.mark.parametrize("shape", ["TEXT", "JSON", "json"])
@pytest.mark.parametrize("level", ["", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"])
def test_records_frames_and_levels_are_those_of_awss_client(tmp_path: Path, shape: str, level: str) -> None:
    environ = {"AWS_LAMBDA_LOG_FORMAT": shape}
    if level or shape != "TEXT":
        # Told to write JSON, Lambda sets the level too, to INFO.
        environ["AWS_LAMBDA_LOG_LEVEL"] = level or "INFO"
    theirs = logged(tmp_path, RIC, environ)
    ours = logged(tmp_path, LOOP, environ)
    assert [normal(frame.text) for frame in ours] == [normal(frame.text) for frame in theirs]
    assert [frame.kind for frame in ours] == [frame.kind for frame in theirs]


def test_frames_carry_the_time_of_their_records_in_microseconds(tmp_path: Path) -> None:
    environ = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "INFO"}
    micros = [frame.micros for frame in logged(tmp_path, LOOP, environ)]
    started = (tmp_path / "wsgi.py").stat().st_mtime * 1_000_000
    assert started < micros[0] < started + 60_000_000
    assert micros == sorted(micros)


def test_text_on_standard_output_is_that_of_awss_client_but_for_the_seams(tmp_path: Path) -> None:
    # It writes line feeds within a record, at which CloudWatch cuts, and none behind a traceback.
    def printed(command: Sequence[str]) -> str:
        with function(tmp_path, RECORDS, command=command, handler="wsgi.handler") as (service, process):
            service.answer({})
            return TIME.sub("<time>", process.output())

    ours = printed(LOOP)
    assert "\n" not in ours.replace("\n[", "").rstrip("\n")
    theirs = printed(RIC).replace("wrong value[", "wrong value\n[")
    assert re.split(r"[\r\n]", ours.rstrip("\n")) == theirs.split("\n")
