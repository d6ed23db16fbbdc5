"""A plugin of pytest that plants one bug in central before anything imports it.

``STAMFORD_PLANTED`` names the bug; only ``./soak mutations`` uses this.
"""

import importlib.util
import os
import sys
from pathlib import Path

from tests.soak.central_mutations import CENTRAL_MUTATIONS


def _plant(name: str) -> None:
    (mutation,) = (each for each in CENTRAL_MUTATIONS if each.name == name)
    spec = importlib.util.find_spec(mutation.module)
    if spec is None or spec.origin is None:
        raise LookupError(f"{name}: there is no {mutation.module}")
    source = Path(spec.origin).read_text(encoding="utf-8")
    if source.count(mutation.old) != 1:
        raise LookupError(f"{name}: {mutation.module} no longer has what is changed")
    module = importlib.util.module_from_spec(spec)
    sys.modules[mutation.module] = module
    parent, _, child = mutation.module.rpartition(".")
    setattr(sys.modules[parent], child, module)
    code = compile(source.replace(mutation.old, mutation.new), spec.origin, "exec")
    exec(code, module.__dict__)  # noqa: S102  # the product's own source with one line changed


_plant(os.environ["STAMFORD_PLANTED"])
