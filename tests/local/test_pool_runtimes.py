"""The two real runtime clients under the pool: AWS's awslambdaric, and our own loop."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fakes.lambda_pools import REQUEST_ID, Log, config, error, result

from sameroom.local.sandboxes.pool import Pool

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("runtime", ["ric", "loop"])]

CODE = """
import os, sys
print("imported")
def handler(event, context):
    print("called")
    if event.get("fail"):
        raise KeyError("missing")
    if event.get("size"):
        return "x" * event["size"]
    return {"id": context.aws_request_id, "left": context.get_remaining_time_in_millis(),
            "arn": context.invoked_function_arn, "event": event}
"""


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture
def app(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(CODE)
    return tmp_path


async def ask(pool: Pool, event: dict[str, Any]) -> Any:
    return await pool.invoke(json.dumps(event).encode(), request_id=REQUEST_ID)


async def test_a_handler_answers_and_prints(app: Path, runtime: str) -> None:
    log = Log()
    async with Pool(config(app, "app.handler", bootstrap=None, runtime=runtime), log) as pool:
        for number in range(3):
            answer = result(await ask(pool, {"n": number}))
            assert answer["id"] == REQUEST_ID
            assert 9_000 < answer["left"] <= 10_000
            assert answer["arn"].endswith(":function:app")
            assert answer["event"] == {"n": number}
    assert log.texts("output") == ["imported", "called", "called", "called"]


async def test_a_handler_that_raises_says_so_and_goes_on(app: Path, runtime: str) -> None:
    async with Pool(config(app, "app.handler", bootstrap=None, runtime=runtime), Log()) as pool:
        first = await ask(pool, {"fail": True})
        assert error(first)["errorType"] == "KeyError"
        assert (await ask(pool, {})).sandbox == first.sandbox


async def test_a_result_that_is_too_large_is_an_outcome_of_its_own(app: Path, runtime: str) -> None:
    async with Pool(config(app, "app.handler", bootstrap=None, runtime=runtime), Log()) as pool:
        assert (await ask(pool, {"size": 6_291_555})).outcome.kind == "too_large"
        assert result(await ask(pool, {}))["id"] == REQUEST_ID


async def test_a_module_that_does_not_import_is_an_init_error(app: Path, runtime: str) -> None:
    log = Log()
    async with Pool(config(app, "missing.handler", bootstrap=None, runtime=runtime), log) as pool:
        assert "missing" in error(await ask(pool, {}))["errorMessage"]
        assert "missing" in (await pool.replace()).error
    assert any("Phase: init\tStatus: error\tError Type: Runtime." in text for text in log.texts("platform"))
