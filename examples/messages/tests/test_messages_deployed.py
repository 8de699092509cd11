"""The same scenario through the deployed API: `sameroom deploy` on a stand-in of AWS, and its address."""

from __future__ import annotations

import http.client
import io
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import pytest
import stand_in
from doors import WAYS, Answer, Call, Setting
from doors_lambda import below
from play import Step, play
from scenario import STEPS
from stand_in import StandIn

from sameroom import journey
from sameroom.cli.deploy_screen import DeployScreen

if TYPE_CHECKING:
    from sameroom.aws.cloud import Cloud

# The stand is sameroom's own tests'; a copy of this example has none.
deploying = pytest.importorskip("fakes.deploying", reason="runs with sameroom's own tests")


class Stand(Protocol):
    """AWS on this machine."""

    endpoint: str

    def cloud(self) -> Cloud: ...

    def environ(self) -> dict[str, str]: ...


def reaches_the_app(step: Step) -> bool:
    """What the stand answers by itself, or changes on the way, does not: its own /health, OPTIONS, a slash at
    the end, bytes that are no UTF-8. AWS's doors let all of it through (they are in doors_lambda.py)."""
    if step.path == "/health" or step.path.endswith("/") or step.method == "OPTIONS":
        return False
    return not isinstance(step.sends, bytes) or step.sends.decode(errors="replace").encode() == step.sends


#: Most of it.
ASKED = [step for step in STEPS if reaches_the_app(step)]


def over_door(stand: Stand, url: str) -> Call:
    """Calls to the deployed app, as its clients make them; the stand tells the doors apart by their hosts."""
    at, host = urlsplit(stand.endpoint), urlsplit(url).hostname or ""
    if ".execute-api." in host:
        host = f"{host.partition('.')[0]}.execute-api.localhost:{at.port}"

    def call(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=60)
        try:
            connection.request(method, target, body or None, {"Host": host, **headers})
            said = connection.getresponse()
            return Answer(said.status, tuple(said.getheaders()), said.read())
        finally:
            connection.close()

    return below("", call)


@pytest.mark.slow
@pytest.mark.parametrize("door", ["http-api", "function-url"])
def test_the_deployed_api_gives_flasks_answers(
    door: str, stand: Stand, dynamodb: StandIn, tmp_path: Path
) -> None:
    example = Path(__file__).parent.parent
    folder = tmp_path / "messages"
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns(".sameroom", "tests", "__pycache__"))
    typed = deploying.Typed(folder, stand.environ())
    typed.settings.write_text(typed.settings.read_text().replace('"http-api"', f'"{door}"'))
    done = journey.deploy(
        folder,
        journey.Asked(),
        lambda region: stand.cloud(),
        journey.Manner(),
        DeployScreen(io.StringIO()),
    )
    with stand_in.table(dynamodb) as environment, WAYS["flask"](Setting(example, environment)) as flask:
        expected = play(ASKED, flask)
    assert len(ASKED) > 0.9 * len(STEPS)
    assert play(ASKED, over_door(stand, done.outputs["Url"])) == expected
