"""CORS as an HTTP API or a Function URL answers it by itself; behind the other doors the app answers."""

from __future__ import annotations

from ..errors import TemplateError
from .values import Json, Wish

#: Function URLs take these alone; they answer OPTIONS themselves.
#: https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html
_URL_METHODS = ("*", "DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")


def cors(wish: Wish) -> Json:
    """The settings in AWS's words, the same for both doors; {} for none.

    :raises TemplateError: AWS would refuse them.
    """
    said = wish.settings.cors
    if said is None:
        return {}
    url = wish.settings.door == "function-url"
    strange = sorted(set(said.allow_methods) - set(_URL_METHODS)) if url else []
    if strange:
        raise TemplateError(
            f"A Function URL's CORS cannot allow the method {', '.join(strange)}.",
            why=f"AWS takes {', '.join(_URL_METHODS)}; OPTIONS is answered by itself.",
            next="Leave it out of cors.allow_methods.",
        )
    if said.allow_credentials and "*" in said.allow_origins and not url:
        raise TemplateError(
            'An HTTP API cannot allow credentials from every origin (cors.allow_origins = ["*"]).',
            why="API Gateway refuses the two together, and so do browsers.",
            next='Name the origins: allow_origins = ["https://www.example.com"].',
        )
    if url and said.max_age is not None and said.max_age < 0:
        raise TemplateError(
            f"A Function URL's CORS cannot have max_age = {said.max_age}.",
            why="AWS takes 0 to 86400 seconds there; -1 is the HTTP API's.",
            next="Use max_age = 0.",
        )
    found = {
        "AllowOrigins": list(said.allow_origins),
        "AllowMethods": list(said.allow_methods),
        "AllowHeaders": list(said.allow_headers),
        "ExposeHeaders": list(said.expose_headers),
        "AllowCredentials": said.allow_credentials,
        "MaxAge": said.max_age,
    }
    return {key: value for key, value in found.items() if value not in ([], None)}
