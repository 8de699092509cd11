"""Secrets in files: what is one, what only looks like one, and that looking is fast.

No secret stands here as such, lest scanners find this file: tokens are put together from parts.
"""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sameroom.project.leaks import Leak, leaks, named

BODY = "MIIEpAIBAAKCAQEA3Tz2mr7SZiAMfQyuvBjM9OiJjRazXBZ1BjP5CE6Wm9LqhV"
RANDOM = "qW3eR7tY1uI9oP5aS2dF8gH4jK6lZ0xCvBnMQ7wE1r"
ACCESS = "AKI" + "AQYLPMN5HHHFPZAM2"
SECRET = "je7MtGbClwBF/2Zp9Utk/h3yCo8nvb" + "Q3xYz1LmAk"


def key(kind: str = "RSA ") -> str:
    return f"-----BEGIN {kind}PRIVATE " + f"KEY-----\n{BODY}\n{BODY}\n-----END"


TOKENS = {
    "a Slack token": "xo" + "xb-263594206564-" + RANDOM[:24],
    "a Slack webhook": "https://hooks.slack" + ".com/services/T0A1B2C3D/B0A1B2C3D/" + RANDOM[:24],
    "a GitHub token": "gh" + "p_" + RANDOM[:36],
    "a GitLab token": "gl" + "pat-" + RANDOM[:20],
    "a Stripe live key": "sk_" + "live_" + RANDOM[:24],
    "a SendGrid key": "S" + "G." + RANDOM[:22] + "." + (RANDOM + "x")[:43],
    "an npm token": "np" + "m_" + RANDOM[:36],
    "a PyPI token": "py" + "pi-AgEIcHlwaS5vcmc" + RANDOM * 2,
    "an OpenAI key": "sk" + "-proj-" + RANDOM[:20] + "T3Blbk" + "FJ" + RANDOM[:20],
    "an Anthropic key": "sk-" + "ant-api03-" + RANDOM * 2,
    "an Azure storage key": "Account" + "Key=" + (RANDOM * 3)[:86] + "==",
    "the password of an RDS database": "postgresql://app:h7Tq9zLw2x@db.abc1.eu-west-1.rds.amazonaws.com/x",
    "an AWS access key with its secret": f"id = {ACCESS}\nkey = '{SECRET}'",
    "a private key": key(),
}


@pytest.mark.parametrize("what", TOKENS)
def test_a_token_of_a_known_form_is_told_with_its_line(what: str) -> None:
    data = f"# settings\n\nTOKEN = {TOKENS[what]}\n".encode()
    assert leaks("app/settings.py", data) == (Leak(3, what),)


@pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "])
def test_a_private_key_of_any_kind_is_one(kind: str) -> None:
    assert [leak.what for leak in leaks("server.pem", key(kind).encode())] == ["a private key"]


def test_a_private_key_with_headers_or_escaped_line_ends_is_one_too() -> None:
    headed = key().replace("-----\n", "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0A\n\n", 1)
    assert leaks("a.key", headed.encode())
    escaped = '{"type": "service_account", "private_key": "' + key("").replace("\n", "\\n") + '"}'
    assert [leak.what for leak in leaks("gcp.json", escaped.encode())] == ["a Google service account's key"]


@pytest.mark.parametrize(
    "text",
    [
        # AWS's own documentation.
        "aws_access_key_id = AKIA" + "IOSFODNN7EXAMPLE\nsecret = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        # An id without a secret opens nothing, and a commit's hash is no secret.
        f"{ACCESS} was retired",
        f"{ACCESS} 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
        "-----BEGIN RSA PRIVATE " + "KEY-----",
        "if line.startswith('-----BEGIN PRIVATE " + "KEY-----'): parse(line)",
        "-----BEGIN PRIVATE " + "KEY-----\n...\n-----END",
        "-----BEGIN CERTIFICATE-----\n" + BODY,
        "-----BEGIN PUBLIC KEY-----\n" + BODY,
        "gh" + "p_" + "x" * 36,
        "sk_" + "live_" + "your" * 8,
        "sk_" + "test_" + RANDOM[:24],
        "postgresql://user:" + "{password}@db.eu-west-1.rds.amazonaws.com/x",
        "postgresql://user:secret@localhost/x",
        "SECRET_KEY = os.environ['SECRET_KEY']",
        "",
    ],
)
def test_what_only_looks_like_a_secret_is_none(text: str) -> None:
    assert leaks("app.py", text.encode()) == ()


def test_a_line_that_says_so_is_silent() -> None:
    line = f"TOKEN = '{TOKENS['a GitHub token']}'  # sameroom: ignore"
    assert leaks("app.py", f"{line}[secret]\n{line}\n".encode()) == ()
    assert len(leaks("app.py", f"{line}[sqlite]".encode())) == 1


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        "app/.env.production",
        "keys/id_rsa",
        "home/.aws/credentials",
        "store.p12",
        "a/client_secret_1.json",
        ".netrc",
        "putty.ppk",
    ],
)
def test_some_files_are_secret_by_their_name(path: str) -> None:
    assert named(path)


@pytest.mark.parametrize(
    "path",
    [
        ".env.example",
        ".env.sample",
        "credentials",
        "app/credentials.py",
        "server.pem",
        "id_rsa.pub",
        "env.py",
        "x",
    ],
)
def test_other_names_say_nothing(path: str) -> None:
    assert named(path) == ""


def test_a_large_binary_is_passed_over_and_a_small_one_is_not() -> None:
    secret = TOKENS["a GitHub token"].encode()
    assert leaks("lib.so", b"\0" * (1 << 21) + b" " + secret) == ()
    assert leaks("data.bin", b"\0\0 " + secret + b" ")


def test_a_typical_file_takes_less_than_a_millisecond() -> None:
    data = b"def handler(event, context):\n    return table.get_item(Key={'id': event['id']})\n" * 400
    best = min(_seconds(data) for _ in range(5))
    assert len(data) > 30_000
    assert best < 0.001


def test_hostile_files_take_no_long_time() -> None:
    for data in (
        b"-----BEGIN PRIVATE KEY-----" * 20_000,
        b"AKIA" * 200_000,
        b"-----BEGIN PRIVATE KEY-----" + b" " * 10**6,
    ):
        assert _seconds(data) < 1


def _seconds(data: bytes) -> float:
    began = time.perf_counter()
    leaks("app.py", data)
    return time.perf_counter() - began


@given(st.binary(), st.text())
def test_no_bytes_make_it_fail(data: bytes, path: str) -> None:
    leaks(path, b"ghp_ AKIA PRIVATE KEY" + data)
    named(path)
