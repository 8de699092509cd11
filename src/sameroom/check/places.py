"""Where a path in the source evidently leads, and whether Lambda lets it be written. Pure."""

from __future__ import annotations

import ast

from .names import Names, ast_name

#: Stands for the project's folder, the temporary folder, and for what nobody knows.
PROJECT, TEMPORARY, UNKNOWN = "<project>", "<tmp>", "<?>"
#: What may be written: /tmp, devices, and EFS, which Lambda mounts below /mnt
#: (https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html).
_WRITABLE = (TEMPORARY, "/tmp", "/dev/", "/proc/", "/mnt/")  # noqa: S108
_DEEPEST = 12
#: Calls that give back the path they are given.
_SAME = {
    "str", "os.fspath", "os.path.abspath", "os.path.realpath", "os.path.normpath",
    "pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "werkzeug.utils.safe_join",
}  # fmt: skip
_METHODS_OF_THE_SAME = {"resolve", "absolute", "as_posix", "expanduser"}
_CWD = {"os.getcwd", "pathlib.Path.cwd", "os.getcwdu"}
_HOME = {"pathlib.Path.home", "os.path.expanduser"}
#: Attributes of an app that are paths in the project.
_APP_PATHS = {"root_path", "instance_path"}


def path_of(node: ast.AST | None, names: Names, depth: int = 0) -> str:
    """The path that an expression evidently is, with ``UNKNOWN`` for its unknown parts; "" when none is."""
    if node is None or depth > _DEEPEST:
        return ""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        parts = (path_of(each, names, depth + 1) or UNKNOWN for each in node.values)
        return "".join(parts)
    if isinstance(node, ast.FormattedValue):
        return path_of(node.value, names, depth + 1)
    if isinstance(node, ast.BinOp):
        return _combined(node, names, depth)
    if isinstance(node, ast.Call):
        return _called(node, names, depth)
    if isinstance(node, ast.Attribute):
        return _attribute(node, names, depth)
    if isinstance(node, ast.Subscript):  # Path(__file__).parents[1]
        inner = node.value
        if isinstance(inner, ast.Attribute) and inner.attr == "parents":
            return _folder_of(path_of(inner.value, names, depth + 1))
        return ""
    if isinstance(node, ast.Name):
        if node.id == "__file__":
            return f"{PROJECT}/{names.file}"
        value = names.only_value(node.id)
        return path_of(value, names, depth + 1) if value is not node else ""
    return ""


def is_refused(path: str) -> bool:
    """Whether ``path`` evidently leads to where Lambda has no writing."""
    if not path or path.startswith(_WRITABLE) or path.startswith(UNKNOWN):
        return False
    return "://" not in path and "\0" not in path and path != ":memory:"


def shown(path: str) -> str:
    """For people: ``data/<?>.json`` reads ``data/….json``."""
    path = path.removeprefix(f"{PROJECT}/").replace(PROJECT, "the project")
    return path.replace(TEMPORARY, "/tmp").replace(UNKNOWN, "…") or "."  # noqa: S108


def _attribute(node: ast.Attribute, names: Names, depth: int) -> str:
    if node.attr == "parent":
        return _folder_of(path_of(node.value, names, depth + 1))
    if node.attr in _APP_PATHS and (ast_name(node.value) or "app").endswith(("app", "application", "self")):
        here = _folder_of(f"{PROJECT}/{names.file}")
        return here if node.attr == "root_path" else f"{PROJECT}/instance"
    value = names.only_value(ast_name(node))
    return path_of(value, names, depth + 1)


def _combined(node: ast.BinOp, names: Names, depth: int) -> str:
    left = path_of(node.left, names, depth + 1)
    if not left:
        return ""
    if isinstance(node.op, ast.Mod):
        return left.replace("%s", UNKNOWN)
    right = path_of(node.right, names, depth + 1) or UNKNOWN
    if isinstance(node.op, ast.Div):
        return _joined(left, right)
    return left + right if isinstance(node.op, ast.Add) else ""


def _called(node: ast.Call, names: Names, depth: int) -> str:
    name = names.of(node.func)
    arguments = [path_of(each, names, depth + 1) for each in node.args]
    if name in _CWD:
        return PROJECT
    if name in _HOME and (not arguments or arguments[0].startswith("~")):
        return arguments[0] if arguments else "~"
    if name.startswith("tempfile."):
        return TEMPORARY
    if name == "os.path.dirname" and arguments:
        return _folder_of(arguments[0])
    if name in ("os.path.join", "posixpath.join", *_SAME) and arguments:
        whole = arguments[0]
        for part in arguments[1:]:
            whole = _joined(whole, part or UNKNOWN)
        return whole
    if isinstance(node.func, ast.Attribute):
        inner = path_of(node.func.value, names, depth + 1)
        if not inner:
            return ""
        if node.func.attr in _METHODS_OF_THE_SAME:
            return inner
        if node.func.attr == "joinpath":
            for part in arguments:
                inner = _joined(inner, part or UNKNOWN)
            return inner
        if node.func.attr == "format":
            return inner.partition("{")[0] + UNKNOWN if "{" in inner else inner
        if node.func.attr.startswith("with_"):
            return _joined(_folder_of(inner), UNKNOWN)
    return ""


def _joined(left: str, right: str) -> str:
    if not left:
        return ""
    if right.startswith("/"):
        return right
    return f"{left.rstrip('/')}/{right}" if left not in ("", ".") else right


def _folder_of(path: str) -> str:
    """One level up, never out of the project: where its folder lies is not known."""
    if path == PROJECT or not path:
        return path
    if path in (TEMPORARY, UNKNOWN):
        return path
    return path.rpartition("/")[0] or ("/" if path.startswith("/") else ".")
