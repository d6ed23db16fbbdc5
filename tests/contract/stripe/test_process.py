"""The emulator and the hand at the reader as programs: start, end, restart, plain words."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from simulator.stripe.launch import StripeEmulator, launch
from tests.contract.stripe.account import Account, client, new_key
from tests.waiting import wait_until


def program(name: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", name, *options],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@contextmanager
def started(name: str, *options: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", name, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def test_it_says_where_it_listens_and_ends_when_asked(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    with started("simulator.stripe", "--ready-file", str(ready)) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert json.loads(line) == json.loads(ready.read_text())
        assert set(json.loads(line)) == {"api_url", "control_url", "pid"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_it_ends_when_its_parent_is_gone() -> None:
    with started("simulator.stripe", "--until-stdin-closes") as process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        process.stdin.close()
        assert process.wait(10) == 0


def test_the_state_survives_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "stripe.json"
    key = new_key()
    with launch(state_file=state) as first:
        account = Account(client(first.api_url))
        intent = account.authorised()
        made = account.api.payment_intents.create(
            {"amount": 500, "currency": "usd"}, {"idempotency_key": key}
        )
        first.advance_clock(3600)
    with launch(state_file=state) as second:
        account.api = client(second.api_url).v1
        assert account.api.payment_intents.capture(intent.id).status == "succeeded"
        again = account.api.payment_intents.create(
            {"amount": 500, "currency": "usd"}, {"idempotency_key": key}
        )
        assert again.id == made.id
        assert second.book()["payments"][intent.id]["captured"] == 500
        assert second.control("GET", "/status")["offset_s"] == 3600
        assert account.authorised().status == "requires_capture"
        assert second.violations() == []


def test_a_changed_state_is_saved_while_running(tmp_path: Path) -> None:
    state = tmp_path / "stripe.json"
    with launch(state_file=state) as emulator:
        Account(client(emulator.api_url)).order()
        wait_until(lambda: state.exists() and '"pi_' in state.read_text())


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"tables": 1}'])
def test_a_file_that_is_no_state_is_refused_in_words(tmp_path: Path, text: str) -> None:
    state = tmp_path / "notes.txt"
    state.write_text(text)
    ended = program("simulator.stripe", "--state-file", str(state))
    assert ended.returncode == 1
    assert "is no saved state; delete it to start afresh" in ended.stderr
    assert state.read_text() == text


def test_a_port_in_use_is_said_in_words(emulator_process: StripeEmulator) -> None:
    port = emulator_process.api_url.rpartition(":")[2]
    ended = program("simulator.stripe", "--port", port)
    assert ended.returncode == 1
    assert ended.stderr.startswith("The Stripe emulator cannot start: ")
    assert "Traceback" not in ended.stderr


def test_a_webhook_without_secret_is_refused() -> None:
    ended = program("simulator.stripe", "--webhook-url", "http://127.0.0.1:1/x")
    assert ended.returncode == 2
    assert "whsec_" in ended.stderr


def test_the_launcher_says_when_nothing_came_up(
    emulator_process: StripeEmulator, capfd: pytest.CaptureFixture[str]
) -> None:
    port = int(emulator_process.api_url.rpartition(":")[2])
    with pytest.raises(RuntimeError, match="did not start"):
        launch(port=port)
    assert "cannot start" in capfd.readouterr().err


def test_the_hand_presents_a_card(account: Account, stripe_emulator: StripeEmulator) -> None:
    account.process(account.order(), enable_customer_cancellation=True)
    where = ("--control", stripe_emulator.control_url, "--reader", account.reader)
    assert program("simulator.reader", *where, "--card", "declined").returncode == 0
    assert account.action().status == "failed"
    account.process(account.order(), enable_customer_cancellation=True)
    assert program("simulator.reader", *where, "--cancel").returncode == 0
    assert account.action().failure_code == "customer_canceled"
    refused = program("simulator.reader", *where)
    assert refused.returncode == 1
    assert "not waiting" in refused.stderr


def test_the_hand_serves_every_reader_that_waits(
    account: Account, stripe_emulator: StripeEmulator
) -> None:
    options = ("--control", stripe_emulator.control_url, "--watch", "--card", "amex")
    with started("simulator.reader", *options) as hand:
        intent = account.order()
        account.process(intent)
        wait_until(lambda: account.read(intent).status == "requires_capture")
        hand.send_signal(signal.SIGTERM)
        assert hand.wait(10) == 0
    assert list(stripe_emulator.book()["cards"]) == ["378282246310005"]


def test_the_hand_needs_to_know_which_reader(stripe_emulator: StripeEmulator) -> None:
    assert program("simulator.reader", "--control", stripe_emulator.control_url).returncode == 2


def test_the_hand_says_when_nobody_answers() -> None:
    ended = program("simulator.reader", "--control", "http://127.0.0.1:9", "--reader", "tmr_x")
    assert ended.returncode == 1
    assert ended.stderr.startswith("The card reader did not do it: ")
