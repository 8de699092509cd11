"""A small Flask app. It does not know which door you came through."""

from __future__ import annotations

from flask import Flask, Response, jsonify, make_response, render_template, request

app = Flask(__name__)


@app.get("/")
def index() -> Response:
    """A page, by a template. It greets differently whoever has been here before."""
    page = make_response(render_template("index.html", again="seen" in request.cookies))
    page.set_cookie("seen", "yes", max_age=86400, httponly=True, samesite="Lax")
    return page


@app.get("/some_other_route")
def some_other_route() -> tuple[Response, int]:
    """JSON, by a query parameter."""
    name = request.args.get("param_name", "").strip()
    if not name:
        return jsonify(error="Say which: /some_other_route?param_name=Ada"), 400
    if len(name) > 100:
        return jsonify(error="param_name has more than 100 characters."), 400
    return jsonify(param_name=name, characters=len(name), backwards=name[::-1]), 200


@app.errorhandler(404)
def not_found(error: Exception) -> tuple[str, int]:
    """Every path that is no route, with a way back."""
    return render_template("not_found.html"), 404
