"""boto3's exceptions -> our errors: what AWS said, why, and what to do about it. Pure.

Codes: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

from typing import NamedTuple

from botocore import exceptions as boto

from ..errors import AccessDenied, CredentialsError, Refused, SameroomError, Throttled, Unreachable


class Described(NamedTuple):
    """The call that failed, as boto3 spells it."""

    service: str
    operation: str
    region: str
    profile: str


_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
_UNKNOWN = {
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "AuthFailure",
    "IncompleteSignature",
}
_DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "AuthorizationError",
    "AuthorizationErrorException",
    "403",
}
_THROTTLED = {
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "SlowDown",
    "RequestThrottled",
}


def fault(error: Exception, call: Described) -> SameroomError:
    """``error``, raised by ``call``, as the person at the keyboard can use it."""
    if isinstance(error, boto.ClientError):
        return _refused(error, call)
    if isinstance(
        error, boto.NoCredentialsError | boto.PartialCredentialsError | boto.CredentialRetrievalError
    ):
        return CredentialsError(
            "There are no AWS credentials here.",
            why=_sentence(error),
            next="Sign in (aws sso login, or aws configure), or name a profile: --profile NAME.",
        )
    if isinstance(error, boto.ProfileNotFound):
        return CredentialsError(
            f"There is no AWS profile {call.profile!r}.",
            why=_sentence(error),
            next="aws configure list-profiles shows those there are.",
        )
    if isinstance(error, boto.TokenRetrievalError | boto.SSOTokenLoadError | boto.UnauthorizedSSOTokenError):
        return CredentialsError("The AWS sign-in has expired.", why=_sentence(error), next="aws sso login")
    if isinstance(error, boto.HTTPClientError | boto.ConnectionError | boto.InvalidRegionError):
        return Unreachable(
            f"AWS does not answer: {call.service} in {call.region or 'no region'}.",
            why=_sentence(error),
            next="Is the network up, is the region's name right, and does AWS_ENDPOINT_URL, if it is set, "
            "lead to something that runs?",
        )
    return Refused(
        f"The call {call.service} {call.operation} could not be made.",
        why=_sentence(error),
        code=type(error).__name__,
        operation=call.operation,
    )


def _refused(error: boto.ClientError, call: Described) -> SameroomError:
    said = error.response.get("Error", {})
    code, reason = (
        str(said.get("Code", "")),
        _ended(str(said.get("Message", "")) or str(said.get("Code", ""))),
    )
    operation = f"{call.service}:{error.operation_name}"
    if code in _EXPIRED:
        return CredentialsError(
            "The AWS credentials have expired.", why=reason, next="Sign in again (aws sso login) and repeat."
        )
    if code in _UNKNOWN:
        return CredentialsError(
            "AWS does not know these credentials.",
            why=reason,
            next=f"Look at the profile {call.profile}: aws sts get-caller-identity --profile {call.profile}",
        )
    if code in _DENIED:
        return AccessDenied(
            f"AWS does not allow {operation}.",
            why=reason,
            next="Give your role that permission; `sameroom ci github` writes a role that has all it takes.",
            code=code,
            operation=error.operation_name,
        )
    if code in _THROTTLED:
        return Throttled(
            f"AWS still answers {operation} with {code} after several tries.",
            why=reason,
            next="Wait a minute and repeat; nothing was lost.",
            code=code,
            operation=error.operation_name,
        )
    return Refused(f"AWS refused {operation}: {code}.", why=reason, code=code, operation=error.operation_name)


def _sentence(error: Exception) -> str:
    return _ended(" ".join(str(error).split()))


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) or not text else text + "."
