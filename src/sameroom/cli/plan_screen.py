"""What ``sameroom plan`` and ``deploy`` show of a plan: one screen, a pure string; and the same as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .columns import cut, padded, width_of, wrapped
from .paint import Paint, harmless

if TYPE_CHECKING:
    from ..stack.changes import Change
    from ..stack.plan import Code, Drift, Grant, Plan

_MARKS = {
    "replace": ("±", "error"),
    "may replace": ("±", "red"),
    "remove": ("-", "red"),
    "leave": ("-", "yellow"),
    "change": ("~", "yellow"),
    "add": ("+", "green"),
}
#: Those that take something away; they come first.
_LOSE = {
    "replace": "replaced, made anew under another name",
    "may replace": "may be replaced",
    "remove": "removed",
}
#: Columns of the titles, and the widest screen.
_TITLE = 12
_WIDEST = 120
#: Columns of one value of a setting.
_VALUE = 48
#: Lines of one kind that are shown; all are in --json.
_MOST = 30
#: A resource of this very account, whatever its number and region.
_OWN_ARN = re.compile(r"arn:(?:aws|<Partition>):([\w-]+):(?:<Region>)?:(?:<AccountId>)?:")


class _Row(NamedTuple):
    """One thing that is told; what does not fit goes on below, ``indent`` columns further in."""

    text: str
    indent: int = 0


def screen(plan: Plan, paint: Paint, width: int = 80) -> str:
    """The whole plan in ``width`` columns, at most 120."""
    width = min(max(width, 60), _WIDEST) - 1
    lines = ["", *_head(plan, paint), ""]
    for title, found in _sections(plan, paint):
        rows = list(found)
        if len(rows) > _MOST:
            more = paint("dim", f"{len(rows) - _MOST} more in --json")
            rows = [*rows[:_MOST], _Row(more)]
        told = [line for row in rows for line in wrapped(row.text, width - _TITLE - 2, row.indent)]
        titles = [title, *[""] * len(told)]
        lines += [
            f"  {paint('dim', f'{name:<{_TITLE}}')}{line}" for name, line in zip(titles, told, strict=False)
        ]
    for note in plan.notes:
        lines += ["", *_pointed(paint("yellow", "▲"), harmless(note), width, paint)]
    if not plan.changes:
        done = "Nothing to do: what is deployed is what is here."
        lines += ["", *_pointed(paint("green", "✓"), done, width, paint)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _pointed(mark: str, text: str, width: int, paint: Paint) -> Iterator[str]:
    first, *more = wrapped(paint.plain(text), width - 4)
    yield f"  {mark} {first}"
    yield from (f"    {line}" for line in more)


def to_json(plan: Plan) -> dict[str, Any]:
    """For scripts; sizes are bytes, costs US dollars a month."""
    return {
        **plan._asdict(),
        "changes": plan.changes,
        "code": {**plan.code._asdict(), "changed": plan.code.changed},
        "resources": [{**change._asdict(), "risky": change.risky} for change in plan.resources],
        "granted": [grant._asdict() for grant in plan.granted],
        "lost": [grant._asdict() for grant in plan.lost],
        "settings": [difference._asdict() for difference in plan.settings],
        "files": plan.files._asdict(),
        "cost": {
            "before": plan.cost_before,
            "after": plan.cost_after,
            "lines": [line._asdict() for line in plan.cost],
        },
        "drift": [
            {**one._asdict(), "differences": [each._asdict() for each in one.differences]}
            for one in plan.drift or ()
        ],
    }


def _head(plan: Plan, paint: Paint) -> Iterator[str]:
    where = f"{plan.region}, account {plan.account}"
    new = "" if plan.exists else paint("green", "  a new stack")
    yield f"  {paint('bold', harmless(plan.stack))}  {paint('dim', where)}{new}"


def _sections(plan: Plan, paint: Paint) -> Iterator[tuple[str, Iterable[_Row]]]:
    losses = [one for one in plan.resources if one.action in _LOSE]
    yield "replaces", _losses([one for one in losses if one.action != "remove"], paint)
    yield "removes", _losses([one for one in losses if one.action == "remove"], paint)
    yield "code", _code(plan.code, paint)
    if plan.unfinished:
        yield "release", [_Row(f"version {plan.unfinished} is there and does not serve yet: it will")]
    yield "settings", _settings(plan, paint)
    yield "resources", _changes([one for one in plan.resources if one.action not in _LOSE], paint)
    yield "may do", _grants(plan.granted, paint("green", "+"), paint)
    yield "no longer", _grants(plan.lost, paint("yellow", "-"), paint)
    yield "site", _files(plan, paint)
    yield "fixed cost", _cost(plan, paint)
    if plan.drift is not None:
        yield "by hand", _drift(plan.drift, paint)


def _code(code: Code, paint: Paint) -> Iterator[_Row]:
    if not code.changed:
        yield _Row(paint("dim", f"{code.after[:12]}, {_size(code.size_after)}, as it is"))
        return
    growth = code.size_after - code.size_before
    grown = f" ({'+' if growth > 0 else '-'}{_size(abs(growth))})" if code.size_before and growth else ""
    arrow = _arrow(code.before[:12] or "nothing", code.after[:12], paint)
    yield _Row(f"{arrow}  {paint('dim', f'{_size(code.size_after)}{grown}')}")


def _settings(plan: Plan, paint: Paint) -> Iterator[_Row]:
    names = [cut(harmless(one.name), 30) for one in plan.settings]
    room = max(map(width_of, names), default=0)
    for name, one in zip(names, plan.settings, strict=True):
        before, after = (paint.plain(cut(harmless(value), _VALUE)) for value in (one.before, one.after))
        yield _Row(f"{padded(name, room)}  {_arrow(before, after, paint)}", room + 2)


def _losses(changes: Sequence[Change], paint: Paint) -> Iterator[_Row]:
    for change in sorted(changes, key=_by_risk):
        mark, style = _MARKS[change.action]
        name = f": {harmless(change.physical)}" if change.physical else ""
        because = f" (because of {_few(change.properties)})" if change.properties else ""
        told = paint(style, f"{change.id} {_LOSE[change.action]}{name}")
        yield _Row(f"{paint(style, mark)} {told}{because}  {paint('dim', _kind(change))}", 2)


def _changes(changes: Sequence[Change], paint: Paint) -> Iterator[_Row]:
    room = max((width_of(one.id) for one in changes), default=0)
    wide = max((len(_kind(one)) for one in changes), default=0)
    for change in sorted(changes, key=_by_risk):
        mark, style = _MARKS[change.action]
        about = "leaves the stack, stays on AWS" if change.action == "leave" else _few(change.properties)
        kind = paint("dim", f"{_kind(change):<{wide}}" if about else _kind(change))
        yield _Row(f"{paint(style, mark)} {padded(change.id, room)}  {kind}  {about}".rstrip(), 4)


def _by_risk(change: Change) -> tuple[int, str]:
    return list(_MARKS).index(change.action), change.id


def _kind(change: Change | Drift) -> str:
    return change.type.removeprefix("AWS::")


def _few(properties: Sequence[str]) -> str:
    return harmless(", ".join(properties))


def _grants(grants: Sequence[Grant], mark: str, paint: Paint) -> Iterator[_Row]:
    """One for each service and the resources on which the same is allowed."""
    actions: dict[tuple[str, str, str], list[str]] = {}
    for grant in grants:
        service, _, action = grant.action.rpartition(":")
        actions.setdefault((grant.who, service, grant.resource), []).append(action)
    resources: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for (who, service, resource), names in actions.items():
        resources.setdefault((who, service, tuple(sorted(names))), []).append(resource)
    for (who, service, verbs), where in resources.items():
        what = f"{service}: {', '.join(verbs)}" if service else ", ".join(verbs)
        on = ", ".join(_short(one) for one in where)
        yield _Row(f"{mark} {_short(who)}  {harmless(what)} {paint('dim', 'on')} {on}", 4)


def _short(name: str) -> str:
    """A principal or a resource of this account as a person says it."""
    return _OWN_ARN.sub(r"\1 ", harmless(name)).replace(".amazonaws.com", "")


def _files(plan: Plan, paint: Paint) -> Iterator[_Row]:
    files = plan.files
    counts = {"new": files.added, "changed": files.changed, "removed": files.removed}
    if files:
        yield _Row(", ".join(f"{len(names)} {word}" for word, names in counts.items() if names))


def _cost(plan: Plan, paint: Paint) -> Iterator[_Row]:
    after = f"${plan.cost_after:.2f} a month"
    if plan.exists and round(plan.cost_before, 2) != round(plan.cost_after, 2):
        yield _Row(_arrow(f"${plan.cost_before:.2f}", after, paint))
    else:
        yield _Row(after)
    for line in plan.cost:
        if line.dollars:
            yield _Row(paint("dim", f"{harmless(line.what)} ${line.dollars:.2f}"))


def _drift(drift: Sequence[Drift], paint: Paint) -> Iterator[_Row]:
    if not drift:
        yield _Row(paint("dim", "nothing was changed, as far as AWS can tell"))
    for one in drift:
        what = "; ".join(map(str, one.differences)) if one.differences else f"was {one.status}"
        yield _Row(f"{paint('yellow', '!')} {one.id}  {harmless(what)}  {paint('dim', _kind(one))}", 4)


def _arrow(before: str, after: str, paint: Paint) -> str:
    if not before:
        return paint("green", after)
    return f"{paint('dim', before)} {paint.plain('→')} {after or paint('dim', 'removed')}"


def _size(size: int) -> str:
    if size < 1024:
        return f"{size} bytes"
    return f"{size / (1 << 20):.2f} MB" if size >= 1 << 20 else f"{size / 1024:.0f} KB"
