"""The background jobs of a project on this machine: a queue of our own, and what hands its messages on.

The queue is SQS as far as the runtime's client and Lambda's event source go, so the app does here what it
does on AWS. It is a file of SQLite's, and outlives us.
"""

from __future__ import annotations

from .delivering import Batch, Deliveries, Limits, Listener
from .endpoint import Queue, queue, queue_of
from .store import Counts, Store

__all__ = ["Batch", "Counts", "Deliveries", "Limits", "Listener", "Queue", "Store", "queue", "queue_of"]
