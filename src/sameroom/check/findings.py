"""What may be found: every kind with why it breaks on Lambda and what to do, and one finding of a kind."""

from __future__ import annotations

from typing import Literal, NamedTuple

Certainty = Literal["error", "warning"]


class Kind(NamedTuple):
    """What all findings of one name have in common."""

    name: str
    #: Why it breaks on Lambda.
    why: str
    #: What to do.
    do: str


class Finding(NamedTuple):
    """One thing that breaks on Lambda ("error"), or may ("warning")."""

    kind: str
    #: What was found, one sentence.
    what: str
    #: Relative to the folder that is on sys.path, with "/"; "" for no place in particular.
    file: str
    #: From 1; 0 for the file as a whole.
    line: int
    certainty: Certainty
    #: Seen while the app was imported, rather than read in the source.
    watched: bool = False
    #: Further text, for instance a traceback.
    detail: str = ""

    @property
    def why(self) -> str:
        return KINDS[self.kind].why

    @property
    def do(self) -> str:
        return KINDS[self.kind].do


_DISK = (
    "The code on Lambda lies on a read-only disk; only /tmp can be written, and every sandbox has its own."
)
_FROZEN = (
    "Lambda freezes the process between requests, so nothing runs in the background, and each of many "
    "sandboxes has its own."
)
_SANDBOXES = (
    "Each request may go to another sandbox, with memory and /tmp of its own, and sandboxes come and go."
)

_ALL = (
    Kind(
        "import-fails",
        "Lambda imports the app when a sandbox starts. When that fails, every request gets a 502.",
        "Mend the import; sameroom dev shows the same error.",
    ),
    Kind(
        "write-at-import",
        f"{_DISK} A write that fails while the app is imported fails every request.",
        "Make folders and files when the project is built, or write them below /tmp.",
    ),
    Kind(
        "write-in-request",
        _DISK,
        "Write below /tmp (tempfile does) what lives as long as a request, and keep the rest in S3.",
    ),
    Kind(
        "log-file",
        f"{_DISK} What the app writes to standard error arrives in CloudWatch by itself.",
        "Log to standard error: a StreamHandler, or no handler at all.",
    ),
    Kind(
        "sqlite",
        f"{_DISK} SQLite cannot write its file there, nor a journal beside it.",
        "Use a database that is reached over the network, or open a file that you only read with "
        "file:...?mode=ro&immutable=1.",
    ),
    Kind(
        "thread-at-import",
        f"{_FROZEN} A thread that is started at import stands still whenever no request runs.",
        "Do the work in the request, or on a schedule of its own outside the app.",
    ),
    Kind(
        "thread-in-request",
        f"{_FROZEN} What a request leaves behind stops when its answer is sent, and goes on with the next "
        "request or never.",
        "Wait for it before you answer, or hand it to a queue such as SQS.",
    ),
    Kind(
        "scheduler",
        f"{_FROZEN} Jobs are missed, or run many times over.",
        "Make the job a Flask command, and say when it runs: [tool.sameroom.schedules.NAME].",
    ),
    Kind(
        "worker",
        "Lambda runs the function and nothing beside it: there is no second process that takes the jobs.",
        "Run the worker elsewhere, or let SQS invoke a function of its own.",
    ),
    Kind(
        "multiprocessing",
        "Lambda has no /dev/shm, so semaphores, and with them Pool, Queue and Lock of multiprocessing, fail "
        "with OSError: Function not implemented.",
        "Use threads within the request, or multiprocessing's Process with a Pipe.",
    ),
    Kind(
        "app-run",
        "A server that starts while the app is imported never lets the import end, and Lambda gives up.",
        'Start it under if __name__ == "__main__": only.',
    ),
    Kind(
        "network-at-import",
        "It happens in every new sandbox before its first answer, and where it fails or waits, so do all "
        "requests: Lambda gives the import 10 seconds.",
        "Connect when a request first needs it, and keep the connection.",
    ),
    Kind(
        "secret",
        "Whoever may download the function's code can read it, and so can everybody who gets the zip.",
        "Revoke it if it was ever shared, and give it to the function through SSM Parameter Store or Secrets "
        "Manager. If it is none, # sameroom: ignore[secret] says so.",
    ),
    Kind(
        "secret-key",
        "Every sandbox makes another key, so a session that one has signed is refused by the next.",
        "Read the key from the environment, the same for all.",
    ),
    Kind(
        "subprocess",
        "Lambda's Linux is small: there is Python and a shell, but few programs, and no installed scripts on "
        "PATH.",
        "Use a library instead, or put the program into a layer or a container image.",
    ),
    Kind(
        "locale",
        "Lambda's Linux has the locales C and C.UTF-8 and no other: setlocale() raises locale.Error: "
        "unsupported locale setting.",
        "Format with a library that brings its own data, such as Babel, or catch locale.Error.",
    ),
    Kind(
        "in-memory",
        f"{_SANDBOXES} What one remembers, the others do not know.",
        "Keep it in a store that all share, such as PostgreSQL, Redis or DynamoDB, or in signed cookies.",
    ),
    Kind(
        "debug",
        "Debug mode shows the app's inner life to everybody who meets an error, and is slower.",
        "Switch it on in development only, as flask run --debug does, or by a variable.",
    ),
    Kind(
        "websocket",
        "A Lambda door hands over one request and takes one response; it cannot keep a socket open.",
        "Use an API Gateway WebSocket API or AppSync Events, or let clients ask again.",
    ),
    Kind(
        "exit-hook",
        "Lambda ends sandboxes without running exit handlers, and sends SIGTERM only where there is an "
        "extension.",
        "Do it at the end of each request.",
    ),
)
#: Every kind by its name, as # sameroom: ignore[name] has it.
KINDS = {kind.name: kind for kind in _ALL}
