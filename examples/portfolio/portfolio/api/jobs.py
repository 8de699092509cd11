"""What may take longer than a request: it is answered at once, goes on, and says how far it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from sameroom import background

from ..clock import utc_now
from ..domain.refusals import Refused
from ..models import Job
from . import files, positions, quotes
from .operations import Reply, Work, at_work, operation
from .payload import Upload
from .problems import NotFound, Problem
from .wire import Wire

#: A job that has said nothing for so long was cut off: no function runs longer.
_SILENT = timedelta(minutes=20)
_KEPT = timedelta(days=7)
State = Literal["waiting", "running", "done", "failed"]


class JobProblem(Wire):
    """Why nothing came of a job; ``rows`` are the lines of a file that are wrong."""

    detail: str
    code: str
    rows: list[files.RowFault] = Field(default_factory=list)


class JobOut(Wire):
    """A job: how far it is (``done`` of ``total`` funds or rows), and what came of it."""

    id: str
    kind: Literal["prices", "transactions"]
    state: State
    stage: str
    done: int
    total: int
    result: quotes.UpdatedAll | files.Imported | None
    problem: JobProblem | None
    made_at: datetime


@operation("POST", "/jobs/update-prices", status=202)
def start_price_update(work: Work, query: quotes.UpdateQuery) -> Reply[JobOut]:
    """Fetch the prices of every fund with a symbol, however long it takes."""
    return _started(work, Job(kind="prices", asked={"type": query.type}), update_prices)


@operation("POST", "/jobs/import-transactions", status=202)
def start_import(work: Work, query: files.TransactionImport, upload: Upload) -> Reply[JobOut]:
    """Import a file of transactions, all or nothing, however long it takes."""
    positions.one(work, query.portfolio_fund_id)
    asked = query.model_dump(mode="json")
    return _started(work, Job(kind="transactions", asked=asked, file=upload.data), import_transactions)


@operation("GET", "/jobs/<uuid:job_id>")
def get_job(work: Work, job_id: str) -> JobOut:
    """A job. Ask again every second or so until ``state`` is done or failed. It is kept for a week."""
    found = work.session.get(Job, job_id)
    if found is None:
        raise NotFound("job")
    return _out(found)


def _started(work: Work, job: Job, run: Callable[[str], str]) -> Reply[JobOut]:
    now = utc_now()
    work.session.execute(delete(Job).where(Job.made_at < now - _KEPT))
    job.made_at = job.told_at = now
    work.session.add(job)
    work.session.commit()  # it may run before this request ends
    run(job.id)
    work.session.refresh(job)
    return Reply(_out(job), location=f"/api/jobs/{job.id}")


@background(name="portfolio.update_prices")
def update_prices(job_id: str) -> None:
    """The job of `start_price_update`."""

    def do(work: Work, job: Job) -> quotes.UpdatedAll:
        return quotes.updated_all(work, job.asked["type"], partial(_tell, work, job_id, "fetching"))

    _run(job_id, do)


@background(name="portfolio.import_transactions")
def import_transactions(job_id: str) -> None:
    """The job of `start_import`."""

    def do(work: Work, job: Job) -> files.Imported:
        query = files.TransactionImport.model_validate(job.asked)
        data = job.file or b""
        return files.imported(work, query, data, partial(_tell, work, job_id))

    _run(job_id, do)


def _run(job_id: str, do: Callable[[Work, Job], Wire]) -> None:
    """Run a job, and keep what came of it in the transaction of its last change: twice delivered, it is done
    once.
    """
    work = at_work()
    job = work.session.get(Job, job_id)
    if job is None or job.state == "done":
        return
    _tell(work, job_id, job.stage, 0, job.total)
    try:
        result = do(work, job).model_dump(mode="json", by_alias=True)
        ended = update(Job).where(Job.id == job_id, Job.state != "done")
        row = work.session.execute(ended.values(state="done", result=result, file=None, told_at=utc_now()))
        if row.rowcount == 1:  # type: ignore[attr-defined]
            work.session.commit()
    except Problem as problem:
        _fail(work.session, job_id, problem.detail, problem.code, problem.more.get("rows", []))
    except Refused as refused:
        _fail(work.session, job_id, refused.why, "refused")
    except Exception:
        # It comes again, as often as the queue delivers it.
        _fail(work.session, job_id, "Something went wrong here. It is in the log.", "internal")
        raise
    finally:
        work.session.rollback()


def _fail(session: Session, job_id: str, detail: str, code: str, rows: Any = ()) -> None:
    session.rollback()
    problem = {"detail": detail, "code": code, "rows": list(rows)}
    failed = update(Job).where(Job.id == job_id, Job.state != "done")
    session.execute(failed.values(state="failed", problem=problem, told_at=utc_now()))
    session.commit()


def _tell(work: Work, job_id: str, stage: str, done: int, total: int) -> None:
    """How far a job is. It is told between transactions: nothing half-done is committed by this."""
    far = {"state": "running", "stage": stage, "done": done, "total": total}
    said = update(Job).where(Job.id == job_id, Job.state != "done")
    work.session.execute(said.values(**far, problem=None, told_at=utc_now()))
    work.session.commit()


def _out(job: Job) -> JobOut:
    state, problem = job.state, job.problem
    if state in ("waiting", "running") and job.told_at < utc_now() - _SILENT:
        state, problem = "failed", {"detail": "It was cut off. Start it again.", "code": "cut-off"}
    return JobOut.model_validate(
        {
            "id": job.id,
            "kind": job.kind,
            "state": state,
            "stage": job.stage,
            "done": job.total if state == "done" else job.done,
            "total": job.total,
            "result": job.result,
            "problem": problem,
            "made_at": job.made_at,
        }
    )
