"""Settings of the central service, read once from the environment; never printed, never logged.

Names are those of the deployment guide where it has one, ``PARKING_*`` otherwise. A secret may be
given by file: ``NAME_FILE`` holds the path. Any thread; must not import anything that does I/O
beyond reading those files.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from parking.clockface import zone_info
from parking.errors import UserError
from parking.notification import Channel, read_address

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SIZES = {"b": 1, "kb": 1024, "mb": 1024**2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the service is told from outside; secrets are left out of ``repr``.

    Attributes:
        database_url: ``DATABASE_URL``; may go through a transaction pooler.
        direct_url: ``PARKING_DATABASE_DIRECT_URL``; past any pooler, for LISTEN; default the same.
        owner_url: ``PARKING_DATABASE_OWNER_URL``; for migrations, as ``parking_owner``.
        pool_size: ``DATABASE_POOL_SIZE``, 1..200 connections per process.
        database_timeout_s: ``DATABASE_TIMEOUT`` is in milliseconds; wait for a free connection.
        keys_dir: ``PARKING_KEYS_DIR``; the city's keys made by ``parking-central init-keys``.
        photo_dir: ``PARKING_PHOTO_DIR``; photo files by hash.
        partial_photo_days: ``PARKING_PARTIAL_PHOTO_DAYS``; a photo that nobody goes on sending for
            so many days is dropped, 1..365.
        snapshot_dir: ``PARKING_SNAPSHOT_DIR``; files from which terminals start.
        snapshot_ttl_s: ``PARKING_SNAPSHOT_TTL_S``; how long a file is offered, 1..86400.
        feed_days: ``PARKING_FEED_DAYS``; how long the feed is kept, 1..3650. A terminal that was
            away for longer starts over and keeps what it has to send.
        push_slots: ``PARKING_PUSH_SLOTS``; push batches at the same time in one process.
        push_line: ``PARKING_PUSH_LINE``; pushes that may wait for a place, for two seconds at most.
        wake_connections: ``PARKING_WAKE_CONNECTIONS``; open wake channels in one process.
        most_body_bytes: ``MAX_REQUEST_SIZE``, e.g. ``10mb``; largest body but photos.
        log_level: ``LOG_LEVEL``.
        enable_metrics: ``ENABLE_METRICS``.
        stripe_key: ``STRIPE_SECRET_KEY``; empty switches card payments off.
        stripe_webhook_secrets: ``STRIPE_WEBHOOK_SECRET``; two during a rotation, by comma.
        stripe_api_base: ``PARKING_STRIPE_API_BASE``; empty for Stripe itself.
        time_zone: ``PARKING_TIME_ZONE``; in whose days the city counts its money.
        refund_limit_cents: ``PARKING_REFUND_LIMIT_CENTS``; above it a second supervisor is needed.
        smtp_url: ``PARKING_SMTP_URL``; the mail server (``central.notifications.adapters.smtp``),
            empty switches receipts by e-mail off.
        smtp_password: ``PARKING_SMTP_PASSWORD``; of the user named in the URL.
        mail_from: ``PARKING_MAIL_FROM``; whose address mails come from.
        sms_url: ``PARKING_SMS_URL``; the provider of text messages, empty switches them off.
        sms_secret: ``PARKING_SMS_SECRET``; its bearer token.
        sms_from: ``PARKING_SMS_FROM``; the number or name that drivers see.
        notification_days: ``PARKING_NOTIFICATION_DAYS``; an address is kept so long after its
            message ended, 1..90.
        durability: ``PARKING_DURABILITY``: ``committed`` or ``archived`` (after the WAL archive).
    """

    database_url: str = field(repr=False)
    direct_url: str = field(repr=False)
    owner_url: str = field(default="", repr=False)
    pool_size: int = 20
    database_timeout_s: float = 30.0
    keys_dir: Path = Path("/etc/parking/keys")
    photo_dir: Path = Path("/var/lib/parking/photos")
    partial_photo_days: int = 7
    snapshot_dir: Path = Path("/var/lib/parking/snapshots")
    snapshot_ttl_s: int = 900
    feed_days: int = 90
    push_slots: int = 8
    push_line: int = 128
    wake_connections: int = 5000
    most_body_bytes: int = 10 * 1024**2
    log_level: str = "INFO"
    enable_metrics: bool = True
    stripe_key: str = field(default="", repr=False)
    stripe_webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    stripe_api_base: str = ""
    time_zone: str = "America/New_York"
    refund_limit_cents: int = 5000
    smtp_url: str = field(default="", repr=False)
    smtp_password: str = field(default="", repr=False)
    mail_from: str = ""
    sms_url: str = field(default="", repr=False)
    sms_secret: str = field(default="", repr=False)
    sms_from: str = ""
    notification_days: int = 7
    durability: str = "committed"


