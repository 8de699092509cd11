"""Files, folders, uploads and logs that are written where Lambda has no writing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ..configured import settings, settled, text_of
from ..findings import Finding
from ..places import is_refused, path_of, shown
from ..source import Module, Scope
from .reported import argument, found

#: Openers and where their mode is.
_OPENERS = {
    **dict.fromkeys(("open", "io.open", "codecs.open", "builtins.open", "gzip.open", "bz2.open"), 1),
    **dict.fromkeys(("lzma.open", "tarfile.open", "zipfile.ZipFile", "aiofiles.open"), 1),
}
#: Calls that change the path they are given as an argument: which one, and its name.
_CHANGERS = {
    **dict.fromkeys(("os.mkdir", "os.makedirs"), (0, "name")),
    **dict.fromkeys(("os.remove", "os.unlink", "os.rmdir", "os.removedirs", "os.truncate"), (0, "path")),
    "shutil.rmtree": (0, "path"),
    **dict.fromkeys(("shutil.copy", "shutil.copy2", "shutil.copyfile", "shutil.move"), (1, "dst")),
    **dict.fromkeys(("os.rename", "os.replace", "shutil.copytree"), (1, "dst")),
    "urllib.request.urlretrieve": (1, "filename"),
}
_FOLDER_MAKERS = {"mkdir", "makedirs"}
#: Methods of a Path that change what it names.
_PATH_METHODS = {"write_text", "write_bytes", "mkdir", "touch", "unlink", "rmdir"}
#: Methods of uploads, pictures, plots and tables that write the file they are given.
_SAVERS = {"save", "savefig", "to_csv", "to_excel", "to_json", "to_parquet", "to_pickle", "to_html"}
_UPLOADS = re.compile(r"UPLOAD\w*_(FOLDER|DIR|DIRECTORY|PATH|DEST)$")
_HANDLERS = ("FileHandler", "logging.basicConfig", "loguru.logger.add")


def writes(module: Module) -> Iterator[Finding]:
    """What evidently leads outside /tmp; a try that goes on without it is fine."""
    for node, name, scope in module.calls:
        if name.endswith(_HANDLERS):
            yield from _log(module, node, name, scope)
            continue
        path = _written(module, node, name)
        if not is_refused(path) or scope.guarded or _is_there(module, node, path):
            continue
        kind = "write-at-import" if scope.phase == "import" else "write-in-request"
        sure = scope.phase == "request" or not scope.conditional
        yield found(module, kind, node, f"{_called(name, node)} writes {shown(path)}.", sure=sure)
    yield from _uploads(module)
    yield from _logs_in_dicts(module)


def _written(module: Module, node: ast.Call, name: str) -> str:
    """The path that a call changes, "" when it changes none."""
    if name in _OPENERS:
        writing = _is_for_writing(argument(node, _OPENERS[name], "mode"))
        return path_of(argument(node, 0, "file"), module.names) if writing else ""
    if name in _CHANGERS:
        return path_of(argument(node, *_CHANGERS[name]), module.names)
    if not isinstance(node.func, ast.Attribute):
        return ""
    method = node.func.attr
    if method in _PATH_METHODS or (method == "open" and _is_for_writing(argument(node, 0, "mode"))):
        return path_of(node.func.value, module.names)
    if method in _SAVERS:
        path = path_of(argument(node, 0, "path"), module.names)
        return path if re.search(r"[^.]\.\w+$|/", path) else ""
    return ""


def _is_for_writing(mode: ast.expr | None) -> bool:
    return mode is not None and any(sign in text_of(mode) for sign in "wax+")


def _is_there(module: Module, node: ast.Call, path: str) -> bool:
    """A folder to be made that travels with the project anyway."""
    made = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return made in _FOLDER_MAKERS and module.travels(path)


def _called(name: str, node: ast.Call) -> str:
    if not name.startswith("?"):
        return f"{name}()"
    return f".{node.func.attr}()" if isinstance(node.func, ast.Attribute) else "This"


def _log(module: Module, node: ast.Call, name: str, scope: Scope) -> Iterator[Finding]:
    given = argument(node, 9 if name.endswith("basicConfig") else 0, "filename")
    path = path_of(given, module.names)
    if is_refused(path):
        what = f"{name.rpartition('.')[2]} writes a log to {shown(path)}."
        yield found(module, "log-file", node, what, sure=not scope.conditional)


def _logs_in_dicts(module: Module) -> Iterator[Finding]:
    """Handlers as logging.config.dictConfig takes them."""
    for node in module.nodes:
        if not isinstance(node, ast.Dict):
            continue
        given = {text_of(key): value for key, value in zip(node.keys, node.values, strict=True) if key}
        if "filename" in given and text_of(given.get("class", node)).endswith("FileHandler"):
            path = path_of(given["filename"], module.names)
            if is_refused(path):
                yield found(
                    module, "log-file", given["filename"], f"A handler writes a log to {shown(path)}."
                )


def _uploads(module: Module) -> Iterator[Finding]:
    for setting in settings(module):
        if _UPLOADS.search(setting.name.upper()) and _is_live(setting.scope):
            value, only_default = settled(setting.value, module)
            path = path_of(value, module.names)
            if is_refused(path):
                what = f"{setting.name} is {shown(path)}{' by default' * only_default}."
                yield found(module, "write-in-request", setting.line, what, sure=not only_default)


def _is_live(scope: Scope) -> bool:
    return scope.phase == "import"
