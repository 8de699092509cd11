"""What a cold start pays for ten secrets: ``secret`` against boto3, and against Powertools' parameters.

Each candidate is a new process that has imported Flask; the time runs from there until it has the ten values:
its imports, its client, the TLS context with the system's certificate authorities, the handshake, the call.
The other end speaks TLS on loopback and answers GetParameters at once, so that a region's own milliseconds,
the same for all, are not in it.
"""

from __future__ import annotations

import http.server
import json
import os
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

import peers
import table

BOTO3 = "boto3==1.43.106"
POWERTOOLS = "aws-lambda-powertools==3.37.0"
OURS = "sameroom"
NAMES = [f"SECRET_{number}" for number in range(10)]
PATH = "/sameroom/shop/"
#: From an imported Flask to a dict with ten values, by name.
CODE = {
    OURS: """
from sameroom import secret
found = {name: secret(name) for name in NAMES}
""",
    "sameroom, load_secrets(app)": """
from sameroom import load_secrets
found = {}
load_secrets(found)
""",
    "boto3": """
import boto3
said = boto3.client("ssm").get_parameters(Names=[PATH + name for name in NAMES], WithDecryption=True)
found = {one["Name"].removeprefix(PATH): one["Value"] for one in said["Parameters"]}
""",
    "powertools": """
from aws_lambda_powertools.utilities import parameters
said = parameters.get_parameters_by_name({PATH + name: {} for name in NAMES}, decrypt=True)
found = {name.removeprefix(PATH): value for name, value in said.items()}
""",
}
PROGRAM = f"""
import json, resource, sys, time
import flask
NAMES, PATH = {NAMES!r}, {PATH!r}
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before, began = len(sys.modules), time.perf_counter()
%s
took = (time.perf_counter() - began) * 1000
memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
assert found == {{name: "value of " + name for name in NAMES}}, found
print(json.dumps([took, len(sys.modules) - before, memory]))
"""


class Measured(NamedTuple):
    """One cold start: milliseconds, modules loaded, megabytes of memory, calls to SSM, all beyond Flask."""

    ms: float
    modules: int
    megabytes: float
    calls: int


class Desk(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    #: Headers and body leave in one piece, or the second would wait 40 ms for the client's acknowledgement.
    wbufsize = -1
    calls = 0

    def do_POST(self) -> None:
        type(self).calls += 1
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = [
            {
                "Name": name,
                "Type": "SecureString",
                "Value": f"value of {name.removeprefix(PATH)}",
                "Version": 1,
            }
            for name in asked["Names"]
        ]
        body = json.dumps({"Parameters": found, "InvalidParameters": []}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def parameter_store(folder: Path) -> Iterator[dict[str, str]]:
    """The variables of a function beside a Parameter Store on loopback, whose certificate it trusts."""
    key, certificate, trusted = folder / "key.pem", folder / "cert.pem", folder / "trusted.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=localhost",
    ]
    made += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    # As many authorities as anybody has, and ours.
    everybody = ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt"
    trusted.write_bytes(Path(everybody).read_bytes() + certificate.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "AWS_ENDPOINT_URL_SSM": f"https://localhost:{server.server_port}",
            "AWS_CA_BUNDLE": str(trusted),
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "AKID",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SESSION_TOKEN": "token",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "SAMEROOM_SECRETS": ",".join(NAMES),
            "SAMEROOM_SECRETS_PATH": PATH,
        }
        server.shutdown()
        thread.join()


def cold_start(code: str, environ: dict[str, str]) -> Measured:
    Desk.calls = 0
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM % code], env=environ, capture_output=True, text=True, check=True
    )
    took, modules, megabytes = json.loads(done.stdout)
    return Measured(took, modules, megabytes, Desk.calls)


def main() -> None:
    chosen = table.options(__doc__ or "", 25).parse_args()
    packages = (*peers.FLASK, BOTO3, POWERTOOLS)
    peers.run_inside(peers.environment("secret-values", packages))

    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    figures: dict[str, list[Measured]] = {name: [] for name in CODE}
    with tempfile.TemporaryDirectory() as folder, parameter_store(Path(folder)) as environ:
        order = list(CODE)
        for name in order:
            cold_start(CODE[name], environ)  # bytecode and files are there
        for _ in range(chosen.reps):
            for name in order:
                figures[name].append(cold_start(CODE[name], environ))
            order.append(order.pop(0))
    took = {name: [one.ms for one in all_of_it] for name, all_of_it in figures.items()}
    rows = [
        (
            name,
            median(took[name]),
            all_of_it[0].modules,
            median(one.megabytes for one in all_of_it),
            all_of_it[0].calls,
            f"x{table.paired(took[name], took['boto3']):.3f}",
        )
        for name, all_of_it in figures.items()
    ]
    table.show(
        table.Figures(
            "Ten SecureStrings, from an imported Flask to their values: medians of whole processes.",
            ("by", "ms", "modules", "MB", "calls", "ms / boto3"),
            rows,
            [
                table.Target("ms of boto3", table.paired(took[OURS], took["boto3"]), 0.25),
                table.Target("ms of Powertools", table.paired(took[OURS], took["powertools"]), 0.25),
                table.Target("calls for ten secrets, of one", figures[OURS][0].calls, 1),
            ],
            {name: version(name) for name in (package.partition("==")[0] for package in packages)},
        ),
        chosen.json,
    )


if __name__ == "__main__":
    main()
