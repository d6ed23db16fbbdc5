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
    ],
)
def test_a_wrong_value_names_the_variable_and_never_the_value(name: str, value: str) -> None:
    with pytest.raises(UserError, match=name) as refused:
        read_settings({"DATABASE_URL": URL, name: value})
    assert not value or value not in refused.value.sentence


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
