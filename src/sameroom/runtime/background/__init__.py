"""``background``: functions that run after the response; ``current_job``: what one may ask of itself.

>>> from sameroom import background, current_job
>>> @background
... def send_receipt(order: int, to: str) -> None:
...     mail(to, receipt(order), key=current_job.id)
>>> send_receipt(7, to="ada@example.com")
'0f8e...'

On Lambda a job waits in SQS, under ``sameroom dev`` in a queue of dev's own, on a plain server in a thread of
the process; in tests it runs at the call.
"""

from __future__ import annotations

from .current import current_job
from .job import Job, background

__all__ = ["Job", "background", "current_job"]
