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
    authorizer = context.get("authorizer")
    if authorizer:
        if jwt := authorizer.get("jwt"):
            claims = jwt.get("claims") or {}
            _user(identity, claims.get("sub") or claims.get("username") or claims.get("client_id"), "JWT")
        elif iam := authorizer.get("iam"):
            _user(identity, iam.get("userArn"), "AWS_IAM")
        elif (custom := authorizer.get("lambda")) is not None:
            _user(identity, custom.get("principalId"), "CUSTOM")
    authentication = context.get("authentication")
    if authentication and (certificate := authentication.get("clientCert")):
        _certificate(identity, certificate)
    return identity


def of_rest_api(context: Mapping[str, Any]) -> Identity:
    """Payload 1.0: authorizer claims are Cognito's, a principalId a Lambda authorizer's, a userArn IAM's."""
    identity: Identity = {}
    caller = context.get("identity") or {}
    authorizer = context.get("authorizer")
    if authorizer and (claims := authorizer.get("claims")):
        user = claims.get("cognito:username") or claims.get("username") or claims.get("sub")
        _user(identity, user, "COGNITO_USER_POOLS")
    elif authorizer and authorizer.get("principalId"):
        _user(identity, authorizer["principalId"], "CUSTOM")
    elif authorizer:
        # HTTP APIs with payload 1.0 nest as 2.0 does.
        identity.update(of_http_api({"authorizer": authorizer}))
    elif caller.get("userArn"):
        _user(identity, caller["userArn"], "AWS_IAM")
    if certificate := caller.get("clientCert"):
        _certificate(identity, certificate)
    return identity


def of_lattice(context: Mapping[str, Any]) -> Identity:
    """https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html"""
    caller = context.get("identity") or {}
    identity: Identity = {}
    if caller.get("principal"):
        _user(identity, caller["principal"], caller.get("type") or "AWS_IAM")
    for name, key in _LATTICE_X509.items():
        if caller.get(key):
            identity[name] = native(str(caller[key]))
            identity["SSL_CLIENT_VERIFY"] = "SUCCESS"
    return identity


def of_alb(headers: Mapping[str, str]) -> Identity:
    """From headers that only an authenticating listener can be trusted to have set itself.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html
    """
    identity: Identity = {}
    _user(identity, headers.get("x-amzn-oidc-identity"), "OIDC")
    for name, key in _ALB_MTLS.items():
        if headers.get(key):
            identity[name] = native(unquote(headers[key]))
            identity["SSL_CLIENT_VERIFY"] = "SUCCESS"
    return identity


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
}
_GATEWAY_CERT = {
    "SSL_CLIENT_CERT": "clientCertPem",
    "SSL_CLIENT_S_DN": "subjectDN",
    "SSL_CLIENT_I_DN": "issuerDN",
    "SSL_CLIENT_M_SERIAL": "serialNumber",
}


def _user(identity: Identity, user: object, kind: str) -> None:
    if user:
        identity["REMOTE_USER"] = native(str(user))
    if user or kind == "CUSTOM":
        identity["AUTH_TYPE"] = kind


def _certificate(identity: Identity, certificate: Mapping[str, Any]) -> None:
    for name, key in _GATEWAY_CERT.items():
        if certificate.get(key):
            identity[name] = native(str(certificate[key]))
    validity = certificate.get("validity") or {}
    if validity.get("notBefore"):
        identity["SSL_CLIENT_V_START"] = validity["notBefore"]
    if validity.get("notAfter"):
        identity["SSL_CLIENT_V_END"] = validity["notAfter"]
    identity["SSL_CLIENT_VERIFY"] = "SUCCESS"
