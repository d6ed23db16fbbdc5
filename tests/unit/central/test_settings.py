from pathlib import Path

import pytest

from central.settings import Settings, read_settings
from parking.errors import UserError

URL = "postgresql://parking_app:hunter2@db:5432/parking"


def test_the_guides_names_are_read() -> None:
    found = read_settings(
        {
            "DATABASE_URL": URL.replace("postgresql", "postgres"),
            "DATABASE_POOL_SIZE": "7",
            "DATABASE_TIMEOUT": "1500",
            "MAX_REQUEST_SIZE": "2kb",
            "LOG_LEVEL": "debug",
            "ENABLE_METRICS": "false",
            "STRIPE_SECRET_KEY": "sk_test_1",
            "STRIPE_WEBHOOK_SECRET": "whsec_1,whsec_2",
            "PARKING_DURABILITY": "archived",
        }
    )
    assert (found.database_url, found.direct_url) == (URL, URL)
    assert (found.pool_size, found.database_timeout_s, found.most_body_bytes) == (7, 1.5, 2048)
    assert (found.log_level, found.enable_metrics, found.durability) == ("DEBUG", False, "archived")
    assert found.stripe_webhook_secrets == ("whsec_1", "whsec_2")


def test_what_is_not_set_has_its_default() -> None:
    found = read_settings({"DATABASE_URL": URL})
    assert found == Settings(database_url=URL, direct_url=URL)


def test_secrets_may_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "url").write_text(f"{URL}\n")
    assert read_settings({"DATABASE_URL_FILE": str(tmp_path / "url")}).database_url == URL
    with pytest.raises(UserError, match="DATABASE_URL_FILE names a file that cannot be read"):
        read_settings({"DATABASE_URL_FILE": str(tmp_path / "nothing")})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "mysql://hunter2"),
        ("DATABASE_POOL_SIZE", "999"),
        ("DATABASE_POOL_SIZE", "many"),
        ("DATABASE_POOL_SIZE", "\N{ARABIC-INDIC DIGIT SEVEN}"),
        ("DATABASE_TIMEOUT", "9" * 30),
        ("MAX_REQUEST_SIZE", "77"),
        ("MAX_REQUEST_SIZE", "tenmb"),
        ("LOG_LEVEL", "loud"),
        ("ENABLE_METRICS", "maybe"),
        ("PARKING_DURABILITY", "eternal"),
        ("PARKING_SMTP_URL", "mail.example"),
        ("PARKING_SMTP_URL", "smtp+plain://mail.example"),
        ("PARKING_SMS_URL", "http://sms.example/messages"),
        ("PARKING_SMS_URL", "https:///messages"),
        ("PARKING_MAIL_FROM", "parking@stamford"),
        ("PARKING_NOTIFICATION_DAYS", "91"),
    ],
)
def test_a_wrong_value_names_the_variable_and_never_the_value(name: str, value: str) -> None:
    with pytest.raises(UserError, match=name) as refused:
        read_settings({"DATABASE_URL": URL, name: value})
    assert not value or value not in refused.value.sentence


def test_the_message_services_are_read() -> None:
    found = read_settings(
        {
            "DATABASE_URL": URL,
            "PARKING_SMTP_URL": "smtp://city@mail.example:587",
            "PARKING_SMTP_PASSWORD": "hunter2",
            "PARKING_MAIL_FROM": "parking@stamford.example",
            "PARKING_SMS_URL": "http://127.0.0.1:9/messages",
            "PARKING_SMS_SECRET": "hunter2",
            "PARKING_SMS_FROM": "12036",
            "PARKING_NOTIFICATION_DAYS": "30",
        }
    )
    assert (found.smtp_url, found.smtp_password) == ("smtp://city@mail.example:587", "hunter2")
    assert (found.mail_from, found.notification_days) == ("parking@stamford.example", 30)
    assert (found.sms_url, found.sms_from) == ("http://127.0.0.1:9/messages", "12036")
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("url", "value", "missing"),
    [
        ("PARKING_SMTP_URL", "smtps://mail.example", "PARKING_MAIL_FROM"),
        ("PARKING_SMS_URL", "https://sms.example/messages", "PARKING_SMS_SECRET"),
    ],
)
def test_a_message_service_needs_all_its_settings(url: str, value: str, missing: str) -> None:
    with pytest.raises(UserError, match=f"{missing} is not set; {url} needs it"):
        read_settings({"DATABASE_URL": URL, url: value})


def test_no_secret_is_ever_printed() -> None:
    secret = "hunter2"
    settings = Settings(
        database_url=secret,
        direct_url=secret,
        owner_url=secret,
        stripe_key=secret,
        stripe_webhook_secrets=(secret,),
    )
    assert secret not in repr(settings)
