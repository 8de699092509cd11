"""What a sandbox sees of the machine: everything read-only, and a /tmp of its own.

AWS: "the execution environment provides the function code read-only and between 512 MB and 10,240 MB of
disk space in /tmp" (lambda/latest/dg/lambda-runtime-environment.html). The same with Linux namespaces and
no container engine: a mount namespace, and a user namespace around it unless we are root, as
``unshare -Urm`` makes them (user_namespaces(7), mount_setattr(2)).

Runs in a forked child of the supervisor, just before it becomes the runtime. Loads the standard library only.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

TMP = "/tmp"  # noqa: S108

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_REMOUNT = 32
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
#: A mount's flags that a user namespace may not drop. Only relatime has one number in statvfs(3) and
#: another in mount(2).
KEPT_FLAGS = 2 | 4 | 8 | 1024 | 2048  # nosuid, nodev, noexec, noatime, nodiratime
ST_RELATIME = 4096
MS_RELATIME = 1 << 21
SYS_MOUNT_SETATTR = 442
MOUNT_ATTR_RDONLY = 1
AT_FDCWD = -100
AT_RECURSIVE = 0x8000
PR_SET_PDEATHSIG = 1
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
CAP_SYS_ADMIN = 21

_LIBC = ctypes.CDLL(None, use_errno=True)


class View(NamedTuple):
    """What the jail shows. Paths are absolute and resolved; ``tmp_size`` is in MB."""

    tmp_size: int
    #: Kept in sight, read-only, when they lie under /tmp, where they would otherwise be hidden.
    visible: Sequence[str] = ()
    #: Folders that stay writable.
    writable: Sequence[str] = ()


def enter(view: View) -> None:
    """Move this process, which must have one thread, into a jail; it and what it starts never leave it.

    OSError with the name of the step when the host forbids it; the process is then of no further use.
    """
    if sys.platform != "linux":
        raise OSError(errno.ENOSYS, f"{sys.platform} has no namespaces")
    _unshare()
    _mount("none", "/", "", MS_REC | MS_PRIVATE)
    # Opened before /tmp is covered: the descriptors still lead to what lies beneath.
    kept = [(path, os.open(path, os.O_PATH)) for path in under_tmp(view.visible)]
    _make_read_only()
    _mount("tmpfs", TMP, "tmpfs", MS_NOSUID | MS_NODEV, f"size={view.tmp_size}m,mode=1777")
    for path, descriptor in kept:
        os.makedirs(path, exist_ok=True)
        _mount(f"/proc/self/fd/{descriptor}", path, "", MS_BIND | MS_REC)
        os.close(descriptor)
    for path in view.writable:
        _mount(path, path, "", MS_BIND)
        _set_read_only(path, False, 0)
    # Whoever may mount may also undo all this. Root keeps its other powers.
    prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN)


def prctl(option: int, value: int) -> None:
    """prctl(2) with one argument; OSError when refused."""
    _check(_LIBC.prctl(option, ctypes.c_ulong(value), 0, 0, 0), "prctl")


def under_tmp(paths: Iterable[str]) -> list[str]:
    """The folders among ``paths`` that lie under /tmp, without those inside another one."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if path == TMP:
            raise OSError(errno.EBUSY, f"{TMP} itself must stay in sight, and the sandbox needs its own")
        inside = any(path.startswith(other + "/") for other in kept)
        if path.startswith(TMP + "/") and not inside and os.path.isdir(path):
            kept.append(path)
    return kept


def _unshare() -> None:
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        _check(_LIBC.unshare(CLONE_NEWNS), "unshare")
        return
    _check(_LIBC.unshare(CLONE_NEWUSER | CLONE_NEWNS), "unshare")
    # The user stays who they are: no root by name, and so no capabilities left after exec.
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{user} {user} 1")
    _write("/proc/self/gid_map", f"{group} {group} 1")


def _make_read_only() -> None:
    try:
        _set_read_only("/", True, AT_RECURSIVE)
    except OSError as error:
        if error.errno != errno.ENOSYS:
            raise
        remount_each_read_only()


def remount_each_read_only() -> None:
    """The same as one recursive mount_setattr(2), mount by mount, for Linux before 5.12."""
    with open("/proc/self/mounts", "rb") as file:
        points = [line.split(b" ")[1].decode("unicode_escape") for line in file]
    for point in points:
        # A mount that is covered by another, or somebody else's, is out of the app's reach as well.
        with contextlib.suppress(PermissionError, FileNotFoundError):
            has = os.statvfs(point).f_flag
            flags = has & KEPT_FLAGS | (MS_RELATIME if has & ST_RELATIME else 0)
            _mount("none", point, "", MS_REMOUNT | MS_BIND | MS_RDONLY | flags)


def _set_read_only(path: str, on: bool, flags: int) -> None:
    change = (MOUNT_ATTR_RDONLY, 0) if on else (0, MOUNT_ATTR_RDONLY)
    attributes = struct.pack("QQQQ", *change, 0, 0)
    result = _LIBC.syscall(
        SYS_MOUNT_SETATTR, AT_FDCWD, path.encode(), flags, attributes, ctypes.c_size_t(len(attributes))
    )
    _check(result, f"mount_setattr {path}")


def _mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    arguments = (os.fsencode(text) if text else None for text in (source, target, kind))
    result = _LIBC.mount(*arguments, ctypes.c_ulong(flags), data.encode() or None)
    _check(result, f"mount {target}")


def _check(result: int, step: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{step}: {os.strerror(number)}")


def _write(path: str, text: str) -> None:
    with open(path, "wb") as file:
        file.write(text.encode())
