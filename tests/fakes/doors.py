"""The event that AWS sends through each door for one request of a client.

Written from captures of live AWS (https://github.com/hotsock/voker, vokerhttp/testdata) and AWS's pages on
each event. Pure, and on its own: it shares no code with the doors it tests, nor with the local gateways.
"""

from __future__ import annotations

import base64
import re
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

Event = dict[str, Any]
Lists = dict[str, list[str]]
Pairs = tuple[tuple[str, str], ...]

#: The address that Lambda's door sees its peer at, unless the test says otherwise (RFC 5737).
CLIENT = "203.0.113.9"
TRACE = "Root=1-6a5145a8-536f3e792f6be9b44c1f46fa"
_API = "5h7pqvr9u4"
_DOMAINS = {
    "function-url": "2cxn22odiwguak4feg4jtt7cwm0ziblr.lambda-url.us-west-2.on.aws",
    "alb": "front-1316758055.us-west-2.elb.amazonaws.com",
    "alb-multi-value": "front-1316758055.us-west-2.elb.amazonaws.com",
    "lattice": "rates-0bd2.7d67968.vpc-lattice-svcs.us-west-2.on.aws",
    "lattice-v1": "rates-0bd2.7d67968.vpc-lattice-svcs.us-west-2.on.aws",
}


class Ask(NamedTuple):
    """What a client asks. Header values are text whose UTF-8 is on the wire."""

    method: str = "GET"
    #: As on the wire, without the stage or base path in front of it and without the query.
    path: str = "/"
    query: str = ""
    headers: Pairs = ()
    cookies: tuple[str, ...] = ()
    body: bytes = b""
    client: str = CLIENT
    #: A custom domain; "" is the door's own.
    host: str = ""
    #: API Gateway's stage; "" is $default, or a REST API's custom domain that maps to one fixed stage.
    stage: str = ""
    #: "/orders": the base path (REST) or mapping key (HTTP API) of a custom domain.
    base: str = ""
    scheme: str = "https"


def event(way: str, ask: Ask) -> Event:
    """The event of ``ask`` through a door; ``way`` is one of :data:`WAYS`."""
    return WAYS[way](ask)


def door_of(way: str) -> str:
    """The door's name; "alb-multi-value" is the ALB's with its target group's option on."""
    return way.removesuffix("-multi-value")


def domain(way: str, ask: Ask) -> str:
    """The host that the client used."""
    return ask.host or _DOMAINS.get(way, f"{_API}.execute-api.us-west-2.amazonaws.com")


def _http_api(ask: Ask) -> Event:
    path = (f"/{ask.stage}" if ask.stage else "") + decoded_by_http_api(ask.path)
    sent = _payload_v2(ask, "http-api", path)
    sent["headers"].pop("cookie", None)
    return sent


def _function_url(ask: Ask) -> Event:
    sent = _payload_v2(ask._replace(stage="", base="", host=""), "function-url", ask.path)
    sent["requestContext"]["accountId"] = "anonymous"
    sent["requestContext"]["http"]["path"] = unquote(ask.path)
    return sent


def _payload_v2(ask: Ask, way: str, path: str) -> Event:
    lists = _lowered(way, ask)
    text, is_base64 = _carried(ask, lists)
    name = domain(way, ask)
    sent: Event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": ask.query,
        "headers": _joined(lists),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": name.partition(".")[0],
            "domainName": name,
            "domainPrefix": name.partition(".")[0],
            "http": {
                "method": ask.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": ask.client,
                "userAgent": "curl/8.7.1",
            },
            "requestId": "ATfSmjLgPHcESJw=",
            "routeKey": "$default",
            "stage": ask.stage or "$default",
            "time": "10/Jul/2026:19:19:05 +0000",
            "timeEpoch": 1783711145766,
        },
        "isBase64Encoded": is_base64,
    }
    if ask.query:
        sent["queryStringParameters"] = _joined(_decoded(ask.query))
    if ask.cookies:
        sent["cookies"] = list(ask.cookies)
    if ask.body:
        sent["body"] = text
    return sent


