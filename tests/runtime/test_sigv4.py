"""Signatures, held against AWS's published ones and against botocore's."""

from __future__ import annotations

import calendar
import string
import time
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sameroom.runtime.credentials import Credentials
from sameroom.runtime.sigv4 import Request, Scope, presign, sign

# docs.aws.amazon.com/IAM: the example account of AWS's test suite for Signature Version 4
WHO = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SCOPE = Scope("us-east-1", "service")
NOW = calendar.timegm((2015, 8, 30, 12, 36, 0))
HOST = {"Host": "example.amazonaws.com"}


@pytest.mark.parametrize(
    ("method", "signature"),
    [
        ("GET", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("POST", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    ],
)
def test_a_signature_is_the_one_that_aws_publishes(method: str, signature: str) -> None:
    headers = sign(Request(method, "/", "", HOST), WHO, SCOPE, NOW)
    assert headers["X-Amz-Date"] == "20150830T123600Z"
    assert headers["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={signature}"
    )


def test_no_secret_is_in_the_repr_of_credentials() -> None:
    assert repr(WHO._replace(token="tok")) == "<credentials AKIDEXAMPLE>"


def test_headers_that_change_on_the_way_are_not_signed() -> None:
    plain = Request("POST", "/", "", HOST, b"{}")
    more = {**HOST, "User-Agent": "x", "Connection": "close", "X-Amzn-Trace-Id": "1"}
    one, other = (
        sign(request, WHO, SCOPE, NOW)["Authorization"] for request in (plain, plain._replace(headers=more))
    )
    assert one == other


_safe = st.sampled_from(string.ascii_letters + string.digits + "-_.~/!$'()*+,;:@")
_escaped = st.binary(min_size=1, max_size=1).map(lambda byte: f"%{byte.hex().upper()}")
_text = st.lists(_safe | _escaped, max_size=12).map("".join)
_token = st.text(string.ascii_lowercase + string.digits + "-", min_size=1, max_size=12).filter(
    lambda name: not name.startswith("-")
)
_headers = st.dictionaries(
    _token.map(lambda name: f"x-{name}"), st.text(string.printable[:95] + "\t", max_size=20), max_size=6
)
_pairs = st.lists(st.tuples(_text, _text).map("=".join) | _text, max_size=5).map("&".join)
_who = st.builds(
    Credentials,
    st.text(string.ascii_uppercase, min_size=4, max_size=20),
    st.text(string.ascii_letters + string.digits + "+/=", min_size=1, max_size=40),
    st.just("") | st.text(string.ascii_letters + string.digits + "+/=", min_size=1, max_size=60),
)
_scopes = st.builds(Scope, st.sampled_from(["eu-west-1", "us-gov-east-1", "cn-north-1"]), _token)
_methods = st.sampled_from(["GET", "POST", "PUT", "DELETE", "post"])


@given(
    _methods, _text, _pairs, _headers, st.binary(max_size=40), _who, _scopes, st.sampled_from(["", ":8443"])
)
def test_every_request_is_signed_as_botocore_signs_it(
    method: str,
    path: str,
    query: str,
    headers: dict[str, str],
    body: bytes,
    who: Credentials,
    scope: Scope,
    port: str,
) -> None:
    auth = pytest.importorskip("botocore.auth")
    host = f"example.amazonaws.com{port}"
    theirs = _botocore(method, f"https://{host}/{path}{f'?{query}' if query else ''}", headers, body)
    auth.SigV4Auth(_credentials(who), scope.service, scope.region).add_auth(theirs)
    ours = sign(
        Request(method, f"/{path}", query, {"Host": host, **headers}, body), who, scope, _when(theirs.headers)
    )
    assert ours.pop("Host") == host
    assert ours == dict(theirs.headers.items())


@given(
    st.dictionaries(_token, st.text(max_size=8), max_size=3), _who, _scopes, st.sampled_from(["", ":5432"])
)
def test_every_url_is_presigned_as_botocore_presigns_it(
    query: dict[str, str], who: Credentials, scope: Scope, port: str
) -> None:
    auth = pytest.importorskip("botocore.auth")
    host = f"db.example.com{port}"
    said = "&".join(f"{name}={quote(value, safe='-_.~')}" for name, value in query.items())
    theirs = _botocore("GET", f"https://{host}/?{said}", {}, b"")
    auth.SigV4QueryAuth(_credentials(who), scope.service, scope.region, 900).add_auth(theirs)
    moment = theirs.url.partition("X-Amz-Date=")[2][:16]
    ours = presign(Request("GET", "/", said, {"Host": host}), who, scope, _seconds(moment), 900)
    assert f"https://{host}/?{ours}" == theirs.url


def _botocore(method: str, url: str, headers: dict[str, str], body: bytes) -> Any:
    return pytest.importorskip("botocore.awsrequest").AWSRequest(
        method=method, url=url, headers=headers, data=body
    )


def _credentials(who: Credentials) -> Any:
    return pytest.importorskip("botocore.credentials").Credentials(who.key, who.secret, who.token or None)


def _when(headers: Any) -> float:
    return _seconds(headers["X-Amz-Date"])


def _seconds(moment: str) -> float:
    return calendar.timegm(time.strptime(moment, "%Y%m%dT%H%M%SZ"))
