"""REMOTE_USER, AUTH_TYPE and SSL_CLIENT_*: only what AWS has checked."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from fakes.doors import WAYS, Ask, Event, event
from fakes.serving import environ_of, environ_of_event

IDENTITY = ("REMOTE_USER", "AUTH_TYPE")


def identity(environ: Event) -> dict[str, Any]:
    """What of an environ says who the client is."""
    return {key: environ[key] for key in environ if key in IDENTITY or key.startswith("SSL_CLIENT_")}


def _of_context(way: str, context: Event) -> dict[str, Any]:
    sent = event(way, Ask())
    sent["requestContext"] |= context
    return identity(environ_of_event(sent))


ARN = "arn:aws:iam::123456789012:user/ada"


def _who(user: str, kind: str) -> Event:
    return {"REMOTE_USER": user, "AUTH_TYPE": kind}


# requestContext.authorizer of payload 2.0, and who that is.
V2: dict[str, tuple[Any, Event]] = {
    "jwt, subject": ({"jwt": {"claims": {"sub": "u1", "username": "ada"}}}, _who("u1", "JWT")),
    "jwt, user name": ({"jwt": {"claims": {"username": "ada"}}}, _who("ada", "JWT")),
    "jwt, machine": ({"jwt": {"claims": {"client_id": "m1"}}}, _who("m1", "JWT")),
    "jwt, number": ({"jwt": {"claims": {"sub": 7}}}, _who("7", "JWT")),
    "jwt, text": ({"jwt": {"claims": {"sub": "Zoë"}}}, _who("Zo\xc3\xab", "JWT")),
    "iam": ({"iam": {"userArn": ARN, "userId": "A"}}, _who(ARN, "AWS_IAM")),
    "lambda": ({"lambda": {"principalId": "ada"}}, _who("ada", "CUSTOM")),
    "lambda, nameless": ({"lambda": {"tenant": "t1"}}, {"AUTH_TYPE": "CUSTOM"}),
    "none": ({}, {}),
    "null": (None, {}),
    # As captured on AWS of a request that nobody authorised.
    "all empty": ({"jwt": {"claims": None, "scopes": None}, "iam": {"userArn": "", "userId": ""}}, {}),
    "jwt empty, iam": ({"jwt": {"claims": None}, "iam": {"userArn": ARN}}, _who(ARN, "AWS_IAM")),
}


@pytest.mark.parametrize("way", ["http-api", "function-url"])
@pytest.mark.parametrize("case", V2)
def test_the_authorizer_of_payload_2_says_who_the_client_is(way: str, case: str) -> None:
    authorizer, expected = V2[case]
    assert _of_context(way, {"authorizer": authorizer}) == expected


COGNITO = "COGNITO_USER_POOLS"
# requestContext of payload 1.0: authorizer and identity, and who that is on a REST API.
REST: dict[str, tuple[Any, Any, Event]] = {
    "cognito": ({"claims": {"cognito:username": "ada", "sub": "u1"}}, {}, _who("ada", COGNITO)),
    "cognito, access token": ({"claims": {"username": "ada", "sub": "u1"}}, {}, _who("ada", COGNITO)),
    "cognito, subject": ({"claims": {"sub": "u1"}}, {}, _who("u1", COGNITO)),
    "lambda": ({"principalId": "ada", "tenant": "t1"}, {}, _who("ada", "CUSTOM")),
    "iam": (None, {"userArn": ARN}, _who(ARN, "AWS_IAM")),
    "iam, empty authorizer": ({"claims": None, "scopes": None}, {"userArn": ARN}, _who(ARN, "AWS_IAM")),
    "none": (None, {}, {}),
    "all empty": ({"claims": None, "scopes": None}, {"userArn": "", "user": ""}, {}),
}


@pytest.mark.parametrize("case", REST)
def test_the_request_context_of_a_rest_api_says_who_the_client_is(case: str) -> None:
    authorizer, caller, expected = REST[case]
    assert _of_context("rest-api", {"authorizer": authorizer, "identity": caller}) == expected


@pytest.mark.parametrize("case", REST)
def test_payload_1_of_an_http_api_says_it_likewise_and_its_claims_are_a_jwts(case: str) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html"""
    authorizer, caller, expected = REST[case]
    if "cognito" in case:
        expected = _who("u1", "JWT")
    assert _of_context("http-api-v1", {"authorizer": authorizer, "identity": caller}) == expected


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        ({"principal": ARN, "type": "AWS_IAM"}, {"REMOTE_USER": ARN, "AUTH_TYPE": "AWS_IAM"}),
        ({"sourceVpcArn": "arn:aws:ec2:us-west-2:123456789012:vpc/vpc-1"}, {}),
        ({}, {}),
        (
            {
                "x509SubjectCn": "ada.example",
                "x509IssuerOu": "Root",
                "x509SanDns": "ada.example",
                "x509SanUri": "spiffe://ada",
            },
            {
                "SSL_CLIENT_S_DN_CN": "ada.example",
                "SSL_CLIENT_I_DN_OU": "Root",
                "SSL_CLIENT_SAN_DNS_0": "ada.example",
                "SSL_CLIENT_SAN_URI_0": "spiffe://ada",
                "SSL_CLIENT_VERIFY": "SUCCESS",
            },
        ),
    ],
)
def test_lattice_says_who_the_client_is(caller: Event, expected: Event) -> None:
    assert _of_context("lattice", {"identity": caller}) == expected


