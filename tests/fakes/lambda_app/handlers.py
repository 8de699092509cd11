"""Handlers with the good and bad manners that sandboxes must cope with; the event's "do" names one."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NULS = b"\0" * 8
COUNT = [0]


def handler(event: dict[str, Any], context: Any) -> Any:
    return globals()[event.get("do", "echo")](event, context)


def echo(event: dict[str, Any], context: Any) -> Any:
    return {"event": event, "pid": os.getpid()}


def sleep(event: dict[str, Any], context: Any) -> Any:
    time.sleep(event["seconds"])
    return {"pid": os.getpid()}


def fail(event: dict[str, Any], context: Any) -> Any:
    raise ValueError("the handler's own words")


def leave_at_once(event: dict[str, Any], context: Any) -> Any:
    os._exit(event["status"])


def leave(event: dict[str, Any], context: Any) -> Any:
    sys.exit(event["status"])


def loop(event: dict[str, Any], context: Any) -> Any:
    while True:
        pass


def hog(event: dict[str, Any], context: Any) -> Any:
    held = []
    while True:
        held.append(b"x" * 4_000_000)
        time.sleep(0.001)


def hog_in_child(event: dict[str, Any], context: Any) -> Any:
    code = "import time\nheld = b'x' * 300_000_000\ntime.sleep(30)"
    return subprocess.run([sys.executable, "-c", code], check=False).returncode


def say(event: dict[str, Any], context: Any) -> Any:
    for number, text in event["lines"]:
        os.write(number, text.encode("latin-1"))
    return {}


def large(event: dict[str, Any], context: Any) -> Any:
    return b'"' + b"x" * (event["size"] - 2) + b'"'


def large_and_on(event: dict[str, Any], context: Any) -> Any:
    """Unlike awslambdaric, this runtime survives the refusal."""
    client = context["client"]
    status, _, body = client.ask("POST", client.path + "/response", b"x" * event["size"])
    print(status, body.decode(), flush=True)


def write(event: dict[str, Any], context: Any) -> Any:
    """What came of writing each path: "" or the error's name."""
    came = {}
    for path in event["paths"]:
        try:
            Path(path).write_text("x")
            came[path] = ""
        except OSError as problem:
            came[path] = type(problem).__name__ + ": " + os.strerror(problem.errno or 0)
    return came


def look(event: dict[str, Any], context: Any) -> Any:
    statvfs = os.statvfs("/tmp")
    return {
        "environ": dict(os.environ),
        "path": sys.path,
        "cwd": os.getcwd(),
        "tmp": os.listdir("/tmp"),
        "tmp_size": statvfs.f_blocks * statvfs.f_frsize,
        "headers": context["headers"],
        "user": os.getuid(),
        "session": [os.getsid(0), os.getpgid(0), os.getpid()],
        "stdin": sys.stdin.read(),
        "open": [os.path.realpath(f"/proc/self/fd/{number}") for number in range(3, 100)],
        "sameroom": __import__("sameroom").__file__,
    }


def count(event: dict[str, Any], context: Any) -> Any:
    """Starts a thread that counts; answers how far it is."""

    def on() -> None:
        while True:
            COUNT[0] += 1
            time.sleep(0.001)

    if not COUNT[0]:
        threading.Thread(target=on, daemon=True).start()
    return COUNT[0]


def breed(event: dict[str, Any], context: Any) -> Any:
    """Starts a child and a daemon that has left the session; both would run for long."""
    child = subprocess.Popen(["sleep", "60"])
    daemon = subprocess.run(
        ["sh", "-c", "setsid sleep 61 >/dev/null 2>&1 & echo $!"], capture_output=True, check=True
    )
    if event.get("exit"):
        os._exit(1)
    return {"pids": [os.getpid(), child.pid, int(daemon.stdout)]}


def linger(event: dict[str, Any], context: Any) -> Any:
    """Answers, and then is busy for a while before it polls again."""
    client = context["client"]
    client.ask("POST", client.path + "/response", json.dumps({"pid": os.getpid()}).encode())
    time.sleep(event["seconds"])


def stream(event: dict[str, Any], context: Any) -> Iterator[bytes]:
    yield b'{"statusCode":200}' + NULS
    for number in range(event.get("chunks", 3)):
        yield b"x" * event["size"] if "size" in event else b"chunk %d;" % number
        time.sleep(event.get("pause", 0))
    print("all sent", flush=True)


def stream_in_pieces(event: dict[str, Any], context: Any) -> Iterator[bytes]:
    """The prelude's end falls between chunks."""
    yield b'{"status'
    yield b'Code":201}' + NULS[:3]
    yield NULS[3:] + b"body"


def stream_and_fail(event: dict[str, Any], context: Any) -> Iterator[bytes]:
    yield b'{"statusCode":200}' + NULS + b"some of it"
    body = base64.b64encode(b'{"errorType":"ValueError","errorMessage":"mid-stream"}').decode()
    name = "Lambda-Runtime-Function-Error"
    raise RuntimeError(f"{name}-Type: ValueError\r\n{name}-Body: {body}\r\n")


def stream_and_leave(event: dict[str, Any], context: Any) -> Iterator[bytes]:
    yield b'{"statusCode":200}' + NULS + b"some of it"
    time.sleep(0.05)
    os._exit(7)


def stream_and_loop(event: dict[str, Any], context: Any) -> Iterator[bytes]:
    yield b'{"statusCode":200}' + NULS + b"some of it"
    time.sleep(60)


def stream_without_head(event: dict[str, Any], context: Any) -> Iterator[bytes]:
    yield b"no status, no headers, no NULs"


def stream_plain(event: dict[str, Any], context: Any) -> Any:
    client = context["client"]
    mode = "Lambda-Runtime-Function-Response-Mode: streaming\r\nContent-Type: text/csv\r\n"
    client.stream(iter([b"a,b\n", b"1,2\n"]), mode)


def garbage(event: dict[str, Any], context: Any) -> Any:
    """Speaks anything but HTTP, then goes on as if nothing had been."""
    client = context["client"]
    client.socket.sendall(b"\x16\x03\x01 this is no HTTP\r\n\r\n")
    print("told:", client.file.readline().decode().strip(), flush=True)
    sys.exit(9)


def foreign_id(event: dict[str, Any], context: Any) -> Any:
    client = context["client"]
    status, _, body = client.ask("POST", "/invocation/somebody-elses/response", b"{}")
    return {"status": status, "body": json.loads(body)}
