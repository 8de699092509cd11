"""What each status of a CloudFormation stack means for a deploy. Pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from __future__ import annotations

from typing import Literal, NamedTuple

#: ``go``: it can be deployed to. ``wait``: something is under way. ``delete``: it holds nothing worth
#: keeping, and can only be deleted and made anew. ``take back``: an update failed and was left where it was.
#: ``continue``: taking an update back failed. ``stuck``: nothing that a deploy can do.
Act = Literal["go", "wait", "delete", "take back", "continue", "stuck"]


class Meaning(NamedTuple):
    """What to do before a deploy, and a sentence on what happened, "" where nothing did."""

    act: Act
    says: str = ""


_FIRST_FAILED = "The first deploy failed and AWS has taken it back: the empty stack is deleted and made anew."
_MEANINGS = {
    "": Meaning("go"),
    "CREATE_COMPLETE": Meaning("go"),
    "UPDATE_COMPLETE": Meaning("go"),
    "IMPORT_COMPLETE": Meaning("go"),
    "DELETE_COMPLETE": Meaning("go"),
    "UPDATE_ROLLBACK_COMPLETE": Meaning(
        "go", "The last deploy failed and AWS took it back; this one begins there."
    ),
    "IMPORT_ROLLBACK_COMPLETE": Meaning("go", "Somebody's import failed and AWS took it back."),
    "REVIEW_IN_PROGRESS": Meaning(
        "go", "The stack was planned and never deployed; this is its first deploy."
    ),
    "CREATE_IN_PROGRESS": Meaning(
        "wait", "AWS is still making the stack for an earlier deploy: waiting for it."
    ),
    "UPDATE_IN_PROGRESS": Meaning("wait", "AWS is still at work for an earlier deploy: waiting for it."),
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": Meaning(
        "wait", "AWS still removes what an earlier deploy replaced: waiting for it."
    ),
    "ROLLBACK_IN_PROGRESS": Meaning(
        "wait", "AWS still takes back a first deploy that failed: waiting for it."
    ),
    "UPDATE_ROLLBACK_IN_PROGRESS": Meaning(
        "wait", "AWS still takes back an earlier deploy that failed: waiting for it."
    ),
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": Meaning(
        "wait", "AWS still tidies up after a deploy that failed: waiting for it."
    ),
    "DELETE_IN_PROGRESS": Meaning("wait", "The stack is being destroyed: waiting for it, to make it anew."),
    "IMPORT_IN_PROGRESS": Meaning("wait", "Somebody imports resources into the stack: waiting for it."),
    "IMPORT_ROLLBACK_IN_PROGRESS": Meaning("wait", "Somebody's import is taken back: waiting for it."),
    "ROLLBACK_COMPLETE": Meaning("delete", _FIRST_FAILED),
    "CREATE_FAILED": Meaning(
        "delete", "The first deploy failed and was left as it was: the stack is deleted and made anew."
    ),
    "ROLLBACK_FAILED": Meaning(
        "delete", "The first deploy failed, and AWS could not take all of it back: deleting what is left."
    ),
    "DELETE_FAILED": Meaning("delete", "The stack was to be destroyed, and AWS could not: trying again."),
    "UPDATE_FAILED": Meaning(
        "take back", "The last deploy failed and was left as it was: AWS takes it back first."
    ),
    "UPDATE_ROLLBACK_FAILED": Meaning(
        "continue", "The last deploy failed, and AWS could not take it back: trying that again."
    ),
    "IMPORT_ROLLBACK_FAILED": Meaning(
        "stuck", "Somebody's import of resources failed, and could not be taken back."
    ),
}


def meaning(status: str) -> Meaning:
    """What ``status`` means for a deploy; "" is no stack at all."""
    return _MEANINGS.get(status) or Meaning(
        "wait" if status.endswith("_IN_PROGRESS") else "stuck", f"The stack is {status}."
    )
