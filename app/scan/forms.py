"""The usual arrangements of letters and digits on plates, as evidence while ranking reads.

A plate of an unusual arrangement stays readable (vanity plates exist); a usual one is merely more
likely. Whether a plate has the standard form of its state is decided by `parking.plate`, not here.
Pure, standard library only, any thread.

Source: serial formats of passenger plates as issued by the states and, for visitors, European
countries; general knowledge, no official list (FIELD.md names those of Connecticut).
"""

from itertools import pairwise

_LETTER = "A"
_DIGIT = "9"

_AMERICAN: dict[str, str] = {
    "AA99999": "CT IL",
    "999AAA": "CT IN KS KY LA MN MO NE NM NY OR RI TX UT WA WI",
    "9AAAA9": "CT",
    "AAA9999": "AZ GA MI NY NC OH PA TX VA WA WI",
    "AAA999": "AK AR CO HI IA MD MA MN MS ND NE NJ NM OK SC TX VT",
    "A99AAA": "NJ UT",
    "9AAA99": "MA MI",
    "999AA9": "MA",
    "99AA99": "MA",
    "9AAA999": "CA",
    "9A99999": "CA ID",
    "A999999": "IL TN",
    "9999999": "IL NH",
    "999999": "DE IL RI",
    "AA9999": "DC WV",
    "AA9A9A": "MO",
    "999AA": "MO IN",
    "9AA9999": "MD",
    "AA99AA": "FL VA",
    "AAAA99": "CO FL NM",
    "AAAA9": "",
    "A999AA": "FL",
    "A9999A": "TN",
    "99A999": "NV",
    "9AA999": "WV SD",
    "AA9A999": "TX",
    "A9999AA": "",
    "AAA99A": "AR NJ",
    "9999AA": "ME TX",
    "AA999": "RI",
    "A99999": "IL",
    "99999": "DE IL ME RI",
    "9999A": "",
    "AAA99": "",
}
_EUROPEAN: dict[str, str] = {
    "AA999AA": "FR IT SK",
    "9A99999": "CZ",
    "9AA9999": "CZ",
    "AAA9999": "CZ PL SE",
    "AA99AAA": "GB",
    "9999AAA": "ES",
}

_WEIGHT_AMERICAN = 1.0
_WEIGHT_EUROPEAN = 0.6
_WEIGHT_MIXED = {0: 0.03, 1: 0.15, 2: 0.08}
_WEIGHT_JUMPY = 0.02
_LENGTH_WEIGHT = {2: 0.02, 3: 0.1, 4: 0.3, 5: 0.7, 6: 1.0, 7: 1.0, 8: 0.3, 9: 0.05}


def form_of(text: str) -> str:
    """The arrangement of a text of A-Z and 0-9: ``AB12345`` gives ``AA99999``."""
    return "".join(_DIGIT if char.isdigit() else _LETTER for char in text)


def usual_in(text: str) -> tuple[str, ...]:
    """Codes of the states whose usual plates are arranged like this text; empty when none is."""
    return tuple(_AMERICAN.get(form_of(text), "").split())


def is_known(text: str) -> bool:
    """Whether some place we know arranges its usual plates like this text."""
    form = form_of(text)
    return form in _AMERICAN or form in _EUROPEAN


def weight_of(text: str) -> float:
    """How well the arrangement speaks for a plate, 0..1: 1 is a usual American plate."""
    form = form_of(text)
    if form in _AMERICAN:
        return _WEIGHT_AMERICAN
    if form in _EUROPEAN:
        return _WEIGHT_EUROPEAN
    jumps = sum(left != right for left, right in pairwise(form))
    return _WEIGHT_MIXED.get(jumps, _WEIGHT_JUMPY) * _LENGTH_WEIGHT.get(len(text), 0.0)
