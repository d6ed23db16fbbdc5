"""Validation codes at central: issued by command, priced in, refused in one sentence each."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from central.identity.city_keys import init_keys, read_keys
from central.quotes.quote import load_quote
from central.vouchers.__main__ import main
from central.vouchers.keys import Issuer, make_issuer, read_issuer
from parking.ids import uuid7
from parking.payment import Quote
from parking.terminal import TerminalKind
from parking.voucher import Voucher, VoucherKind, VoucherUse
from tests.unit.central.device import Device
from tests.unit.central.service import Service, problem

CINEMA = "Avon Theatre"


@pytest.fixture(scope="module")
def kiosk(service: Service) -> Device:
    return service.enrol_new(TerminalKind.KIOSK)


@pytest.fixture(scope="module")
def cinema(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    folder = tmp_path_factory.mktemp("cinema") / "key"
    city = read_keys(service.central.settings.keys_dir)
    make_issuer(city, folder, name=CINEMA, until_utc=service.now_utc + timedelta(days=9))
    return read_issuer(folder)


def voucher(service: Service, **changed: Any) -> Voucher:
    made = Voucher(
        voucher_id=uuid7(service.now_utc),
        issuer=CINEMA,
        kind=VoucherKind.MINUTES,
        worth=30,
        from_utc=service.now_utc - timedelta(hours=1),
        until_utc=service.now_utc + timedelta(hours=1),
    )
    return replace(made, **changed)


def ask(service: Service, kiosk: Device, code: str, **changed: Any) -> httpx.Response:
    asked = {"zone_id": "Z12", "plate": "AB-12345", "plate_state": "CT", "minutes": 60}
    body = msgspec.json.encode({**asked, "code": code, **changed})
    return service.client.post("/v1/quotes", content=body, headers=kiosk.headers())


@pytest.mark.parametrize(
    ("kind", "worth", "price"),
    [
        (VoucherKind.MINUTES, 30, 100),
        (VoucherKind.PERCENT, 25, 150),
        (VoucherKind.AMOUNT, 120, 80),
        (VoucherKind.AMOUNT, 900, 0),
    ],
)
def test_a_code_pays_a_part_of_the_price(
    service: Service, kiosk: Device, cinema: Issuer, kind: VoucherKind, worth: int, price: int
) -> None:
    code = cinema.code(voucher(service, kind=kind, worth=worth))
    answer = ask(service, kiosk, code)
    assert answer.status_code == 200, answer.text
    quote = msgspec.json.decode(answer.content, type=Quote)
    assert (quote.price_cents, quote.discount_cents) == (price, 200 - price)
    assert quote.code_issuer == CINEMA
    with service.central.database.reading() as connection:
        assert load_quote(connection, quote.quote_id) == quote


def test_a_code_that_is_not_good_is_refused_in_one_sentence(
    service: Service, kiosk: Device, cinema: Issuer
) -> None:
    now, hour = service.now_utc, timedelta(hours=1)
    used, often = voucher(service), voucher(service, single_use=False)
    stranger = replace(cinema, city_seal=bytes(64))
    for each in (used, often):
        service.store(_use(service, kiosk, each))
    codes = {
        "voucher.unreadable": "A QUICK FOX",
        "voucher.unknown": stranger.code(voucher(service)),
        "voucher.early": cinema.code(voucher(service, from_utc=now + hour)),
        "voucher.expired": cinema.code(voucher(service, until_utc=now - hour)),
        "voucher.zone": cinema.code(voucher(service, zone_ids=("204",))),
        "voucher.used": cinema.code(used),
    }
    answers = {key: ask(service, kiosk, code) for key, code in codes.items()}
    assert {key: problem(answer).key for key, answer in answers.items()} == {k: k for k in codes}
    assert {answer.status_code for answer in answers.values()} == {400}
    assert ask(service, kiosk, cinema.code(often)).status_code == 200
    assert problem(ask(service, kiosk, "A" * 4001)).key == "record.field"


def _use(service: Service, kiosk: Device, used: Voucher) -> VoucherUse:
    return VoucherUse(
        voucher_use_id=uuid7(service.now_utc),
        voucher_id=used.voucher_id,
        issuer=used.issuer,
        single_use=used.single_use,
        terminal_id=kiosk.terminal.terminal_id,
        zone_id="Z12",
        plate="OTHER 1",
        plate_state="CT",
        used_utc=service.now_utc,
        discount_cents=100,
    )


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, str]:
    init_keys(tmp_path / "city")
    return str(tmp_path / "city"), str(tmp_path / "library")


def test_the_command_issues_codes_that_central_takes(
    folders: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    city, library = folders
    until = ["--until", "2031-12-31"]
    name = ["--name", "Ferguson Library", "--city-keys", city]
    assert main(["issuer", "--dir", library, *name, *until]) == 0
    assert (Path(library) / "issuer.secret").stat().st_mode & 0o077 == 0
    capsys.readouterr()
    what = ["--kind", "minutes", "--worth", "60", "--zones", "112, 204", "--count", "3"]
    assert main(["issue", "--dir", library, *what, *until]) == 0
    codes = capsys.readouterr().out.split()
    assert len(set(codes)) == 3
    assert main(["show", codes[0], "--city-keys", city]) == 0
    told = capsys.readouterr().out
    assert "60 minutes from Ferguson Library, zones 112, 204, one purchase" in told
    assert main(["issuer", "--dir", library, *name, *until]) == 1
    assert "already holds the key" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (["--kind", "percent", "--worth", "101"], "1 to 100 percent"),
        (["--worth", "0"], "worth"),
        (["--until", "2033-01-01"], "vouches for the issuer"),
        (["--until", "2020-01-01"], "on or after --from"),
        (["--from", "soon"], 'not "soon"'),
        (["--dir", "/nowhere"], "holds no key of an issuer"),
    ],
)
def test_a_wrong_wish_is_refused_in_words(
    folders: tuple[str, str], capsys: pytest.CaptureFixture[str], changed: list[str], said: str
) -> None:
    city, library = folders
    made = ["issuer", "--dir", library, "--name", "L", "--city-keys", city]
    assert main([*made, "--until", "2031-12-31"]) == 0
    capsys.readouterr()
    wish = ["issue", "--dir", library, "--kind", "minutes", "--worth", "60"]
    assert main([*wish, "--until", "2031-12-31", *changed]) == 1
    told = capsys.readouterr()
    assert said in told.err
    assert not told.out


@pytest.mark.parametrize("file", ["issuer.secret", "issuer.json"])
def test_a_broken_key_is_named(folders: tuple[str, str], file: str) -> None:
    city, library = folders
    assert (
        main(
            [
                "issuer",
                "--dir",
                library,
                "--name",
                "L",
                "--city-keys",
                city,
                "--until",
                "2031-12-31",
            ]
        )
        == 0
    )
    (Path(library) / file).write_text("{}")
    assert (
        main(
            ["issue", "--dir", library, "--kind", "amount", "--worth", "5", "--until", "2031-12-31"]
        )
        == 1
    )
