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
    "InvalidSignatureException",
    "RequestTimeTooSkewed",
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
_THEIRS = {
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "InternalServiceError",
    "ServiceException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "500",
    "502",
    "503",
}
#: LoginError is younger than the oldest boto3 that we take.
_SIGN_IN = (boto.SSOError, boto.TokenRetrievalError, getattr(boto, "LoginError", boto.SSOError))


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
    if isinstance(error, _SIGN_IN):
        return CredentialsError(
            "The AWS sign-in has expired.",
            why=_sentence(error),
            next="aws sso login (or aws login, if that is how you signed in)",
        )
    if isinstance(error, boto.ConfigNotFound | boto.ConfigParseError | boto.InvalidConfigError):
        return CredentialsError(
            "AWS's own configuration cannot be read.",
            why=_sentence(error),
            next="Mend that file (~/.aws/config, ~/.aws/credentials), or name a profile: --profile NAME.",
        )
    if isinstance(error, boto.HTTPClientError | boto.ConnectionError | boto.InvalidRegionError):
        return Unreachable(
            f"AWS does not answer: {call.service} in {call.region or 'no region'}.",
            why=_sentence(error),
            next="Is the network up, is the region's name right, and does AWS_ENDPOINT_URL, if it is set, "
            "lead to something that runs?",
        )
    if isinstance(error, ValueError):
        # All that botocore says about an AWS_ENDPOINT_URL that is none.
        return Unreachable(
            f"There is no {call.service} to be called.",
            why=_sentence(error),
            next="AWS_ENDPOINT_URL must be an address such as http://127.0.0.1:4566, or not be set.",
        )
    return Refused(
        f"The call {call.service} {call.operation} could not be made.",
        why=_sentence(error),
        next="Repeat; if it stays so, tell us: this command asked AWS for something that it cannot.",
        code=type(error).__name__,
        operation=call.operation,
    )


def _refused(error: boto.ClientError, call: Described) -> SameroomError:
    said = error.response.get("Error", {})
    code = str(said.get("Code", "")) or "an unknown error"
    reason = _ended(" ".join(str(said.get("Message", "")).split())) or "AWS gives no reason."
    operation = f"{call.service}:{error.operation_name}"
    if code in _EXPIRED:
        return CredentialsError(
            "The AWS credentials have expired.", why=reason, next="Sign in again (aws sso login) and repeat."
        )
    if code in _UNKNOWN:
        return CredentialsError(
            "AWS does not know these credentials.",
            why=reason,
            next=f"Look at the profile {call.profile}: aws sts get-caller-identity --profile {call.profile}. "
            f"A region that the account has not switched on says so too (is {call.region} one?), and a clock "
            "that is wrong.",
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
    way = "The fault is AWS's: repeat in a minute; https://health.aws.amazon.com tells of outages."
    return Refused(
        f"AWS refused {operation}: {code}.",
        why=reason,
        next=way if code in _THEIRS else "Mend what AWS names, and repeat.",
        code=code,
        operation=error.operation_name,
    )


def _sentence(error: Exception) -> str:
    return _ended(" ".join(str(error).split()))


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) or not text else text + "."