def _rest_api(ask: Ask) -> Event:
    ours = not ask.host and bool(ask.stage)
    below = re.sub("^/+", "/", ask.path)
    hidden = "" if ours else ask.base + (f"/{ask.stage}" if ask.stage else "")
    whole = f"/{ask.stage}{ask.path}" if ours else hidden + ask.path
    sent = _payload_v1(ask, "rest-api", hidden + below)
    context = sent["requestContext"]
    context["path"] = whole
    context["stage"] = ask.stage or "live"
    _matched(sent, below)
    if not ask.body:
        sent["body"] = None
    return sent


def _http_api_v1(ask: Ask) -> Event:
    """``path`` encoded and ``requestContext.path`` decoded, as recorded by AWS's Lambda Test Tool for .NET:
    https://github.com/aws/aws-lambda-dotnet, V1_UnicodeCharactersInPathHttpV1.json."""
    decoded = decoded_by_http_api(ask.path)
    hidden = ask.base or (f"/{ask.stage}" if ask.stage else "")
    sent = _payload_v1(ask, "http-api-v1", hidden + ask.path)
    sent["version"] = "1.0"
    sent["requestContext"] |= {"path": hidden + decoded, "stage": ask.stage or "$default"}
    if ask.base:
        _matched(sent, decoded)
    else:
        sent |= {"resource": "$default", "pathParameters": None}
    return sent


def _payload_v1(ask: Ask, way: str, path: str) -> Event:
    """REST's casing: what the client sent, but for a few names that are capitalised."""
    lists: Lists = {}
    for name, value in [*_sent(way, ask), *_added(ask)]:
        lists.setdefault(_CAPITALISED.get(name.lower(), name), []).append(value)
    if way == "rest-api":
        lists = {name: values for name, values in lists.items() if name.lower() != "content-length"}
    query = _decoded(ask.query)
    text, is_base64 = _carried(ask, {name.lower(): values for name, values in lists.items()})
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": ask.method,
        "headers": _last(lists),
        "multiValueHeaders": lists,
        "queryStringParameters": _last(query) or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": _API,
            "domainName": domain(way, ask),
            "httpMethod": ask.method,
            "identity": {"sourceIp": ask.client, "userAgent": "curl/8.7.1", "userArn": None},
            "protocol": "HTTP/1.1",
            "requestId": "7c2af7db-31f3-42b5-8a6d-9ffc74e3b9e0",
            "requestTimeEpoch": 1783711144836,
            "resourcePath": "/{proxy+}",
        },
        "body": text,
        "isBase64Encoded": is_base64,
    }


def _matched(sent: Event, below: str) -> None:
    """The resource of an API with "/" and "/{proxy+}"; the parameter loses a trailing slash."""
    proxy = below.strip("/")
    sent["resource"] = sent["requestContext"]["resourcePath"] = "/{proxy+}" if proxy else "/"
    sent["pathParameters"] = {"proxy": proxy} if proxy else None


def _alb(ask: Ask) -> Event:
    sent = _balanced(ask)
    sent["headers"] = _last(_lowered("alb", ask))
    sent["queryStringParameters"] = _last(_undecoded(ask.query))
    return sent


def _alb_multi_value(ask: Ask) -> Event:
    sent = _balanced(ask)
    sent["multiValueHeaders"] = _lowered("alb", ask)
    sent["multiValueQueryStringParameters"] = _undecoded(ask.query)
    return sent


def _balanced(ask: Ask) -> Event:
    text, is_base64 = _carried(ask, _lowered("alb", ask))
    arn = "arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/front/4efa1ab384b3474d"
    return {
        "requestContext": {"elb": {"targetGroupArn": arn}},
        "httpMethod": ask.method,
        "path": ask.path,
        "body": text,
        "isBase64Encoded": is_base64,
    }


_LATTICE = "arn:aws:vpc-lattice:us-west-2:123456789012"


def _lattice(ask: Ask) -> Event:
    lists = _lowered("lattice", ask)
    text, is_base64 = _carried(ask, lists)
    return {
        "version": "2.0",
        "path": ask.path + (f"?{ask.query}" if ask.query else ""),
        "method": ask.method,
        "headers": lists,
        "queryStringParameters": _decoded(ask.query),
        "body": text,
        "isBase64Encoded": is_base64,
        "requestContext": {
            "serviceNetworkArn": f"{_LATTICE}:servicenetwork/sn-0bf3f2882e9cc805a",
            "serviceArn": f"{_LATTICE}:service/svc-0a40eebed65f8d69c",
            "targetGroupArn": f"{_LATTICE}:targetgroup/tg-6d0ecf831eec9f09",
            "region": "us-west-2",
            "timeEpoch": "1783711144836000",
        },
    }


