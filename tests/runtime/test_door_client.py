"""REMOTE_ADDR, and scheme, host and port: what AWS vouches for, never what a client claims."""

from __future__ import annotations

import pytest
from fakes.doors import CLIENT, WAYS, Ask, domain, event
from fakes.serving import environ_of, environ_of_event

from sameroom.runtime.settings import read

BEHIND_BALANCER = ("alb", "alb-multi-value", "lattice", "lattice-v1")
#: A CDN's address, which is the peer that the door sees when one stands in front of it.
CDN = "198.51.100.77"


def _claiming(*values: str) -> tuple[tuple[str, str], ...]:
    return tuple(("X-Forwarded-For", value) for value in values)


@pytest.mark.parametrize("way", WAYS)
def test_the_clients_address_is_what_the_door_saw(way: str) -> None:
    assert environ_of(way, Ask())["REMOTE_ADDR"] == CLIENT


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "claims", [("6.6.6.6",), ("6.6.6.6, 7.7.7.7",), ("6.6.6.6", "7.7.7.7"), ("127.0.0.1",), (",",), ("",)]
)
def test_a_client_cannot_claim_another_address(way: str, claims: tuple[str, ...]) -> None:
    assert environ_of(way, Ask(headers=_claiming(*claims)))["REMOTE_ADDR"] == CLIENT


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "name", ["X-Real-IP", "Remote-Addr", "Forwarded", "Client-IP", "X-Client-IP", "True-Client-IP"]
)
def test_other_headers_do_not_say_who_the_client_is(way: str, name: str) -> None:
    assert environ_of(way, Ask(headers=((name, "6.6.6.6"),)))["REMOTE_ADDR"] == CLIENT


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "claims", [(CLIENT,), (f"6.6.6.6, {CLIENT}",), ("6.6.6.6", CLIENT), (f"6.6.6.6,{CLIENT} ",)]
)
def test_behind_one_trusted_proxy_the_clients_address_is_the_one_that_proxy_saw(
    way: str, claims: tuple[str, ...]
) -> None:
    ask = Ask(headers=_claiming(*claims), client=CDN)
    assert environ_of(way, ask, trusted_hops=1)["REMOTE_ADDR"] == CLIENT
    assert environ_of(way, ask)["REMOTE_ADDR"] == CDN, "nobody said that it is to be trusted"


@pytest.mark.parametrize("way", WAYS)
def test_behind_two_trusted_proxies_it_is_the_one_that_the_first_saw(way: str) -> None:
    ask = Ask(headers=_claiming(f"6.6.6.6, {CLIENT}, 192.0.2.1"), client=CDN)
    assert environ_of(way, ask, trusted_hops=2)["REMOTE_ADDR"] == CLIENT


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("hops", [1, 2, 9])
def test_a_request_that_came_around_the_trusted_proxies_is_its_peers(way: str, hops: int) -> None:
    assert environ_of(way, Ask(), trusted_hops=hops)["REMOTE_ADDR"] == CLIENT


def test_a_rest_apis_forwarded_for_may_come_in_several_values() -> None:
    sent = event("rest-api", Ask(client=CDN))
    sent["multiValueHeaders"]["X-Forwarded-For"] = ["6.6.6.6", f"{CLIENT}, {CDN}"]
    assert environ_of_event(sent, trusted_hops=1)["REMOTE_ADDR"] == CLIENT


@pytest.mark.parametrize("way", BEHIND_BALANCER)
@pytest.mark.parametrize(
    ("seen", "address"),
    [
        ("203.0.113.9:50123", "203.0.113.9"),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]:50123", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
    ],
)
def test_a_port_that_the_load_balancer_appends_is_not_part_of_the_address(
    way: str, seen: str, address: str
) -> None:
    assert environ_of(way, Ask(client=seen))["REMOTE_ADDR"] == address


@pytest.mark.parametrize("way", BEHIND_BALANCER)
def test_a_health_check_that_has_no_forwarded_for_has_no_address(way: str) -> None:
    sent = event(way, Ask())
    for headers in (sent.get("headers"), sent.get("multiValueHeaders")):
        if headers:
            del headers["x-forwarded-for"]
    assert environ_of_event(sent)["REMOTE_ADDR"] == ""


def test_a_health_check_of_a_load_balancer_is_an_ordinary_request() -> None:
    """As AWS documents it: no host, no proto, no client."""
    environ = environ_of_event(
        {
            "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:..."}},
            "httpMethod": "GET",
            "path": "/healthz",
            "queryStringParameters": {},
            "headers": {"user-agent": "ELB-HealthChecker/2.0"},
            "body": "",
            "isBase64Encoded": False,
        }
    )
    assert environ["PATH_INFO"] == "/healthz"
    assert environ["SERVER_NAME"]
    assert environ["SERVER_PORT"]


