"""What ``sameroom plan`` and ``deploy`` show of a plan: one screen, a pure string; and the same as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .paint import Paint, harmless

if TYPE_CHECKING:
    from ..stack.changes import Change
    from ..stack.plan import Code, Grant, Plan

_MARKS = {
    "replace": ("±", "error"),
    "may replace": ("±", "red"),
    "remove": ("-", "red"),
    "leave": ("-", "yellow"),
    "change": ("~", "yellow"),
    "add": ("+", "green"),
}
_WORDS = {
    "replace": "replaced: made anew under another name",
    "may replace": "may be replaced",
    "leave": "leaves the stack, stays on AWS",
}
#: Actions of a service on a resource that are shown.
_ACTIONS = 4
#: Lines of one kind that are shown; all are in --json.
_MOST = 30


def screen(plan: Plan, paint: Paint) -> str:
    """The whole plan."""
    lines = ["", *_head(plan, paint), ""]
    for title, found in _sections(plan, paint):
        rows = list(found)
        for number, row in enumerate(rows[:_MOST]):
            lines.append(f"  {paint('dim', f'{title if number == 0 else str():<12}')}{row}")
        if len(rows) > _MOST:
            lines.append(f"  {'':<12}{paint('dim', f'{len(rows) - _MOST} more in --json')}")
    for note in plan.notes:
        lines += ["", f"  {paint('yellow', '▲')} {paint.plain(note)}"]
    if not plan.changes:
        lines += ["", f"  {paint('green', '✓')} Nothing to do: what is deployed is what is here."]
    return "\n".join(lines) + "\n"


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
    }


def _head(plan: Plan, paint: Paint) -> Iterator[str]:
    where = f"{plan.region}, account {plan.account}"
    new = "" if plan.exists else paint("green", "  a new stack")
    yield f"  {paint('bold', harmless(plan.stack))}  {paint('dim', where)}{new}"


def _sections(plan: Plan, paint: Paint) -> Iterator[tuple[str, Iterator[str]]]:
    yield "code", _code(plan.code, paint)
    if plan.unfinished:
        yield "release", iter([f"version {plan.unfinished} is there and does not serve yet: it will"])
    yield (
        "settings",
        (f"{harmless(one.name)}  {_arrow(one.before, one.after, paint)}" for one in plan.settings),
    )
    yield "resources", (_change(one, paint) for one in sorted(plan.resources, key=_by_risk))
    yield "may do", (f"{paint('green', '+')} {one}" for one in _grants(plan.granted, paint))
    yield "no longer", (f"{paint('yellow', '-')} {one}" for one in _grants(plan.lost, paint))
    yield "site", _files(plan, paint)
    yield "fixed cost", _cost(plan, paint)


def _code(code: Code, paint: Paint) -> Iterator[str]:
    if not code.changed:
        yield paint("dim", f"{code.after[:12]}, {_size(code.size_after)}, as it is")
        return
    before = code.before[:12] or "nothing"
    growth = code.size_after - code.size_before
    sizes = f"{_size(code.size_after)}" + (
        f" ({'+' if growth >= 0 else '-'}{_size(abs(growth))})" if code.size_before else ""
    )
    yield f"{_arrow(before, code.after[:12], paint)}  {paint('dim', sizes)}"


def _by_risk(change: Change) -> tuple[int, str]:
    return list(_MARKS).index(change.action), change.id


def _change(change: Change, paint: Paint) -> str:
    mark, style = _MARKS[change.action]
    kind = change.type.removeprefix("AWS::")
    words = _WORDS.get(change.action, "")
    about = ", ".join(part for part in (words, ", ".join(change.properties)) if part)
    text = f"{paint(style, mark)} {change.id}  {paint('dim', kind)}"
    if change.action in ("replace", "may replace", "remove"):
        text = f"{paint(style, mark)} {paint(style, change.id)}  {paint('dim', kind)}"
        about = f"{words or 'removed'}: {harmless(change.physical)}" + (
            f" ({', '.join(change.properties)})" if change.properties else ""
        )
    return f"{text}  {about}".rstrip()


def _grants(grants: Sequence[Grant], paint: Paint) -> Iterator[str]:
    """A line for each service on each resource, its actions together."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for grant in grants:
        service, _, action = grant.action.partition(":")
        together.setdefault((grant.who, grant.resource, service), []).append(action)
    for (who, resource, service), actions in together.items():
        shown = ", ".join(sorted(actions)[:_ACTIONS])
        more = f" and {len(actions) - _ACTIONS} more" if len(actions) > _ACTIONS else ""
        yield f"{harmless(who)}: {service}:{harmless(shown)}{more} {paint('dim', 'on')} {harmless(resource)}"


def _files(plan: Plan, paint: Paint) -> Iterator[str]:
    files = plan.files
    if not files:
        return
    counts = {"new": files.added, "changed": files.changed, "removed": files.removed}
    yield ", ".join(f"{len(names)} {word}" for word, names in counts.items() if names)


def _cost(plan: Plan, paint: Paint) -> Iterator[str]:
    after = f"${plan.cost_after:.2f} a month"
    if plan.exists and round(plan.cost_before, 2) != round(plan.cost_after, 2):
        yield _arrow(f"${plan.cost_before:.2f}", after, paint)
    else:
        yield after
    for line in plan.cost:
        if line.dollars:
            yield paint("dim", f"{harmless(line.what)} ${line.dollars:.2f}")


def _arrow(before: str, after: str, paint: Paint) -> str:
    if not before:
        return f"{paint('green', harmless(after))}"
    return f"{paint('dim', harmless(before))} {paint.plain('→')} {harmless(after) or paint('dim', 'removed')}"


def _size(size: int) -> str:
    return f"{size / (1 << 20):.2f} MB" if size >= 1 << 20 else f"{size / 1024:.0f} KB"