def _lattice_v1(ask: Ask) -> Event:
    lists = _lowered("lattice-v1", ask)
    text, is_base64 = _carried(ask, lists)
    return {
        "raw_path": ask.path + (f"?{ask.query}" if ask.query else ""),
        "method": ask.method,
        "headers": _joined(lists),
        "query_string_parameters": _last(_decoded(ask.query)),
        "body": text,
        "is_base64_encoded": is_base64,
    }


WAYS = {
    "http-api": _http_api,
    "http-api-v1": _http_api_v1,
    "rest-api": _rest_api,
    "function-url": _function_url,
    "alb": _alb,
    "alb-multi-value": _alb_multi_value,
    "lattice": _lattice,
    "lattice-v1": _lattice_v1,
}


def decoded_by_http_api(path: str) -> str:
    """Decoded, cut at a "?" that came out, and decoded again, as captured on AWS (ingress-paths.json).

    :raises ValueError: HTTP APIs answer 400, so there is no event.
    """
    return _unquoted(_unquoted(path).partition("?")[0])


def _unquoted(path: str) -> str:
    if re.search("%(?![0-9A-Fa-f]{2})", path):
        raise ValueError(f"an HTTP API answers 400 to {path!r}")
    return unquote(path)


_CAPITALISED = {
    "host": "Host",
    "user-agent": "User-Agent",
    "authorization": "Authorization",
    "x-forwarded-for": "X-Forwarded-For",
    "x-forwarded-port": "X-Forwarded-Port",
    "x-forwarded-proto": "X-Forwarded-Proto",
}


def _sent(way: str, ask: Ask) -> list[tuple[str, str]]:
    """The client's own headers, as it sent them."""
    pairs = list(ask.headers)
    names = {name.lower() for name, _ in pairs}
    if "host" not in names:
        pairs.insert(0, ("Host", domain(way, ask)))
    if ask.cookies:
        pairs.append(("Cookie", "; ".join(ask.cookies)))
    if ask.body and "content-length" not in names:
        pairs.append(("Content-Length", str(len(ask.body))))
    return [(name, value) for name, value in pairs if name.lower() != "x-forwarded-for"]


def _added(ask: Ask) -> list[tuple[str, str]]:
    """What every door adds: its peer at the end of whatever X-Forwarded-For the client made up."""
    claimed = [value for name, value in ask.headers if name.lower() == "x-forwarded-for"]
    return [
        ("X-Forwarded-For", ", ".join([*claimed, ask.client])),
        ("X-Forwarded-Port", "443" if ask.scheme == "https" else "80"),
        ("X-Forwarded-Proto", ask.scheme),
        ("X-Amzn-Trace-Id", TRACE),
    ]


def _lowered(way: str, ask: Ask) -> Lists:
    lists: Lists = {}
    for name, value in [*_sent(way, ask), *_added(ask)]:
        lists.setdefault(name.lower(), []).append(value)
    return lists


def _joined(lists: Lists) -> dict[str, str]:
    return {name: ",".join(values) for name, values in lists.items()}


def _last(lists: Lists) -> dict[str, str]:
    return {name: values[-1] for name, values in lists.items()}


def _decoded(query: str) -> Lists:
    lists: Lists = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        lists.setdefault(name, []).append(value)
    return lists


def _undecoded(query: str) -> Lists:
    lists: Lists = {}
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        lists.setdefault(name, []).append(value)
    return lists


def _carried(ask: Ask, lowered: Lists) -> tuple[str, bool]:
    """Text where the content type says text and it is, else base64."""
    kind = (lowered.get("content-type") or [""])[-1].partition(";")[0].strip().lower()
    if not ask.body:
        return "", False
    if kind.startswith("text/") or kind.endswith(("json", "xml", "javascript")):
        try:
            return ask.body.decode(), False
        except UnicodeDecodeError:
            pass
    return base64.b64encode(ask.body).decode("ascii"), True
