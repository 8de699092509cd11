"""The routes: the form, the rug in each of its formats, the stations."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request, url_for
from werkzeug.datastructures import MultiDict

from . import answers, asked, bands, blanket, days, written
from .stations import STATIONS

pages = Blueprint("pages", __name__)

#: Seconds. Nothing of it changes but with a deploy.
_LONG, _SHORT = 86400, 900
#: What the form has one field of for each band.
_PARTS = ("below", "name", "colour")


@pages.get("/")
def form() -> Response:
    """The form, for the last whole year: KNMI is not asked."""
    year = _source().today().year - 1
    response = answers.page("form.html", {"from": f"{year}-01-01", "to": f"{year}-12-31", **_said()})
    return answers.kept(response, _SHORT)


@pages.get("/choose")
def choose() -> Response:
    """Where the form goes: on to the address of the rug, which says only what is not usual."""
    said = {name: request.args.get(name, "").strip() for name in ("from", "to", "station", "order")}
    said["bands"] = _bands(request.args)
    usual = current_app.config["USUAL"]
    query: dict[str, Any] = {name: text for name, text in said.items() if text and text != usual.get(name)}
    return Response(status=303, headers={"Location": url_for(".rug", **query)})


@pages.get("/rug")
def rug() -> Response:
    """The rug, in the format asked for."""
    _once()
    kind = answers.kind()
    source = _source()
    wish = asked.read(_said(), current_app.config["USUAL"], source.today())
    made = days.rug(wish, source)
    response = _written(made, kind)
    return answers.kept(response, _LONG if made.settled else _SHORT)


@pages.get("/stations")
def stations() -> Response:
    """The stations that can be asked for, as JSON."""
    listed = [{"number": number, "name": name} for number, name in STATIONS.items()]
    return answers.kept(jsonify(stations=listed), _LONG)


def _written(made: days.Rug, kind: str) -> Response:
    if kind == "html":
        return answers.page("rug.html", _said(), rug=made, blanket=blanket.drawn(made), words=blanket.words)
    if kind == "json":
        return jsonify(written.tree(made))
    wish = made.asked
    if kind == "text":
        return Response(written.text(made), mimetype="text/plain")
    response = Response(written.rows_csv(made), mimetype="text/csv")
    name = f"temperatures-{wish.station}-{wish.start}-{wish.end}.csv"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def _source() -> days.Source:
    source = current_app.extensions["temperatures"]
    assert isinstance(source, days.Source)
    return source


def _said() -> dict[str, str]:
    return {
        name: request.args[name]
        for name in ("from", "to", "station", "order", "bands")
        if name in request.args
    }


def _once() -> None:
    """Each parameter is given once: of two, nobody knows which was meant."""
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise asked.BadAsk([asked.Fault(name, "it is given twice; give it once") for name in twice])


def _bands(fields: MultiDict[str, str]) -> str:
    """The bands of the form's fields, "" for the usual ones. A row without a name is no band."""
    rows = [
        [fields.get(f"{part}{number}", "").strip() for part in _PARTS] for number in range(1, bands.MOST + 2)
    ]
    said = [row for row in rows if row[1]]
    text = ",".join(":".join(row).replace("#", "") for row in sorted(said, key=_by_bound))
    try:
        same = bands.read(text) == bands.read(current_app.config["USUAL"]["bands"])
    except bands.BadBands:
        same = False  # whoever shows the rug says what is wrong
    return "" if same else text


def _by_bound(row: list[str]) -> float:
    try:
        return float(row[0] or "inf")
    except ValueError:
        return float("nan")
