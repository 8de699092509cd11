"""The requests that are measured, as the events AWS makes of them: one builder a door."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote

Event = dict[str, Any]


class Workload(NamedTuple):
    """One request, as the client sends it."""

    title: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    #: Whether the door hands the body over as base64.
    binary: bool = False
    #: Small ones measure the handler; the others the conversion of a body.
    small: bool = True


# What a client sends and AWS adds to every request.
_USUAL = (
    ("accept", "application/json"),
    ("content-length", "0"),
    ("host", "abcdef1234.execute-api.eu-west-1.amazonaws.com"),
    ("user-agent", "curl/8.5.0"),
    ("x-amzn-trace-id", "Root=1-6543210f-0123456789abcdef01234567"),
    ("x-forwarded-for", "203.0.113.7"),
    ("x-forwarded-port", "443"),
    ("x-forwarded-proto", "https"),
)
# A browser's, to make twenty.
_BROWSERS = (
    ("accept-encoding", "gzip, deflate, br"),
    ("accept-language", "en-GB,en;q=0.7,de;q=0.3"),
    ("authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"),
    ("cache-control", "no-cache"),
    ("dnt", "1"),
    ("origin", "https://www.example.com"),
    ("pragma", "no-cache"),
    ("referer", "https://www.example.com/list?page=2"),
    ("sec-fetch-dest", "empty"),
    ("sec-fetch-mode", "cors"),
    ("sec-fetch-site", "same-site"),
    ("x-request-id", "c0ffee00-1111-2222-3333-444455556666"),
)
_QUERY = tuple((f"field{number}", f"some value {number}") for number in range(10))

WORKLOADS = (
    Workload("small JSON", "GET", "/json", headers=_USUAL),
    Workload("20 headers, 10 parameters", "GET", "/json", _QUERY, _USUAL + _BROWSERS),
    Workload(
        "10 KB POST",
        "POST",
        "/upload",
        headers=(*_USUAL, ("content-type", "application/json")),
        body=b'{"text": "' + b"lorem ipsum " * 853 + b'"}',
    ),
    Workload("1 MB text", "GET", "/text", headers=_USUAL, small=False),
    Workload("1 MB binary", "GET", "/binary", headers=_USUAL, small=False),
    Workload(
        "5 MB upload",
        "POST",
        "/upload",
        headers=(*_USUAL, ("content-type", "application/octet-stream")),
        # Lambda takes an event of 6 MB: 4.5 MB of body and the base64 around it. Five is what is asked.
        body=bytes(range(256)) * (5 * 4096),
        binary=True,
        small=False,
    ),
)


def _headers(workload: Workload) -> dict[str, str]:
    headers = dict(workload.headers)
    headers["content-length"] = str(len(workload.body))
    return headers


def _query(workload: Workload) -> str:
    return "&".join(f"{quote(key)}={quote(value)}" for key, value in workload.query)


def _body(workload: Workload) -> str:
    return b64encode(workload.body).decode() if workload.binary else workload.body.decode()


def _version_2(workload: Workload, domain: str) -> Event:
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": workload.path,
        "rawQueryString": _query(workload),
        "headers": _headers(workload) | {"host": domain},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": domain.partition(".")[0],
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "http": {
                "method": workload.method,
                "path": workload.path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "curl/8.5.0",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "21/Nov/2025:00:00:00 +0000",
            "timeEpoch": 1763683200000,
        },
        "isBase64Encoded": workload.binary,
    }
    if workload.query:
        event["queryStringParameters"] = dict(workload.query)
    if workload.body:
        event["body"] = _body(workload)
    return event


def http_api(workload: Workload) -> Event:
    return _version_2(workload, "abcdef1234.execute-api.eu-west-1.amazonaws.com")


def function_url(workload: Workload) -> Event:
    return _version_2(workload, "abcdef1234567890.lambda-url.eu-west-1.on.aws")


def rest_api(workload: Workload) -> Event:
    headers = {name.title(): value for name, value in _headers(workload).items() if name != "content-length"}
    query = dict(workload.query)
    return {
        "resource": "/{proxy+}",
        "path": workload.path,
        "httpMethod": workload.method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {key: [value] for key, value in query.items()} or None,
        "pathParameters": {"proxy": workload.path[1:]},
        "stageVariables": None,
        "requestContext": {
            "resourceId": "abc123",
            "resourcePath": "/{proxy+}",
            "httpMethod": workload.method,
            "extendedRequestId": "JKJaXmPLvHcESHA=",
            "requestTime": "21/Nov/2025:00:00:00 +0000",
            "path": f"/prod{workload.path}",
            "accountId": "123456789012",
            "protocol": "HTTP/1.1",
            "stage": "prod",
            "domainPrefix": "abcdef1234",
            "requestTimeEpoch": 1763683200000,
            "requestId": "c0ffee00-1111-2222-3333-444455556666",
            "identity": {
                "cognitoIdentityPoolId": None,
                "accountId": None,
                "caller": None,
                "sourceIp": "203.0.113.7",
                "accessKey": None,
                "user": None,
                "userArn": None,
                "userAgent": "curl/8.5.0",
            },
            "domainName": "abcdef1234.execute-api.eu-west-1.amazonaws.com",
            "apiId": "abcdef1234",
        },
        "body": _body(workload) or None,
        "isBase64Encoded": workload.binary,
    }


def alb(workload: Workload) -> Event:
    """A target group as AWS makes it: without multi-value headers. The query is not decoded."""
    group = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/6d0ecf831eec9f09"
    return {
        "requestContext": {"elb": {"targetGroupArn": group}},
        "httpMethod": workload.method,
        "path": workload.path,
        "queryStringParameters": {quote(key): quote(value) for key, value in workload.query},
        "headers": _headers(workload),
        "body": _body(workload),
        "isBase64Encoded": workload.binary,
    }


def alb_multi(workload: Workload) -> Event:
    """A target group with multi-value headers turned on."""
    event = alb(workload)
    many = {name: [value] for name, value in event.pop("headers").items()}
    query = {key: [value] for key, value in event.pop("queryStringParameters").items()}
    return event | {"multiValueHeaders": many, "multiValueQueryStringParameters": query}


def lattice(workload: Workload) -> Event:
    query = _query(workload)
    service = "arn:aws:vpc-lattice:eu-west-1:123456789012"
    return {
        "version": "2.0",
        "path": f"{workload.path}?{query}" if query else workload.path,
        "method": workload.method,
        "headers": {name: [value] for name, value in _headers(workload).items()},
        "queryStringParameters": {key: [value] for key, value in workload.query},
        "body": _body(workload) or None,
        "isBase64Encoded": workload.binary,
        "requestContext": {
            "serviceNetworkArn": f"{service}:servicenetwork/sn-0bf3f2882e9cc805a",
            "serviceArn": f"{service}:service/svc-0a40eebed65f8d69c",
            "targetGroupArn": f"{service}:targetgroup/tg-6d0ecf831eec9f09",
            "identity": {"sourceVpcArn": "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0b8276c84697e7339"},
            "region": "eu-west-1",
            "timeEpoch": "1763683200000000",
        },
    }


DOORS: dict[str, Callable[[Workload], Event]] = {
    "http-api": http_api,
    "rest-api": rest_api,
    "function-url": function_url,
    "alb": alb,
    "alb, multi-value": alb_multi,
    "lattice": lattice,
}
