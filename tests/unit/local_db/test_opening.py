"""Opening: the key, durability, the device lock, damaged and newer files."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from local_db.opening import DeviceLock, EncryptedFile, check_key
from local_db.store import LocalStore
from parking.citation import Citation
from parking.errors import BugError, ParkingError, UnavailableError, UserError
from sync.engine import SyncEngine
from tests.fakes.central import FakeCentral, FakeGateway
from tests.fakes.clock import StillClock
from tests.fakes.terminal import KEY, TERMINAL_ID, citation, enrolled, enrolment, save, sign
from tests.unit.parking import samples

OTHER_KEY = "f" * 64


@pytest.mark.parametrize(
    "key", ["", "abcd", KEY[:-1], KEY + "0", "x'" + KEY + "'", KEY[:-1] + "g", KEY[:-1] + "\n"]
)
def test_only_a_raw_256_bit_key_is_taken(key: str) -> None:
    with pytest.raises(UserError, match="64 hexadecimal digits") as refused:
        check_key(key)
    assert refused.value.key == "database.key_form"
    assert not key or key not in refused.value.sentence


def test_a_wrong_key_gives_one_sentence_and_changes_nothing(
    store: LocalStore, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    save(store, citation())
    store.close()
    before = _contents(folder)
    with pytest.raises(UserError, match="does not open its records database") as refused:
        LocalStore.open(folder, OTHER_KEY, StillClock())
    assert refused.value.key == "database.key_wrong"
    assert _contents(folder) == before
    assert capfd.readouterr() == ("", "")


def test_no_plate_lies_readable_on_the_disk(store: LocalStore, folder: Path) -> None:
    save(store, citation(plate="SECRET77"))
    plain = b"".join(_contents(folder).values())
    assert b"SECRET77" not in plain
    assert b"citation" not in plain


def test_the_journal_and_the_fsync_are_read_back(tmp_path: Path) -> None:
    file = EncryptedFile(tmp_path / "some.db", KEY, cache_kib=1024)
    with file.writing() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    file.close()


def test_a_disk_that_cannot_keep_a_journal_is_refused() -> None:
    with pytest.raises(UnavailableError, match="write-ahead log refused") as refused:
        EncryptedFile(Path(":memory:"), KEY, cache_kib=1024)
    assert refused.value.key == "database.journal"


def test_a_reading_connection_cannot_write(tmp_path: Path) -> None:
    file = EncryptedFile(tmp_path / "some.db", KEY, cache_kib=1024)
    with pytest.raises(UnavailableError), file.reading() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a)")
    file.close()


def test_a_folder_that_is_gone_is_a_fault_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as refused:
        EncryptedFile(tmp_path / "missing" / "some.db", KEY, cache_kib=1024)
    assert refused.value.key == "database.disk"


def test_a_journal_that_cannot_be_opened_is_a_fault_of_the_disk(tmp_path: Path) -> None:
    (tmp_path / "some.db-wal").mkdir()
    with pytest.raises(UnavailableError) as refused:
        EncryptedFile(tmp_path / "some.db", KEY, cache_kib=1024)
    assert refused.value.key == "database.disk"


def test_a_wrong_statement_is_a_fault_of_ours(tmp_path: Path) -> None:
    file = EncryptedFile(tmp_path / "some.db", KEY, cache_kib=1024)
    with pytest.raises(BugError, match="no such table"), file.reading() as connection:
        connection.exec_driver_sql("SELECT * FROM missing")
    file.close()


def test_only_one_program_opens_a_device(store: LocalStore, folder: Path) -> None:
    with pytest.raises(UserError, match="already running") as refused:
        LocalStore.open(folder, KEY, StillClock())
    assert refused.value.key == "database.in_use"
    save(store, citation())


def test_the_lock_of_another_process_holds_and_ends_with_it(tmp_path: Path) -> None:
    lock = tmp_path / "terminal.lock"
    code = (
        "import sys; from pathlib import Path; from local_db.opening import DeviceLock\n"
        "DeviceLock(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    code = code.replace("DeviceLock(Path", "kept = DeviceLock(Path")
    with subprocess.Popen(
        [sys.executable, "-c", code, str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(UserError, match="already running"):
            DeviceLock(lock)
        other.kill()
    DeviceLock(lock).close()


def test_a_lock_that_cannot_be_made_is_a_fault_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as refused:
        DeviceLock(tmp_path / "missing" / "terminal.lock")
    assert refused.value.key == "database.disk"
    (tmp_path / "terminal.lock").write_bytes(b"This is no database." * 500)
    with pytest.raises(UnavailableError) as refused:
        DeviceLock(tmp_path / "terminal.lock")
    assert refused.value.key == "database.damaged"


@pytest.mark.parametrize("in_the_way", ["device", "device/photos"])
def test_a_file_in_the_way_of_a_folder_is_a_fault_of_the_disk(
    tmp_path: Path, in_the_way: str
) -> None:
    path = tmp_path / in_the_way
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"")
    with pytest.raises(UnavailableError) as refused:
        LocalStore.create(tmp_path / "device", KEY, StillClock())
    assert refused.value.key == "database.disk"


def test_missing_records_are_told_not_made_anew(folder: Path) -> None:
    with pytest.raises(UserError) as refused:
        LocalStore.open(folder, KEY, StillClock())
    assert refused.value.key == "database.missing"
    assert not folder.exists()


def test_an_interrupted_start_is_finished(folder: Path) -> None:
    folder.mkdir(parents=True)
    EncryptedFile(folder / "records.db", KEY, cache_kib=1024).close()
    store = LocalStore.create(folder, KEY, StillClock())
    assert store.identity() is None
    store.keep_identity(enrolment())
    assert store.identity() == enrolment()
    store.close()


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty", "other"])
def test_a_damaged_reference_is_fetched_again_and_the_outbox_stays(
    store: LocalStore, folder: Path, damage: str
) -> None:
    made = citation()
    save(store, made)
    store.close()
    _damage(folder / "reference.db", damage)
    again = LocalStore.open(folder, KEY, StillClock())
    assert again.citation(made.citation_id) == (made, ())
    assert again.to_send().count == 1
    assert again.outbox.feed_position().cursor == ""
    again.close()


def test_damage_met_while_working_is_fetched_again_at_the_next_start(
    store: LocalStore, folder: Path
) -> None:
    save(store, made := citation())
    central = FakeCentral(page_rows=500)
    for number in range(60):
        right = samples.session(parking_session_id=UUID(int=number), plate=f"AB{number:05}")
        central.publish(right)
    _sync(store, central)
    store.close()
    path = folder / "reference.db"
    whole = path.read_bytes()
    told = set()
    # Every fifth page: tables, indexes and free ones are among them.
    for start in range(4096, len(whole), 5 * 4096):
        path.write_bytes(whole[: start + 100] + bytes(40) + whole[start + 140 :])
        told.add(_told_of_damage(folder, central, made))
        assert not _told_of_damage(folder, central, made)
        for end in ("-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
    assert told == {True, False}


def _sync(store: LocalStore, central: FakeCentral) -> ParkingError | None:
    gateway = FakeGateway(central)
    engine = SyncEngine(store.outbox, gateway, StillClock(), terminal_id=TERMINAL_ID, sign=sign)
    return engine.run_once().error


def _told_of_damage(folder: Path, central: FakeCentral, made: Citation) -> bool:
    """Work with a file that may be damaged; tell whether the person heard that it is."""
    try:
        with closing(LocalStore.open(folder, KEY, StillClock())) as store:
            error = _sync(store, central)
            rights = [store.candidates(f"AB{number:05}").rights for number in range(60)]
            kept = store.citation(made.citation_id)
    except UnavailableError as damaged:
        error = damaged
    if error is not None:
        return getattr(error, "key", "") == "database.damaged"
    assert all(rights)
    assert kept == (made, ())
    return False


def test_damaged_records_are_told_and_left_alone(store: LocalStore, folder: Path) -> None:
    save(store, citation())
    store.close()
    _damage(folder / "records.db", "flipped")
    before = _contents(folder)
    with pytest.raises(ParkingError, match="damaged"):
        LocalStore.open(folder, KEY, StillClock())
    assert _contents(folder) == before


def test_a_store_opens_again_after_closing(tmp_path: Path) -> None:
    enrolled(tmp_path / "device").close()
    store = LocalStore.open(tmp_path / "device", KEY, StillClock())
    assert store.identity() == enrolment()
    store.close()


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def _damage(path: Path, how: str) -> None:
    content = bytearray(path.read_bytes())
    content[100:140] = bytes(40)
    damaged = {
        "flipped": bytes(content),
        "cut": bytes(content[:5000]),
        "empty": b"",
        "other": b"This is no database." * 500,
    }
    path.write_bytes(damaged[how])
