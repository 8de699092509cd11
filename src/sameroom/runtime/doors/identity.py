"""Who the client is, where AWS has checked it: REMOTE_USER, AUTH_TYPE and SSL_CLIENT_*.

AUTH_TYPE is the authorization type by API Gateway's own name: AWS_IAM, JWT, COGNITO_USER_POOLS, CUSTOM.
The SSL_CLIENT_* names are those of Apache's mod_ssl, which WSGI apps look for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from .paths import native

Identity = dict[str, str]


def of_http_api(context: Mapping[str, Any]) -> Identity:
    """Payload 2.0. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html"""
    identity: Identity = {}
    authorizer = context.get("authorizer") or {}
    custom = authorizer.get("lambda")
    if claims := (authorizer.get("jwt") or {}).get("claims"):
        _user(identity, _first(claims, _OF_JWT), "JWT")
    elif arn := (authorizer.get("iam") or {}).get("userArn"):
        _user(identity, arn, "AWS_IAM")
    elif custom is not None:
        _user(identity, custom.get("principalId"), "CUSTOM")
    if certificate := (context.get("authentication") or {}).get("clientCert"):
        _gateway_certificate(identity, certificate)
    return identity


def of_rest_api(context: Mapping[str, Any]) -> Identity:
    """Claims are Cognito's, a principalId a Lambda authorizer's, a userArn IAM's.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """
    return _of_payload_v1(context, _OF_COGNITO, "COGNITO_USER_POOLS")


def of_http_api_v1(context: Mapping[str, Any]) -> Identity:
    """As on a REST API, but that claims are those of any JWT; they do not nest as in payload 2.0.

    https://github.com/awsdocs/amazon-api-gateway-developer-guide/issues/113
    """
    return _of_payload_v1(context, _OF_JWT, "JWT")


def _of_payload_v1(context: Mapping[str, Any], names: tuple[str, ...], kind: str) -> Identity:
    identity: Identity = {}
    caller = context.get("identity") or {}
    authorizer = context.get("authorizer") or {}
    if claims := authorizer.get("claims"):
        _user(identity, _first(claims, names), kind)
    elif principal := authorizer.get("principalId"):
        _user(identity, principal, "CUSTOM")
    elif arn := caller.get("userArn"):
        _user(identity, arn, "AWS_IAM")
    if certificate := caller.get("clientCert"):
        _gateway_certificate(identity, certificate)
    return identity


def of_lattice(context: Mapping[str, Any]) -> Identity:
    """https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html"""
    caller = context.get("identity") or {}
    identity: Identity = {}
    _user(identity, caller.get("principal"), caller.get("type") or "AWS_IAM")
    _certificate(identity, caller, _LATTICE_X509)
    return identity


def of_alb(headers: Mapping[str, str]) -> Identity:
    """From headers that only an authenticating listener can be trusted to have set itself.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html
    """
    identity: Identity = {}
    _user(identity, headers.get("x-amzn-oidc-identity"), "OIDC")
    told = {key: unquote(headers[key]) for key in _ALB_MTLS.values() if headers.get(key)}
    # "NotBefore=2026-09-21T01:50:17Z;NotAfter=..."
    for part in headers.get("x-amzn-mtls-clientcert-validity", "").split(";"):
        name, _, told[name] = part.partition("=")
    _certificate(identity, told, _ALB_MTLS)
    return identity


_OF_JWT = ("sub", "username", "client_id")
_OF_COGNITO = ("cognito:username", "username", "sub")
_LATTICE_X509 = {
    "SSL_CLIENT_S_DN_CN": "x509SubjectCn",
    "SSL_CLIENT_I_DN_OU": "x509IssuerOu",
    "SSL_CLIENT_SAN_DNS_0": "x509SanDns",
    "SSL_CLIENT_SAN_URI_0": "x509SanUri",
}
_ALB_MTLS = {
    "SSL_CLIENT_CERT": "x-amzn-mtls-clientcert-leaf",
    "SSL_CLIENT_S_DN": "x-amzn-mtls-clientcert-subject",
    "SSL_CLIENT_I_DN": "x-amzn-mtls-clientcert-issuer",
    "SSL_CLIENT_M_SERIAL": "x-amzn-mtls-clientcert-serial-number",
    "SSL_CLIENT_V_START": "NotBefore",
    "SSL_CLIENT_V_END": "NotAfter",
}
_GATEWAY_CERT = {
    "SSL_CLIENT_CERT": "clientCertPem",
    "SSL_CLIENT_S_DN": "subjectDN",
    "SSL_CLIENT_I_DN": "issuerDN",
    "SSL_CLIENT_M_SERIAL": "serialNumber",
    "SSL_CLIENT_V_START": "notBefore",
    "SSL_CLIENT_V_END": "notAfter",
}


def _first(claims: Mapping[str, Any], names: tuple[str, ...]) -> object:
    """The first of the claims that says anything."""
    return next((claims[name] for name in names if claims.get(name)), None)


def _user(identity: Identity, user: object, kind: str) -> None:
    if user:
        identity["REMOTE_USER"] = native(str(user))
    if user or kind == "CUSTOM":
        identity["AUTH_TYPE"] = kind


def _gateway_certificate(identity: Identity, certificate: Mapping[str, Any]) -> None:
    """API Gateway's ``clientCert``, whose period of validity is a map of its own."""
    _certificate(identity, {**certificate, **(certificate.get("validity") or {})}, _GATEWAY_CERT)


def _certificate(identity: Identity, told: Mapping[str, Any], names: Mapping[str, str]) -> None:
    """What AWS tells of a certificate, under mod_ssl's names. AWS has verified it, if there is one."""
    found = {name: native(str(told[key])) for name, key in names.items() if told.get(key)}
    if found:
        identity.update(found, SSL_CLIENT_VERIFY="SUCCESS")