def read_settings(env: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    Raises:
        UserError: ``settings.missing`` or ``settings.value``; the sentence names the variable and
            what is allowed, never the value found.
    """
    database_url = read_dsn(env, "DATABASE_URL")
    if not database_url:
        raise UserError(
            "settings.missing",
            "DATABASE_URL is not set; it must be like postgresql://parking_app@host:5432/parking.",
        )
    return Settings(
        database_url=database_url,
        direct_url=read_dsn(env, "PARKING_DATABASE_DIRECT_URL") or database_url,
        owner_url=read_dsn(env, "PARKING_DATABASE_OWNER_URL"),
        pool_size=_whole(env, "DATABASE_POOL_SIZE", default=20, low=1, high=200),
        database_timeout_s=_whole(env, "DATABASE_TIMEOUT", default=30_000, low=100, high=600_000)
        / 1000,
        keys_dir=Path(env.get("PARKING_KEYS_DIR", "/etc/parking/keys")),
        photo_dir=Path(env.get("PARKING_PHOTO_DIR", "/var/lib/parking/photos")),
        partial_photo_days=_whole(env, "PARKING_PARTIAL_PHOTO_DAYS", default=7, low=1, high=365),
        snapshot_dir=Path(env.get("PARKING_SNAPSHOT_DIR", "/var/lib/parking/snapshots")),
        snapshot_ttl_s=_whole(env, "PARKING_SNAPSHOT_TTL_S", default=900, low=1, high=86_400),
        feed_days=_whole(env, "PARKING_FEED_DAYS", default=90, low=1, high=3650),
        push_slots=_whole(env, "PARKING_PUSH_SLOTS", default=8, low=1, high=100),
        push_line=_whole(env, "PARKING_PUSH_LINE", default=128, low=0, high=10_000),
        wake_connections=_whole(env, "PARKING_WAKE_CONNECTIONS", default=5000, low=1, high=50_000),
        most_body_bytes=_size(env, "MAX_REQUEST_SIZE", default="10mb"),
        log_level=_choice(env, "LOG_LEVEL", ("info", "debug", "warning", "error")).upper(),
        enable_metrics=_choice(env, "ENABLE_METRICS", ("true", "false")) == "true",
        stripe_key=_secret(env, "STRIPE_SECRET_KEY"),
        stripe_webhook_secrets=tuple(
            filter(None, _secret(env, "STRIPE_WEBHOOK_SECRET").split(","))
        ),
        stripe_api_base=env.get("PARKING_STRIPE_API_BASE", ""),
        time_zone=_time_zone(env),
        refund_limit_cents=_whole(
            env, "PARKING_REFUND_LIMIT_CENTS", default=5000, low=0, high=1_000_000
        ),
        smtp_url=_service(env, "PARKING_SMTP_URL", ("smtp", "smtps"), plain="smtp+plain"),
        smtp_password=_secret(env, "PARKING_SMTP_PASSWORD"),
        mail_from=_mail_from(env),
        sms_url=_service(env, "PARKING_SMS_URL", ("https",), plain="http"),
        sms_secret=_with(env, "PARKING_SMS_URL", "PARKING_SMS_SECRET"),
        sms_from=_with(env, "PARKING_SMS_URL", "PARKING_SMS_FROM"),
        notification_days=_whole(env, "PARKING_NOTIFICATION_DAYS", default=7, low=1, high=90),
        durability=_choice(env, "PARKING_DURABILITY", ("committed", "archived")),
    )


def _secret(env: Mapping[str, str], name: str) -> str:
    path = env.get(f"{name}_FILE", "")
    if not path:
        return env.get(name, "")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            "settings.file", f"{name}_FILE names a file that cannot be read as text."
        ) from error


def read_dsn(env: Mapping[str, str], name: str) -> str:
    """Read the address of a database, empty when the variable is not set.

    Raises:
        UserError: ``settings.value`` or ``settings.file``, naming the variable.
    """
    found = _secret(env, name)
    if found and not found.startswith(("postgresql://", "postgres://")):
        raise UserError("settings.value", f"{name} must start with postgresql://.")
    return found.replace("postgres://", "postgresql://", 1)


def _whole(env: Mapping[str, str], name: str, *, default: int, low: int, high: int) -> int:
    text = env.get(name, str(default))
    if not (text.isascii() and text.isdigit() and low <= int(text[:12]) <= high):
        raise UserError("settings.value", f"{name} must be a whole number from {low} to {high}.")
    return int(text)


def _service(env: Mapping[str, str], name: str, schemes: tuple[str, ...], *, plain: str) -> str:
    """Read the address of a service; without encryption it must be on this machine."""
    found = env.get(name, "")
    parts = urlsplit(found)
    own = parts.scheme == plain and parts.hostname in _LOOPBACK
    if found and not (own or (parts.scheme in schemes and parts.hostname)):
        starts = " or ".join(f"{scheme}://" for scheme in schemes)
        raise UserError(
            "settings.value", f"{name} must start with {starts}; {plain}:// is for this machine."
        )
    return found


def _with(env: Mapping[str, str], url: str, name: str) -> str:
    """Read what a service needs besides its address."""
    found = _secret(env, name)
    if env.get(url) and not found:
        raise UserError("settings.missing", f"{name} is not set; {url} needs it.")
    return found


def _mail_from(env: Mapping[str, str]) -> str:
    found = _with(env, "PARKING_SMTP_URL", "PARKING_MAIL_FROM")
    try:
        return read_address(Channel.EMAIL, found) if found else ""
    except UserError as error:
        raise UserError("settings.value", f"PARKING_MAIL_FROM: {error.sentence}") from error


def _time_zone(env: Mapping[str, str]) -> str:
    name = env.get("PARKING_TIME_ZONE", "America/New_York")
    try:
        zone_info(name)
    except UserError as error:
        raise UserError("settings.value", f"PARKING_TIME_ZONE: {error.sentence}") from error
    return name


def _size(env: Mapping[str, str], name: str, *, default: str) -> int:
    text = env.get(name, default).lower().strip()
    unit = next((unit for unit in ("mb", "kb", "b") if text.endswith(unit)), "")
    number = text.removesuffix(unit).strip()
    if not unit or not (number.isascii() and number.isdigit()) or not 1 <= int(number[:9]) <= 10**6:
        raise UserError("settings.value", f"{name} must be a size like 10mb or 512kb.")
    return int(number) * _SIZES[unit]


def _choice(env: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    found = env.get(name, allowed[0]).lower()
    if found not in allowed:
        raise UserError("settings.value", f"{name} must be one of: {', '.join(allowed)}.")
    return found