CERTIFICATE = {
    "clientCertPem": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "subjectDN": "CN=ada,O=Zoë",
    "issuerDN": "CN=root",
    "serialNumber": "a1:a1:a1",
    "validity": {"notBefore": "May 28 12:30:02 2026 GMT", "notAfter": "Aug  5 09:36:04 2027 GMT"},
}
SSL_CLIENT = {
    "SSL_CLIENT_CERT": CERTIFICATE["clientCertPem"],
    "SSL_CLIENT_S_DN": "CN=ada,O=Zo\xc3\xab",
    "SSL_CLIENT_I_DN": "CN=root",
    "SSL_CLIENT_M_SERIAL": "a1:a1:a1",
    "SSL_CLIENT_V_START": "May 28 12:30:02 2026 GMT",
    "SSL_CLIENT_V_END": "Aug  5 09:36:04 2027 GMT",
    "SSL_CLIENT_VERIFY": "SUCCESS",
}
WHERE = {"http-api": "authentication", "rest-api": "identity", "http-api-v1": "identity"}


@pytest.mark.parametrize("way", WHERE)
def test_a_client_certificate_is_in_the_variables_of_mod_ssl(way: str) -> None:
    assert _of_context(way, {WHERE[way]: {"clientCert": CERTIFICATE}}) == SSL_CLIENT


@pytest.mark.parametrize("way", WHERE)
@pytest.mark.parametrize(
    "empty",
    [
        None,
        {},
        # As captured on AWS of a request without a certificate.
        {
            "clientCertPem": "",
            "subjectDN": "",
            "serialNumber": "",
            "validity": {"notBefore": "", "notAfter": ""},
        },
    ],
)
def test_a_certificate_with_nothing_in_it_verifies_nobody(way: str, empty: Event | None) -> None:
    assert _of_context(way, {WHERE[way]: {"clientCert": empty}}) == {}


@pytest.mark.parametrize("way", WHERE)
def test_a_certificate_may_come_without_its_validity(way: str) -> None:
    sent = {"clientCert": {"subjectDN": "CN=ada", "validity": None}}
    expected = {"SSL_CLIENT_S_DN": "CN=ada", "SSL_CLIENT_VERIFY": "SUCCESS"}
    assert _of_context(way, {WHERE[way]: sent}) == expected


# What a listener of an ALB adds, if it authenticates, and what a client can add if it does not.
PEM = "-----BEGIN CERTIFICATE-----\nMII+/=\n-----END CERTIFICATE-----\n"
OF_LISTENER = (
    ("X-Amzn-Oidc-Identity", "ada"),
    ("X-Amzn-Mtls-Clientcert-Leaf", quote(PEM, safe="+=/")),
    ("X-Amzn-Mtls-Clientcert-Subject", "CN=ada,O=Acme"),
    ("X-Amzn-Mtls-Clientcert-Issuer", "CN=root"),
    ("X-Amzn-Mtls-Clientcert-Serial-Number", "03A5B1"),
    ("X-Amzn-Mtls-Clientcert-Validity", "NotBefore=2026-09-21T01:50:17Z;NotAfter=2027-09-21T01:50:17Z"),
)


@pytest.mark.parametrize("way", ["alb", "alb-multi-value"])
def test_a_load_balancers_identity_headers_count_where_they_are_trusted(way: str) -> None:
    assert identity(environ_of(way, Ask(headers=OF_LISTENER), trust_alb_identity=True)) == {
        "REMOTE_USER": "ada",
        "AUTH_TYPE": "OIDC",
        "SSL_CLIENT_CERT": PEM,
        "SSL_CLIENT_S_DN": "CN=ada,O=Acme",
        "SSL_CLIENT_I_DN": "CN=root",
        "SSL_CLIENT_M_SERIAL": "03A5B1",
        "SSL_CLIENT_V_START": "2026-09-21T01:50:17Z",
        "SSL_CLIENT_V_END": "2027-09-21T01:50:17Z",
        "SSL_CLIENT_VERIFY": "SUCCESS",
    }


@pytest.mark.parametrize("way", ["alb", "alb-multi-value"])
def test_a_certificate_that_the_listener_passes_through_unchecked_verifies_nobody(way: str) -> None:
    ask = Ask(headers=(("X-Amzn-Mtls-Clientcert", quote(PEM)),))
    assert identity(environ_of(way, ask, trust_alb_identity=True)) == {}


FORGED = (
    *OF_LISTENER,
    ("Remote-User", "root"),
    ("REMOTE_USER", "root"),
    ("Auth-Type", "JWT"),
    ("SSL-Client-Verify", "SUCCESS"),
    ("SSL_CLIENT_VERIFY", "SUCCESS"),
    ("Authorization", "Basic cm9vdDpyb290"),
)


@pytest.mark.parametrize("way", WAYS)
def test_no_header_that_a_client_sends_makes_it_somebody(way: str) -> None:
    assert identity(environ_of(way, Ask(headers=FORGED))) == {}


@pytest.mark.parametrize("way", [way for way in WAYS if not way.startswith("alb")])
def test_trusting_a_load_balancer_trusts_no_other_door(way: str) -> None:
    assert identity(environ_of(way, Ask(headers=FORGED), trust_alb_identity=True)) == {}
