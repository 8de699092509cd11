"""A stack's status as one screen, or as JSON. Pure."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .paint import Paint, harmless

if TYPE_CHECKING:
    from ..operate.metrics import Figures
    from ..operate.status import Release, Status

#: Releases that are shown; all of them are in --json.
_RELEASES = 5
_STATES = {"live": "green", "failed": "red", "pending": "yellow", "rolled back": "yellow"}
_ALARMS = {"OK": "green", "ALARM": "error", "INSUFFICIENT_DATA": "dim"}
_ALARM_WORDS = {"INSUFFICIENT_DATA": "no data"}
_WIDTH = 80


def screen(status: Status, span: str, paint: Paint) -> str:
    """``span`` is as it was typed: "1h"."""
    lines = ["", *_head(status, paint), "", *_figures(status.figures, span, paint), ""]
    for block in (_alarms(status, paint), _queues(status, paint), _releases(status, paint)):
        if told := list(block):
            lines += [*told, ""]
    for sentence in (status.moved, *status.unseen):
        if sentence:
            first, *more = textwrap.wrap(harmless(sentence), _WIDTH - 4)
            lines += [f"  {paint('yellow', '▲')} {first}", *(f"    {line}" for line in more)]
            if sentence == status.moved:
                puts = f"{status.deployment.command('deploy')} or rollback puts that right."
                lines.append(f"    {paint('cyan', puts)}")
    return "\n".join(lines).rstrip("\n") + "\n"


def to_json(status: Status) -> dict[str, Any]:
    """For scripts. Times in milliseconds, moments in UTC (ISO 8601); null where it could not be seen."""
    deployment, live = status.deployment, status.live
    return {
        "stack": deployment.stack,
        "region": deployment.region,
        "account": deployment.account,
        "state": deployment.status,
        "updated": deployment.updated,
        "url": deployment.outputs.get("Url"),
        "version": live and live.version,
        "weights": live and dict(live.weights),
        "release": status.release and status.release.number,
        "moved": status.moved or None,
        "well": status.well,
        "alarms": [alarm._asdict() for alarm in status.alarms],
        "dead_letters": [queue._asdict() for queue in status.queues],
        "figures": status.figures and {"seconds": status.span, **status.figures._asdict()},
        "releases": [release._asdict() for release in status.releases],
        "unseen": list(status.unseen),
    }


def _head(status: Status, paint: Paint) -> Iterator[str]:
    deployment = status.deployment
    where = paint("dim", f"{deployment.region}, account {deployment.account}")
    yield f"  {paint('title', deployment.stack)}  {where}"
    if url := deployment.outputs.get("Url"):
        yield f"  {paint('cyan', harmless(url))}"
    state = deployment.status
    style = "green" if state.endswith("_COMPLETE") and "ROLLBACK" not in state else "yellow"
    style = "red" if "FAILED" in state or state == "ROLLBACK_COMPLETE" else style
    yield f"  {'stack':<9} {paint(style, state)} {paint('dim', 'since ' + _at(deployment.updated))}"
    if deployment.reason and style != "green":
        yield f"  {'':<9} {harmless(deployment.reason)}"
    if status.live is not None:
        told = f"version {status.live.version}"
        if status.release is not None and not status.moved:
            told += f", release {status.release.number} of {_at(status.release.at)}"
        shares = [f"{share:.0%} to version {version}" for version, share in status.live.weights.items()]
        yield f"  {'live':<9} {told}" + "".join(f", {share}" for share in shares)


def _figures(figures: Figures | None, span: str, paint: Paint) -> Iterator[str]:
    if figures is None:
        return
    requests = f"{figures.invocations} invocation{'s' * (figures.invocations != 1)}"
    last = paint("bold", f"last {span:<4}")
    yield f"  {last} {requests}{_counts(figures, paint)}"
    if figures.p50 is not None:
        source = paint("dim", f"from the {figures.source}")
        yield f"  {'duration':<9} p50 {_ms(figures.p50)}, p99 {_ms(figures.p99)}  {source}"
    if figures.cold_starts:
        often = paint("dim", f"{figures.cold_starts} cold start{'s' * (figures.cold_starts > 1)}")
        yield f"  {'init':<9} p50 {_ms(figures.init_p50)}, slowest {_ms(figures.init_max)}  {often}"


def _counts(figures: Figures, paint: Paint) -> str:
    told = ""
    for count, word in ((figures.errors, "error"), (figures.throttles, "throttle")):
        if count is not None:
            text = f"{count} {word}{'s' * (count != 1)}"
            told += f", {paint('red', text) if count else text}"
    return told


def _alarms(status: Status, paint: Paint) -> Iterator[str]:
    for number, alarm in enumerate(status.alarms):
        word = _ALARM_WORDS.get(alarm.state, alarm.state)
        since = paint("dim", f"since {_at(alarm.since)}") if alarm.since else ""
        state = paint(_ALARMS.get(alarm.state, "bold"), f"{word:<8}")
        name = _short(alarm.name, status.deployment.stack)
        yield f"  {'' if number else 'alarms':<9} {state} {name:<28} {since}".rstrip()
        if alarm.state == "ALARM" and alarm.reason:
            yield from (f"{'':<21}{line}" for line in textwrap.wrap(harmless(alarm.reason), _WIDTH - 21))


def _queues(status: Status, paint: Paint) -> Iterator[str]:
    for number, queue in enumerate(status.queues):
        count = paint("red" if queue.messages else "green", f"{queue.messages:<8}")
        yield f"  {'' if number else 'dead':<9} {count} in {_short(queue.queue, status.deployment.stack)}"


def _releases(status: Status, paint: Paint) -> Iterator[str]:
    for number, release in enumerate(status.releases[:_RELEASES]):
        yield f"  {'' if number else 'releases':<9} {_release(release, paint)}"
        if release.note:
            yield from (f"{'':<21}{line}" for line in textwrap.wrap(harmless(release.note), _WIDTH - 21))


def _release(release: Release, paint: Paint) -> str:
    state = paint(_STATES.get(release.state, "dim"), f"{release.state:<11}")
    by = harmless(release.by.rpartition("/")[2] or release.by)
    told = paint("dim", f"{_at(release.at)}  v{release.version}  {release.commit[:8]}".rstrip())
    return f"{release.number:>4}  {state} {told}  {by}"


def _short(name: str, stack: str) -> str:
    """CloudFormation's name without the stack's before it and the hash after it."""
    return harmless(re.sub(r"-[A-Za-z0-9]{12,13}$", "", name.removeprefix(f"{stack}-")) or name)


def _at(moment: str) -> str:
    """ "2026-11-21T06:18:38Z" without seconds, in UTC as it is."""
    return moment[:16].replace("T", " ") + "Z" if len(moment) == 20 else moment


def _ms(milliseconds: float | None) -> str:
    if milliseconds is None:
        return "?"
    if milliseconds < 10:
        return f"{milliseconds:.1f} ms"
    return f"{milliseconds:.0f} ms" if milliseconds < 10_000 else f"{milliseconds / 1000:.1f} s"
