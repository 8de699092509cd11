"""The dashboard: what came in, and what was done about it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timezone
from typing import NamedTuple

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from . import store
from .export import TooLarge, csv_file
from .figures import figures
from .here import table
from .signing_in import signed_in
from .store import STATES, Stored

dashboard = Blueprint("dashboard", __name__, url_prefix="/dashboard")

PAGE = 20
#: How far one page of a search looks.
SEARCHED = 1000
_LONGEST_SEARCH = 100
_DONE = {"new": "The enquiry is open again.", "handled": "Marked as handled.", "spam": "Marked as spam."}


class Page(NamedTuple):
    """Part of a list. ``older`` is the id after which it goes on, "" at the end; ``looked_to`` is where a
    search has stopped looking for now."""

    enquiries: list[Stored]
    older: str
    looked_to: datetime | None = None


@dashboard.get("")
@signed_in
def enquiries() -> ResponseReturnValue:
    """Figures, and the list: newest first, of one state or all, with what is searched for."""
    state, before = request.args.get("state", ""), request.args.get("before", "")
    if (state and state not in STATES) or (before and not store.is_id(before)):
        abort(404)
    search = str(session.get("search", ""))
    found = store.newest_of(table(), state, before) if state else store.newest(table(), before)
    page = _searched(found, search) if search else _page(found)
    return render_template(
        "dashboard.html",
        figures=figures(store.ids_by_state(table()), datetime.now(timezone.utc)),
        found=page,
        state=state,
        before=before,
        search=search,
        longest=_LONGEST_SEARCH,
    )


@dashboard.post("/search")
@signed_in
def search() -> ResponseReturnValue:
    """Remember what is searched for: in the session, as addresses of pages end up in logs."""
    text = " ".join(request.form.get("search", "").split())[:_LONGEST_SEARCH]
    session["search"] = text
    state = request.form.get("state", "")
    return redirect(url_for(".enquiries", state=state if state in STATES else None), 303)


@dashboard.get("/enquiries/<enquiry_id>")
@signed_in
def enquiry(enquiry_id: str) -> ResponseReturnValue:
    """One enquiry, whole."""
    return render_template("enquiry.html", stored=_found(enquiry_id))


@dashboard.post("/enquiries/<enquiry_id>/state")
@signed_in
def change(enquiry_id: str) -> ResponseReturnValue:
    """Mark as handled, as spam, or as new again."""
    state = request.form.get("state", "")
    if state not in STATES:
        abort(400)
    if not store.is_id(enquiry_id) or not store.put_into(table(), enquiry_id, state):
        abort(404)
    flash(_DONE[state])
    return redirect(url_for(".enquiry", enquiry_id=enquiry_id), 303)


@dashboard.get("/enquiries/<enquiry_id>/delete")
@signed_in
def ask_to_delete(enquiry_id: str) -> ResponseReturnValue:
    """Whether it is meant."""
    return render_template("delete.html", stored=_found(enquiry_id))


@dashboard.post("/enquiries/<enquiry_id>/delete")
@signed_in
def delete(enquiry_id: str) -> ResponseReturnValue:
    """Delete an enquiry. Twice is no fault."""
    if not store.is_id(enquiry_id):
        abort(404)
    store.delete(table(), enquiry_id)
    flash("The enquiry is deleted.")
    return redirect(url_for(".enquiries"), 303)


@dashboard.get("/enquiries.csv")
@signed_in
def download() -> ResponseReturnValue:
    """All enquiries of a span of days, as a file: those from robots are left out."""
    first, last = _day("from", date.min), _day("to", date.max)
    if first > last:
        abort(400, "The first day is after the last one.")
    span = _between(store.newest(table()), first, last)
    try:
        content = csv_file(stored for stored in span if stored.state != store.SPAM)
    except TooLarge:
        abort(400, "That are too many enquiries for one file. Please choose fewer days.")
    response = Response(content, content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename="enquiries.csv")
    return response


def _found(enquiry_id: str) -> Stored:
    found = store.find(table(), enquiry_id) if store.is_id(enquiry_id) else None
    return found or abort(404)


def _page(enquiries: Iterator[Stored]) -> Page:
    taken = list(itertools.islice(enquiries, PAGE + 1))
    return Page(taken[:PAGE], taken[PAGE - 1].id if len(taken) > PAGE else "")


def _searched(enquiries: Iterator[Stored], search: str) -> Page:
    matches = _matcher(search)
    taken: list[Stored] = []
    last = None
    for stored in itertools.islice(enquiries, SEARCHED):
        if len(taken) == PAGE and last:
            return Page(taken, last.id)
        if matches(stored):
            taken.append(stored)
        last = stored
    if last is None or next(enquiries, None) is None:
        return Page(taken, "")
    return Page(taken, last.id, last.received)


def _matcher(search: str) -> Callable[[Stored], bool]:
    """Every word is somewhere in it, in capitals or not."""
    words = search.casefold().split()

    def matches(stored: Stored) -> bool:
        text = "\n".join((stored.enquiry.name, *stored.enquiry)).casefold()
        return all(word in text for word in words)

    return matches


def _between(enquiries: Iterable[Stored], first: date, last: date) -> Iterator[Stored]:
    for stored in enquiries:
        day = stored.received.date()
        if day < first:
            return
        if day <= last:
            yield stored


def _day(name: str, otherwise: date) -> date:
    text = request.args.get(name, "")
    try:
        return datetime.strptime(text, "%Y-%m-%d").date() if text else otherwise
    except ValueError:
        abort(400, "A day is written as 2026-11-21.")
