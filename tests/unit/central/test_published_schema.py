"""Requests made from central's published schema, valid and broken: none makes central fail."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from parking.terminal import TerminalKind
from tests.unit.central.service import Service, problem

_EXAMPLES = 12
_STREAMS = {"/sync/v1/wake"}
"""Answers that never end by themselves."""
_SENT_AS = {"method": "method", "url": "url", "params": "params", "json": "json", "data": "content"}


def _operations(schema: dict[str, Any]) -> Iterator[Any]:
    described: Any = schemathesis.openapi.from_dict(schema)
    for found in described.get_all_operations():
        operation = found.ok()
        # Where nothing is asked for, nothing can be broken.
        asks = [*operation.body, *operation.query, *operation.path_parameters]
        if operation.path not in _STREAMS and asks:
            yield operation


def _request(case: Any, service: Service, headers: dict[str, str]) -> httpx.Request:
    made = case.as_transport_kwargs(base_url=service.base_url)
    arguments = {_SENT_AS[name]: value for name, value in made.items() if name in _SENT_AS}
    own = {name: value for name, value in dict(made["headers"]).items() if value.isascii()}
    return service.client.build_request(**arguments, headers={**own, **headers})


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_a_request_made_from_the_schema_is_answered_or_refused_in_words(
    service: Service, mode: GenerationMode
) -> None:
    headers = service.enrol_new(TerminalKind.SUPERVISOR).headers(service.now_utc)
    statuses: set[int] = set()

    @settings(
        max_examples=_EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        request = _request(case, service, headers)
        answer = service.client.send(request)
        statuses.add(answer.status_code)
        assert answer.status_code < 500, (request.method, request.url, answer.text)
        if answer.status_code >= 400:
            assert problem(answer).sentence

    schema = service.client.get("/v1/openapi.json").json()
    for operation in _operations(schema):
        requests_of: Any = given(operation.as_strategy(generation_mode=mode))
        requests_of(ask)()
    # A broken request is answered well only by luck, and what is made depends on loaded modules.
    assert ({200, 400} if mode is GenerationMode.POSITIVE else {400}) <= statuses
