from collections import deque
from collections.abc import Iterable
from typing import Any

class ValidationError(Exception):
    message: str
    validator: str
    validator_value: Any
    instance: Any
    schema: Any
    absolute_path: deque[str | int]

def best_match(errors: Iterable[ValidationError]) -> ValidationError | None: ...
