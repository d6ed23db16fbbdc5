"""The code that city hall reads out to whoever stands at a pay station for service. Pure.

The pay station shows a question, a number that is new at each try; city hall answers with the code
that only this pay station's key gives for it. No clock and no network is needed, and a code is good
for one try. Source: docs/decisions/0027; truncation as in RFC 4226, 5.3.
"""

import hmac
from hashlib import sha256
from uuid import UUID

QUESTION_DIGITS = 6
CODE_DIGITS = 8
_KEY = b"stamford-service-key-1\n"
_CODE = b"stamford-service-code-1\n"


def station_key(city_secret: bytes, terminal_id: UUID, epoch: int) -> bytes:
    """Return the key of one pay station since one enrolment, 32 bytes.

    Args:
        city_secret: 32 bytes that never leave city hall.
        terminal_id: The pay station.
        epoch: Of its enrolment, 1..2**31: a new one makes the old key worthless.
    """
    said = _KEY + terminal_id.bytes + epoch.to_bytes(8, "big")
    return hmac.digest(city_secret, said, sha256)


def code_for(key: bytes, question: str) -> str:
    """Return the 8 digits that answer a question of 6."""
    mac = hmac.digest(key, _CODE + question.encode(), sha256)
    at = mac[-1] & 0x0F
    number = int.from_bytes(mac[at : at + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}}"


def is_code_for(key: bytes, question: str, typed: str) -> bool:
    """Tell whether what was typed answers the question; spaces and dashes do not count."""
    digits = typed.replace(" ", "").replace("-", "")
    return hmac.compare_digest(code_for(key, question).encode(), digits.encode())
