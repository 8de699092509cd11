"""What should run beside requests: threads, schedulers, workers, processes, exit handlers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ..findings import Finding
from ..names import ast_name
from ..scopes import Function
from ..source import Module, Scope
from .reported import argument, found

_THREADS = re.compile(r"threading\.(Thread|Timer)\(\)\.start|_thread\.start_new_thread")
_SUBMITTED = re.compile(
    r"concurrent\.futures\.(thread\.)?ThreadPoolExecutor\(\)\.submit|flask_executor\.Executor\(\)\.submit\w*"
)
_SCHEDULERS = re.compile(
    r"(flask_)?apscheduler\..*Scheduler\(\)\.start|schedule\.run_pending|schedule\.Scheduler\(\)\.run_pending"
    r"|sched\.scheduler\(\)\.run|flask_crontab\.Crontab|rocketry\.Rocketry\(\)\.run"
)
_WORKERS = re.compile(
    r"celery\.Celery\(\)\.(worker_main|start|Worker)|rq\.(\w+\.)?Worker\(\)\.work|huey\.consumer\.Consumer\(\)\.run"
)
_QUEUES = re.compile(r"celery\.Celery|rq\.Queue|flask_rq2\.RQ|huey\.\w*Huey|dramatiq\.set_broker")
_SEMAPHORES = re.compile(
    r"multiprocessing\.(context\.)?(Pool|Queue|JoinableQueue|SimpleQueue|Lock|RLock|Semaphore|BoundedSemaphore"
    r"|Condition|Event|Barrier|Value|Array|pool\.Pool|pool\.ThreadPool|shared_memory\.SharedMemory)"
    r"|concurrent\.futures\.(process\.)?ProcessPoolExecutor"
)
_SOCKETS = re.compile(
    r"flask_socketio\.SocketIO|flask_sock\.Sock|flask_sockets\.Sockets|simple_websocket\.Server"
)
#: Calls that wait for a thread or its result.
_WAITS = {"join", "result", "as_completed", "wait", "gather"}


def background(module: Module) -> Iterator[Finding]:
    """Everything that Lambda's freezing, its many sandboxes or its missing /dev/shm stops."""
    for node, name, scope in module.calls:
        if _SCHEDULERS.fullmatch(name):
            yield found(module, "scheduler", node, f"{_short(name)} starts a scheduler.")
        elif _WORKERS.fullmatch(name):
            yield found(module, "worker", node, f"{_short(name)} starts a worker.")
        elif _QUEUES.fullmatch(name):
            what = f"{_short(name)} hands jobs to a worker, which has to run somewhere else."
            yield found(module, "worker", node, what, sure=False)
        elif _SOCKETS.fullmatch(name):
            yield found(module, "websocket", node, f"{_short(name)} answers over WebSockets.")
        elif _SEMAPHORES.fullmatch(name) and not _is_without_lock(node):
            yield found(module, "multiprocessing", node, f"{_short(name)} needs a semaphore or /dev/shm.")
        elif _THREADS.fullmatch(name) or _SUBMITTED.fullmatch(name):
            yield from _thread(module, node, name, scope)
        elif name in ("atexit.register", "signal.signal"):
            yield from _exit_hook(module, node, name)


def _thread(module: Module, node: ast.Call, name: str, scope: Scope) -> Iterator[Finding]:
    if _is_waited_for(module, node, scope.function):
        return
    if scope.phase == "import":
        yield found(
            module, "thread-at-import", node, f"{_short(name)} starts a thread at import.", sure=False
        )
    else:
        what = f"{_short(name)} starts a thread that nobody waits for."
        yield found(module, "thread-in-request", node, what, sure=False)


def _is_waited_for(module: Module, node: ast.Call, function: Function | None) -> bool:
    owner = node.func.value if isinstance(node.func, ast.Attribute) else node
    values = [owner, *module.names.values.get(ast_name(owner), ())]
    if any(id(value) in module.managed for value in values):
        return True
    return any(_waits(each) for each in _code_of(function or module.tree))


def _code_of(owner: Function | ast.Module) -> Iterator[ast.AST]:
    """The nodes of a function or a module, without those of functions inside."""
    waiting: list[ast.AST] = list(owner.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)


def _waits(node: ast.AST) -> bool:
    """``thread.join()``, but not ``", ".join(words)``."""
    if not isinstance(node, ast.Call):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if called == "join":
        given = node.args[:1]
        return not given or (isinstance(given[0], ast.Constant) and isinstance(given[0].value, (int, float)))
    return called in _WAITS


def _exit_hook(module: Module, node: ast.Call, name: str) -> Iterator[Finding]:
    if name == "signal.signal":
        which = module.names.of(node.args[0]) if node.args else ""
        if which.rpartition(".")[2] not in ("SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"):
            return
        what = f"A handler waits for {which.rpartition('.')[2]}."
    else:
        what = "atexit.register() counts on an orderly end."
    yield found(module, "exit-hook", node, what, sure=False)


def _is_without_lock(node: ast.Call) -> bool:
    """``Value("i", lock=False)``."""
    lock = argument(node, 99, "lock")
    return isinstance(lock, ast.Constant) and lock.value is False


def _short(name: str) -> str:
    """``apscheduler.schedulers.background.BackgroundScheduler().start`` by its last parts."""
    parts = name.split(".")
    at = next((at for at, part in enumerate(parts) if part[:1].isupper()), len(parts) - 1)
    kept = parts[at:] if at < len(parts) - 1 or parts[at][:1].isupper() else parts[-2:]
    return ".".join(kept) + "()"