@pytest.mark.parametrize("way", WAYS)
def test_without_a_header_host_and_scheme_are_the_doors_own(way: str) -> None:
    sent = event(way, Ask())
    for headers in (sent.get("headers"), sent.get("multiValueHeaders")):
        if headers:
            headers.clear()
    environ = environ_of_event(sent)
    balancer = way.startswith("alb")
    known = way in ("http-api", "http-api-v1", "rest-api", "function-url")
    name = domain(way, Ask()) if known else "localhost"
    assert environ["HTTP_HOST"] == environ["SERVER_NAME"] == name
    assert environ["wsgi.url_scheme"] == ("http" if balancer else "https")
    assert environ["SERVER_PORT"] == ("80" if balancer else "443")


# The Host header, and SERVER_NAME and SERVER_PORT of it under https.
HOSTS = {
    "api.example.com": ("api.example.com", "443"),
    "api.example.com:8443": ("api.example.com", "8443"),
    "api.example.com:443": ("api.example.com", "443"),
    "203.0.113.10:80": ("203.0.113.10", "80"),
    "[2001:db8::1]": ("[2001:db8::1]", "443"),
    "[2001:db8::1]:8000": ("[2001:db8::1]", "8000"),
    "api.example.com:": ("api.example.com:", "443"),
    ":80": (":80", "443"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("host", HOSTS)
def test_server_name_and_port_are_the_hosts_two_parts(way: str, host: str) -> None:
    environ = environ_of(way, Ask(headers=(("Host", host),)))
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == HOSTS[host]
    assert environ["HTTP_HOST"] == host


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("scheme", "port"), [("https", "443"), ("http", "80")])
def test_the_scheme_is_what_the_client_used(way: str, scheme: str, port: str) -> None:
    environ = environ_of(way, Ask(scheme=scheme, headers=(("Host", "api.example.com"),)))
    assert (environ["wsgi.url_scheme"], environ["SERVER_PORT"]) == (scheme, port)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("proto", ["javascript", "", "HTTPS, http", "https\r\n"])
def test_a_forwarded_scheme_that_is_none_is_not_believed(way: str, proto: str) -> None:
    sent = event(way, Ask())
    for name, known in (("headers", str), ("multiValueHeaders", list)):
        for key in sent.get(name) or {}:
            if key.lower() == "x-forwarded-proto":
                as_list = known is list or isinstance(sent[name][key], list)
                sent[name][key] = [proto] if as_list else proto
    environ = environ_of_event(sent)
    assert environ["wsgi.url_scheme"] == ("http" if way.startswith("alb") else "https")


@pytest.mark.parametrize("way", ["http-api", "http-api-v1", "rest-api", "function-url"])
@pytest.mark.parametrize("protocol", ["HTTP/1.1", "HTTP/2.0", "HTTP/1.0"])
def test_the_protocol_is_the_clients_where_the_door_says_it(way: str, protocol: str) -> None:
    sent = event(way, Ask())
    context = sent["requestContext"]
    context.get("http", context)["protocol"] = protocol
    assert environ_of_event(sent)["SERVER_PROTOCOL"] == protocol


@pytest.mark.parametrize("way", BEHIND_BALANCER)
def test_the_protocol_is_http_1_where_the_door_does_not_say_it(way: str) -> None:
    assert environ_of(way, Ask())["SERVER_PROTOCOL"] == "HTTP/1.1"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"])
def test_the_method_is_the_clients(way: str, method: str) -> None:
    assert environ_of(way, Ask(method))["REQUEST_METHOD"] == method


@pytest.mark.parametrize("said", ["-1", "one", "1.5", "²"])
def test_a_count_of_hops_that_is_none_is_an_error_that_names_the_variable(said: str) -> None:
    with pytest.raises(ValueError, match="SAMEROOM_TRUSTED_HOPS"):
        read({"SAMEROOM_TRUSTED_HOPS": said})


@pytest.mark.parametrize(("said", "hops"), [("", 0), ("0", 0), ("2", 2)])
def test_a_count_of_hops_is_read_from_the_environment(said: str, hops: int) -> None:
    assert read({"SAMEROOM_TRUSTED_HOPS": said}).trusted_hops == hops
    assert read({}).trusted_hops == 0
