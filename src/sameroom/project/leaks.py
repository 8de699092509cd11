"""Secrets in files that would travel to Lambda. Pure: a path and bytes in, findings out.

Only what its very form gives away: the prefixes that issuers gave their tokens so that scanners find them
(https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns).
A guess by entropy would cry wolf, and then nobody listens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

#: A file with a NUL in its first 8 KB is binary; those above 1 MB are libraries and pictures.
_HEAD, _LARGEST_BINARY = 8192, 1 << 20
#: Distinct characters that chance gives a token of 20 or more, far below what it really gives.
_FEWEST = 9
_PLACEHOLDER = re.compile(
    rb"(?i)example|placeholder|changeme|your|dummy|xxxx|0000000|1234567|\.\.\."
    # Azurite's account, the same for all: learn.microsoft.com/azure/storage/common/storage-connect-azurite
    rb"|^Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq"
)
#: Said on the line itself, it silences.
_SILENCED = re.compile(rb"sameroom:\s*ignore(?:\[[^\]\n]*\bsecret\b[^\]\n]*\])?(?!\[)")
_SECRET_ACCESS_KEY = re.compile(rb"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
#: Bytes around an access key's id in which its secret is looked for.
_NEAR = 400

#: Names that say that the value is a secret.
_SECRET_NAME = re.compile(
    r"(?:^|_)(?:\w*PASSWORD|PASSWD|PWD|PASSPHRASE|SECRET\w*|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY(?:_ID)?|"
    r"CREDENTIALS?|AUTH_?KEY|SIGNING_?KEY|ENCRYPTION_?KEY|DSN|CONNECTION_STRING)(?:$|_)",
    re.IGNORECASE,
)
#: A URL with a password in it, whoever's it is.
_URL_WITH_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@", re.IGNORECASE)
#: Names that only look like it: "PASSWORD_RESET_URL", "TOKEN_TTL".
_SECRET_NOT = re.compile(
    r"_(?:URL|URI|TTL|NAME|FILE|PATH|TIMEOUT|SECONDS|LENGTH|HEADER|ARN|ID|ENABLED|TABLE)$", re.I
)


class Leak(NamedTuple):
    """A secret and its line, from 1. ``what`` is for people, "a private key"; never the secret itself."""

    line: int
    what: str


class _Form(NamedTuple):
    what: str
    #: One of these is in every match: a fast way to say no.
    signs: tuple[bytes, ...]
    pattern: re.Pattern[bytes]


_PRIVATE_KEY = "a private key"
_AWS = "an AWS access key with its secret"
_FORMS = (
    _Form(
        _PRIVATE_KEY,
        (b"PRIVATE KEY",),
        # The body too, with real or escaped line ends: the title alone is in every parser.
        re.compile(
            rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
            rb"(?:\\r|\\n|[\s\"'+,\\]|[A-Z][A-Za-z-]+: [^\r\n]*\n){1,400}?(?P<token>[A-Za-z0-9+/]{40,})"
        ),
    ),
    _Form(
        _AWS,
        (b"AKIA", b"ASIA"),
        re.compile(rb"(?<![A-Za-z0-9])(?P<token>A[KS]IA[A-Z2-7]{16})(?![A-Za-z0-9])"),
    ),
    _Form(
        "a Slack token",
        (b"xox", b"xapp-"),
        re.compile(rb"\b(?:xox[abeoprs]-\d+-|xapp-\d-[A-Z0-9]+-)(?P<token>[A-Za-z0-9-]{20,})"),
    ),
    _Form(
        "a Slack webhook",
        (b"hooks.slack.com/",),
        re.compile(rb"hooks\.slack\.com/services/T[A-Z0-9]{7,}/B[A-Z0-9]{7,}/(?P<token>[A-Za-z0-9]{20,})"),
    ),
    _Form(
        "a GitHub token",
        (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"github_pat_"),
        re.compile(rb"\b(?:gh[pousr]_|github_pat_)(?P<token>[A-Za-z0-9_]{36,255})\b"),
    ),
    _Form("a GitLab token", (b"glpat-",), re.compile(rb"\bglpat-(?P<token>[A-Za-z0-9_-]{20,})")),
    _Form(
        "a Stripe live key",
        (b"k_live_",),
        re.compile(rb"\b[rs]k_live_(?P<token>[A-Za-z0-9]{24,})"),
    ),
    _Form(
        "a SendGrid key",
        (b"SG.",),
        re.compile(rb"\bSG\.(?P<token>[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])"),
    ),
    _Form("an npm token", (b"npm_",), re.compile(rb"\bnpm_(?P<token>[A-Za-z0-9]{36})\b")),
    _Form("a PyPI token", (b"pypi-AgE",), re.compile(rb"\bpypi-AgE(?P<token>[A-Za-z0-9_-]{60,})")),
    _Form(
        "an OpenAI key",
        (b"T3BlbkFJ",),
        re.compile(rb"\bsk-(?:[a-z]+-)?(?P<token>[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,})"),
    ),
    _Form(
        "an Anthropic key",
        (b"sk-ant-",),
        re.compile(rb"\bsk-ant-[a-z]+\d\d-(?P<token>[A-Za-z0-9_-]{80,})"),
    ),
    _Form(
        "an Azure storage key",
        (b"AccountKey=",),
        re.compile(rb"\bAccountKey=(?P<token>[A-Za-z0-9+/]{86}==)"),
    ),
    _Form(
        "the password of an RDS database",
        (b".rds.amazonaws.com",),
        re.compile(
            rb"\b[a-z0-9+]{2,20}://[^\s:/@\"'{$<%]{1,64}:(?P<token>[^\s:/@\"'{$<%]{6,128})@"
            rb"[A-Za-z0-9.-]{1,200}\.rds\.amazonaws\.com"
        ),
    ),
)
_NAMES = {
    **dict.fromkeys((".netrc", "_netrc", ".git-credentials"), "passwords of servers"),
    **dict.fromkeys(("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"), "an SSH private key"),
    ".env": "the variables of a .env file",
    ".pgpass": "passwords of databases",
    ".pypirc": "a password of PyPI",
    ".htpasswd": "passwords of people",
    ".dockercfg": "passwords of registries",
    "terraform.tfstate": "the state of Terraform, which keeps passwords in the clear",
}
_PATHS = {
    ".aws/credentials": "AWS access keys",
    ".docker/config.json": "passwords of registries",
}
_SUFFIXES = {
    **dict.fromkeys((".p12", ".pfx", ".jks", ".keystore"), "a key store"),
    ".kdbx": "a password safe",
    ".ppk": "an SSH private key",
}
#: .env.example and the like are there to be shown.
_SHOWN = {"example", "sample", "template", "dist", "tmpl", "defaults", "test"}


def named(path: str) -> str:
    """What secret a file at ``path`` holds judging by its name alone; "" when the name says nothing.

    ``path`` is relative, with "/". A .pem file may be a certificate, so its content decides (``leaks``).
    """
    name = path.rpartition("/")[2].lower()
    if name.startswith(".env.") and _SHOWN.isdisjoint(name.split(".")):
        return _NAMES[".env"]
    if name.startswith("client_secret") and name.endswith(".json"):
        return "a Google OAuth client's secret"
    for end, what in _PATHS.items():
        if path == end or path.endswith("/" + end):
            return what
    return _NAMES.get(name) or next((what for end, what in _SUFFIXES.items() if name.endswith(end)), "")


def leaks(path: str, data: bytes) -> tuple[Leak, ...]:
    """The secrets in ``data``, the content of the file at ``path``, by line.

    ``# sameroom: ignore[secret]`` on a line silences it. AWS's documented examples are not secrets
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html), nor are placeholders.
    Binary files above 1 MB are passed over.
    """
    if len(data) > _LARGEST_BINARY and b"\0" in data[:_HEAD]:
        return ()
    found = set()
    for form in _FORMS:
        if any(sign in data for sign in form.signs):
            found |= {Leak(data.count(b"\n", 0, at) + 1, form.what) for at in _places(form, data)}
    if path.endswith(".json") and b'"service_account"' in data:
        found = {leak._replace(what="a Google service account's key") for leak in found}
    return tuple(sorted(found))


def looks_secret(name: str, value: str) -> bool:
    """Whether an environment variable's name or value says that it must not be shown, nor stand in a file
    under version control."""
    if not value:
        return False
    named = _SECRET_NAME.search(name) and not _SECRET_NOT.search(name)
    return bool(named or _URL_WITH_PASSWORD.match(value) or leaks("", value.encode("utf-8", "replace")))


def _places(form: _Form, data: bytes) -> Iterator[int]:
    for match in form.pattern.finditer(data):
        token = match["token"]
        if len(set(token)) < _FEWEST or _PLACEHOLDER.search(token):
            continue
        if form.what == _AWS and not _has_secret(data, match.start(), match.end()):
            continue
        if not _SILENCED.search(_line(data, match.start())):
            yield match.start()


def _has_secret(data: bytes, start: int, end: int) -> bool:
    """Whether an access key's secret stands near its id. An id alone opens nothing."""
    around = data[max(0, start - _NEAR) : end + _NEAR]
    return any(_is_mixed(secret) for secret in _SECRET_ACCESS_KEY.findall(around))


def _is_mixed(secret: bytes) -> bool:
    """Forty of anything but a hash in hex, a path or a word."""
    return (
        any(65 <= char <= 90 for char in secret)
        and any(97 <= char <= 122 for char in secret)
        and any(48 <= char <= 57 for char in secret)
        and not _PLACEHOLDER.search(secret)
    )


def _line(data: bytes, at: int) -> bytes:
    end = data.find(b"\n", at)
    return data[data.rfind(b"\n", 0, at) + 1 : end if end >= 0 else len(data)]
