"""Reading the declared secrets, and no others; their values are in no template.

https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html
"""

from __future__ import annotations

from .values import Part, Statement, Wish, sub


def secrets_path(stack: str) -> str:
    """Where the secrets of a stack are: ``/sameroom/<stack>/``."""
    return f"/sameroom/{stack}/"


def secrets(wish: Wish) -> Part:
    """SecureStrings under AWS's own key ``aws/ssm``, which whoever may read the parameter may use."""
    names = sorted(wish.settings.secrets)
    if not names:
        return Part()
    path = secrets_path(wish.stack)
    place = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter"
    return Part(
        environment={"SAMEROOM_SECRETS": ",".join(names), "SAMEROOM_SECRETS_PATH": path},
        statements=(
            Statement(
                "Secrets",
                ("ssm:GetParameter", "ssm:GetParameters"),
                tuple(sub(f"{place}{path}{name}") for name in names),
            ),
        ),
    )
