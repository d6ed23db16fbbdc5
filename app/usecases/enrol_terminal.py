"""Join the city with a one-time code: keys and encrypted files made here. I/O lane.

The database key and the device key lie in the secret store before anything rests on them; without
a sound store nothing begins. Source: DESIGN.md 6, docs/decisions/0003 and 0007.
"""

import os
from collections.abc import Callable
from typing import Protocol, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.ports import Secrets
from app.words import _
from parking.errors import UnavailableError, UserError
from parking.terminal import TerminalKind
from sync.handover import KEY_PREFIX
from sync.wire import EnrolAnswer, EnrolRequest

DEVICE_KEY = "device_key"
DATABASE_KEY = "database_key"
_KEY_BYTES = 32
_PROOF_PREFIX = b"stamford-enrol-1\n"
_ONLINE_KEY_PREFIX = b"stamford-online-key-1\n"


class IdentityStore(Protocol):
    """The part of the local store that keeps who this device is."""

    def keep_identity(self, answer: EnrolAnswer) -> None:
        """Store who this device is, durable on return. Store lane."""
        ...


Keeps = TypeVar("Keeps", bound=IdentityStore)


def enrol_terminal(
    secrets: Secrets,
    *,
    code: str,
    kind: TerminalKind,
    ask: Callable[[EnrolRequest], EnrolAnswer],
    make_store: Callable[[str], Keeps],
    schema_level: int,
) -> Keeps:
    """Make the keys, make the databases, ask central, keep its answer; return the store.

    Args:
        secrets: The device's secret store.
        code: As typed.
        kind: What this terminal was started as; the code must be for the same.
        ask: Sends the request to central.
        make_store: Creates both encrypted files with a key of 64 hex digits, durable on return.
        schema_level: Of the records this build knows.

    Raises:
        UserError: ``enrol.code``, ``enrol.kind``, or central's sentence: unknown, used, expired.
        UnavailableError: ``secrets.unavailable``, central cannot be reached, or the disk refuses.
    """
    if not code.strip():
        raise UserError("enrol.code", _("Enter the one-time code from city IT."))
    device = Ed25519PrivateKey.from_private_bytes(kept_key(secrets, DEVICE_KEY))
    store = make_store(kept_key(secrets, DATABASE_KEY).hex())
    public_key = device.public_key().public_bytes_raw()
    typed = code.strip()
    answer = ask(
        EnrolRequest(
            code=typed,
            public_key=public_key,
            proof=device.sign(_PROOF_PREFIX + typed.encode() + public_key),
            schema_level=schema_level,
        )
    )
    _check_city_keys(answer)
    if answer.terminal.kind is not kind:
        raise UserError(
            "enrol.kind",
            _(
                "This code is for a terminal of kind {theirs}; this one was started as {ours}."
            ).format(theirs=answer.terminal.kind, ours=kind),
            action=_("Ask city IT for a code of the right kind."),
        )
    store.keep_identity(answer)
    return store


def kept_key(secrets: Secrets, name: str) -> bytes:
    """Return a key of 32 random bytes; made and stored first when there is none.

    Raises:
        UnavailableError: ``secrets.unavailable``, or the store did not keep what was put.
    """
    key = secrets.get(name)
    if key is None:
        secrets.put(name, os.urandom(_KEY_BYTES))
        key = secrets.get(name)
    if key is None or len(key) != _KEY_BYTES:
        raise UnavailableError(
            "secrets.unavailable",
            _("The place for the keys of this device did not keep them."),
            retry_safe=True,
        )
    return key


def _check_city_keys(answer: EnrolAnswer) -> None:
    """The root pinned now must have signed the key that signs leases and the hand-over key."""
    root = Ed25519PublicKey.from_public_bytes(answer.city_root_key)
    try:
        root.verify(answer.online_key_signature, _ONLINE_KEY_PREFIX + answer.city_online_key)
        if answer.hand_over_key is not None:
            online = Ed25519PublicKey.from_public_bytes(answer.city_online_key)
            signature = answer.hand_over_signature or b""
            online.verify(signature, KEY_PREFIX + answer.hand_over_key)
    except InvalidSignature as error:
        raise UnavailableError(
            "enrol.city_key",
            _("The answer does not come from the city's system. Nothing was stored."),
            retry_safe=True,
        ) from error
