"""``secret("NAME")``: on AWS from Parameter Store, on a laptop from a file that git does not see.

>>> from sameroom import load_secrets, secret
>>> app = Flask(__name__)
>>> load_secrets(app)  # every declared one, into app.config under its name
>>> stripe.api_key = secret("STRIPE_KEY")
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping, MutableMapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from .errors import RuntimeFault

if TYPE_CHECKING:
    from .parameters import ParameterStore
    from .secrets_file import SecretsFile

log = logging.getLogger("sameroom")


class _HasConfig(Protocol):
    """A Flask app, as far as we need one."""

    @property
    def config(self) -> Any: ...


def secret(name: str) -> str:
    """The secret called ``name``.

    On AWS all that the settings declare are read together, ten a call, when the first is asked for, and again
    after SAMEROOM_SECRETS_TTL seconds; while Parameter Store is down, what was read last is given.

    :raises sameroom.runtime.errors.SecretMissing: it is not declared, or has no value.
    :raises sameroom.runtime.errors.SecretsUnavailable: Parameter Store does not give it, and says why.
    """
    return source().value(name)


def check_secrets(*names: str) -> None:
    """See that all declared secrets, or those called ``names``, have a value. Errors as for ``secret``; all
    that are missing are named at once."""
    here = source()
    here.values(names or here.declared)


def load_secrets(app: _HasConfig | MutableMapping[str, Any], *names: str) -> None:
    """Put all declared secrets, or those called ``names``, into ``app.config``, or a mapping, by their names.

    They are checked and read now, once: call ``secret`` where a value may change while the app runs. With
    SnapStart they are read again when the snapshot is restored.

    :raises TypeError: ``app`` has no config and is no mapping.
    :raises sameroom.runtime.errors.SecretMissing: some are not declared, or have no value; all are named.
    :raises sameroom.runtime.errors.SecretsUnavailable: Parameter Store does not give them.
    """
    config = getattr(app, "config", app)
    if not isinstance(config, MutableMapping):
        raise TypeError(
            f"load_secrets wants an app with a config, or a mapping, and got {type(app).__name__}."
        )
    here = source()
    wanted = names or here.declared
    config.update(here.values(wanted))
    if _snapshots(os.environ):
        _filled.append((config, wanted))


#: What has been filled with which secrets, and is part of a snapshot.
_filled: list[tuple[MutableMapping[str, Any], Iterable[str]]] = []


#: What says where secrets come from.
_SAYS = ("SAMEROOM_SECRETS", "SAMEROOM_SECRETS_PATH", "SAMEROOM_SECRETS_FILE")


def source() -> ParameterStore | SecretsFile:
    """Where secrets come from in this process; another place as soon as the variables say another.

    :raises ValueError: SAMEROOM_SECRETS_TTL is no number of seconds.
    """
    return _kept(*map(os.environ.get, _SAYS))


@cache
def _kept(*said: str | None) -> ParameterStore | SecretsFile:
    return source_of(os.environ)


def source_of(environ: Mapping[str, str]) -> ParameterStore | SecretsFile:
    """Where secrets come from: Parameter Store where SAMEROOM_SECRETS_PATH says where they are in it."""
    said = environ.get("SAMEROOM_SECRETS")
    names = None if said is None else tuple(filter(None, (name.strip() for name in said.split(","))))
    path = environ.get("SAMEROOM_SECRETS_PATH")
    if path:
        from .parameters import ParameterStore

        store = ParameterStore(names or (), path if path.endswith("/") else f"{path}/", environ)
        if _snapshots(environ):
            _after_restore(store)
        return store
    from .secrets_file import SecretsFile, nearest

    file = environ.get("SAMEROOM_SECRETS_FILE")
    if not file and names is None and "AWS_LAMBDA_FUNCTION_NAME" in environ:
        names = ()  # on AWS: nothing is declared
    return SecretsFile(file or nearest(os.getcwd()), names, environ)


def _snapshots(environ: Mapping[str, str]) -> bool:
    return environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"


def _after_restore(store: ParameterStore) -> None:
    """Values are read anew when a snapshot has been restored: they may have changed since it was taken.

    https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html
    """
    try:
        hooks = import_module("snapshot_restore_py")
    except ModuleNotFoundError:
        return  # the store notices by itself that an invocation has begun

    def restored() -> None:
        store.restored()
        try:
            for config, names in _filled:
                config.update(store.values(names))
        except RuntimeFault as fault:
            # Raised, it would end every sandbox of this version before its first request.
            log.error("The app's config keeps the secrets of its snapshot. %s", fault)

    hooks.register_after_restore(restored)
