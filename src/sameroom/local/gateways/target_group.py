"""What ALB and VPC Lattice share: both hand requests to a Lambda function as a target.

- https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
- https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html
"""

from __future__ import annotations

from typing import Any

from ..http import HttpAnswer, HttpRequest
from . import bodies, headers, results

Headers = list[tuple[str, str]]


def text(request: HttpRequest) -> tuple[str, bool]:
    """``(text, is base64)`` of the body, "" where there is none."""
    if not request.body:
        return "", False
    return bodies.text_for_target_group(request.body, headers.find(request.headers, "content-type"))


def undo_chunks(found: dict[str, list[str]], request: HttpRequest) -> None:
    """Take out what said that the body came in chunks: the function gets it whole."""
    if found.pop("transfer-encoding", None) and "content-length" not in found:
        found["content-length"] = [str(len(request.body))]


def finished(status: int, found: Headers, body: bytes) -> HttpAnswer:
    """The answer: names in lower case, and without what belongs to the connection or is computed."""
    sent = [
        (lower, value)
        for name, value in found
        if (lower := name.lower()) not in headers.HOP_BY_HOP and lower != "content-length"
    ]
    if body and not headers.has(sent, "content-type"):
        sent.append(("content-type", "application/octet-stream"))
    return HttpAnswer(status, tuple(sent), body)


def bad_gateway() -> HttpAnswer:
    """The answer for everything that goes wrong behind the target group."""
    return page(502, "Bad Gateway")


def page(status: int, reason: str) -> HttpAnswer:
    """A load balancer's own page."""
    title = f"{status} {reason}".rstrip()
    html = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    )
    return HttpAnswer(status, (("server", "awselb/2.0"), ("content-type", "text/html")), html.encode("ascii"))


def description(result: dict[str, Any]) -> None:
    """Check ``statusDescription``: it may be absent, but not null.

    https://github.com/aws-powertools/powertools-lambda-python/issues/4671

    :raises results.Malformed: it is no string.
    """
    if "statusDescription" in result and not isinstance(result["statusDescription"], str):
        raise results.Malformed("statusDescription is not a string")
