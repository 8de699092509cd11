"""Wishes for templates: a project's settings as pyproject.toml would say them, and code that is in S3."""

from __future__ import annotations

from typing import Any

from sameroom.project import Settings
from sameroom.template import Code, Wish

CODE = Code("sameroom-111122223333-eu-west-1", f"artifacts/{'ab' * 32}.zip", "ab" * 32, "python3.13", "arm64")
VARIABLES = {"SAMEROOM_APP": "wsgi:app", "SAMEROOM_RESPONSE_MODE": "buffered"}
LISTENER = (
    "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/front/0123456789abcdef/0123456789abcdef"
)
NETWORK = "sn-0123456789abcdef0"
CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"

#: What each door needs said besides its name.
NEEDED: dict[str, dict[str, Any]] = {
    "alb": {"alb": {"listener": LISTENER, "priority": 100, "hosts": ["shop.example.com"]}},
}
#: Everything at once, behind an HTTP API.
FULL: dict[str, Any] = {
    "tables": {
        "messages": {
            "partition_key": "pk",
            "sort_key": "sk:N",
            "ttl": "expires",
            "stream": True,
            "indexes": {"by-author": {"partition_key": "author", "sort_key": "sk:N"}},
        },
        "users": {"partition_key": "id"},
    },
    "queues": {"mail": {}, "orders": {"fifo": True, "receives": 5, "consumer": True}},
    "buckets": {"uploads": {"expire": 30, "events": True}},
    "topics": {"prices": {"subscribe": True}},
    "rules": {
        "placed": {"source": "shop.orders", "detail_type": ["Order Placed", "Order Paid"]},
        "ended": {"pattern": {"source": ["aws.ec2"], "detail": {"state": ["terminated"]}}, "bus": "ops"},
    },
    "schedules": {
        "prices": {"command": "prices update", "cron": "0 18 * * MON-FRI", "timezone": "Europe/Amsterdam"},
        "sweep": {"command": "sweep", "rate": "1 hour"},
    },
    "background": {"batch": 5},
    "secrets": ["STRIPE_KEY", "DATABASE_URL"],
    "commands": ["db *", "users *"],
    "release": "db upgrade",
    "permissions": [
        {
            "actions": ["ses:SendEmail"],
            "resources": ["arn:aws:ses:eu-west-1:111122223333:identity/example.com"],
        }
    ],
    "alarms": {"email": "ops@example.com"},
    "budget": {"monthly": 20, "email": "ops@example.com"},
    "cors": {"allow_origins": ["https://www.example.com"], "allow_methods": ["GET", "POST"], "max_age": 600},
    "domain": {"name": "api.example.com", "zone": "Z0123456789ABCDEFGHIJ"},
    "env": {"LEVEL": "high"},
}


def wish(said: dict[str, Any] | None = None, *, stack: str = "shop-prod", code: Code = CODE) -> Wish:
    """A wish with ``said`` as [tool.sameroom]."""
    settings = Settings.model_validate(said or {})
    return Wish(stack, settings, code, {**VARIABLES, **settings.env})


def wish_for(door: str, **said: Any) -> Wish:
    """A wish with a door, and what that door cannot do without."""
    return wish({"door": door, **NEEDED.get(door, {}), **said})
