"""Refusals of a request and how each becomes a Problem: status, key, one sentence, action.

Any thread; must not import a feature of central.
"""

from collections.abc import Mapping

import msgspec
from starlette.responses import Response

from parking.errors import UserError
from sync.wire import Problem


class RefusedError(UserError):
    """A request that central does not carry out.

    Attributes:
        status: HTTP status, 400..599.
        headers: Sent along, e.g. ``Retry-After``.
        next_seq: For a push that does not follow on: the operation to go on from, else 0.
        offset: For an upload that does not follow on: the byte to go on from, else 0.
    """

    def __init__(
        self,
        status: int,
        key: str,
        form: str,
        *,
        action: str = "",
        headers: Mapping[str, str] | None = None,
        next_seq: int = 0,
        offset: int = 0,
        **values: object,
    ) -> None:
        super().__init__(key, form, action=action, **values)
        self.status = status
        self.headers = dict(headers or {})
        self.next_seq = next_seq
        self.offset = offset


def try_later(key: str, sentence: str, *, after_s: int = 1) -> RefusedError:
    """Return the refusal of work that central has no room for now."""
    return RefusedError(503, key, sentence, headers={"Retry-After": str(after_s)})


def problem_response(
    status: int, problem: Problem, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a Problem as JSON."""
    return Response(
        msgspec.json.encode(problem),
        status_code=status,
        headers=dict(headers or {}),
        media_type="application/problem+json",
    )
