"""``on``: functions of the app that AWS's services call: queues, buckets, topics, EventBridge, streams.

>>> from sameroom import on
>>> @on.s3("uploads", suffix=".csv")
... def imported(found):
...     load(found.bucket, found.key)

Each gets one value per record, of the types in ``values``.
"""

from __future__ import annotations

from .registry import on
from .values import BucketObject, Change, Notification, QueueMessage, ServiceEvent

__all__ = ["BucketObject", "Change", "Notification", "QueueMessage", "ServiceEvent", "on"]
