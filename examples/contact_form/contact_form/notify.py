"""A mail to the company about a new enquiry, after the visitor has had the answer.

Only the enquiry's id travels through the queue; the mail is for people who may see enquiries. Without
NOTIFY_TO nothing is queued and nothing sent: the dashboard has it all.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from sameroom import background

from . import store
from .here import settings, table

log = logging.getLogger(__name__)

_CONFIG = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})


def about(enquiry_id: str) -> None:
    """Have a mail sent, if one is wanted. Whatever fails here is not the visitor's: the enquiry is stored."""
    if not settings().notify_to:
        return
    try:
        mail(enquiry_id)
    except Exception:
        log.exception("Nobody will be told of enquiry %s; it is on the dashboard.", enquiry_id)


@background(name="enquiry.mail")
def mail(enquiry_id: str) -> None:
    """Tell the company. At least once, as every job: two mails about one enquiry are better than none."""
    stored = store.find(table(), enquiry_id)
    if stored is None or stored.state != store.NEW:
        log.info("Enquiry %s is handled or deleted already; no mail.", enquiry_id)
        return
    told = settings()
    lines = [f"{stored.enquiry.name} <{stored.enquiry.email}> writes:", "", stored.enquiry.message]
    if told.site_url:
        lines += ["", f"{told.site_url}/dashboard/enquiries/{enquiry_id}"]
    _ses().send_email(
        FromEmailAddress=told.notify_from,
        Destination={"ToAddresses": [told.notify_to]},
        ReplyToAddresses=[stored.enquiry.email],
        Content={
            "Simple": {
                "Subject": {"Data": f"Enquiry from {stored.enquiry.name}", "Charset": "UTF-8"},
                "Body": {"Text": {"Data": "\n".join(lines), "Charset": "UTF-8"}},
            }
        },
    )
    log.info("A mail about enquiry %s is sent.", enquiry_id)


@cache
def _ses() -> Any:
    return boto3.client("sesv2", config=_CONFIG)
