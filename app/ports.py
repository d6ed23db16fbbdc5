"""What the use cases need from the world, as small Protocols. No I/O here, any thread.

``app.bootstrap`` hands in the real ones; ``tests/fakes`` has others. Use cases run on the store
lane (local writes) or an I/O lane (network, reader, printer); never on the GUI thread.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from uuid import UUID

from local_db.values import (
    AskedRefund,
    DayFacts,
    HeldCitation,
    Parked,
    PaymentSearch,
    ShiftCounts,
    Shown,
)
from parking.bill import BillRequest, Bills
from parking.check import Candidates, PlateCheck
from parking.citation import Citation, CitationEvent
from parking.edit import Conflict, ConflictChoice, Edit
from parking.notification import FoundReceipt, ReceiptChannels, ReceiptQueued, SendReceipt
from parking.numbers import NumberLease
from parking.officer import Officer
from parking.outage import Outage
from parking.parked import ParkedOperation
from parking.payment import Payment, PaymentOrder, Quote, QuoteRequest
from parking.photo import Photo
from parking.refund import PaymentSummary
from parking.right import ParkingSession
from parking.shift import ShiftEvent
from parking.slip import CouldNotPay
from parking.tariff import Tariff
from parking.terminal import Terminal
from parking.violation import ViolationCode
from parking.zone import Beat, Source, Zone
from sync.news import NetState, SyncListener, SyncNews, ToSend
from sync.push import Batch
from sync.wire import HandOverReport, UploadPlace

# Made on floors below and told to the floors above through this module.
__all__ = (
    "AskedRefund",
    "DayFacts",
    "HeldCitation",
    "NetState",
    "Parked",
    "PaymentSearch",
    "ShiftCounts",
    "Shown",
    "SyncListener",
    "SyncNews",
    "ToSend",
)

T = TypeVar("T")


class Work(Protocol):
    """One local transaction: records with their outbox entries and chain links. Store lane.

    Left without ``commit`` it rolls back. After ``commit`` returned, everything in it survives a
    power cut.
    """

    def add(self, record: Any) -> None:
        """Insert a fact made here; it will reach central by itself."""
        ...

    def next_number(self) -> str:
        """Take the next citation number of the leases; it is used up even if a later step fails.

        Raises:
            UserError: ``numbers.none_left``.
        """
        ...

    def next_hlc(self, heard_utc: datetime | None) -> int:
        """Take the next hybrid logical time (``sync.hlc``); used up only by ``commit``.

        Args:
            heard_utc: Central's time up to which it was heard; None when never.
        """
        ...

    def drop_draft(self, name: str) -> None:
        """Forget a draft in the same transaction."""
        ...

    def keep_setting(self, name: str, data: bytes | None) -> None:
        """Store, replace or remove (None) a local-only setting in the same transaction."""
        ...

    def commit(self) -> None:
        """Make it durable."""
        ...


class PhotoKept(Protocol):
    """A photo whose file is not at central."""

    @property
    def sha256(self) -> bytes:
        """Return its name."""
        ...

    @property
    def read(self) -> Callable[[], bytes]:
        """Return what gives its plain bytes or raises ``photo.missing`` or ``photo.damaged``."""
        ...


class Kept(Protocol):
    """What central's backups do not hold yet; counts and contents are of one moment."""

    operations: int
    photos: int

    def batches(self) -> Iterator[Batch]:
        """Give all operations as pushes would."""
        ...

    def photo_files(self) -> Iterator[PhotoKept]:
        """Give the photos."""
        ...


class Store(Protocol):
    """The terminal's two encrypted files. Reads on any worker; writes on the store lane."""

    def saving(self) -> AbstractContextManager[Work]:
        """Open one local transaction."""
        ...

    def candidates(self, key: str) -> Candidates:
        """Find all that is known about one plate key, look-alikes included, in one read."""
        ...

    def zone(self, zone_id: str) -> Zone | None:
        """Return one zone."""
        ...

    def zones(self) -> tuple[Zone, ...]:
        """Return all zones in the order of their numbers."""
        ...

    def beats(self) -> tuple[Beat, ...]:
        """Return all beats."""
        ...

    def tariff(self, tariff_id: str) -> Tariff | None:
        """Return one tariff."""
        ...

    def violation_codes(self) -> tuple[ViolationCode, ...]:
        """Return all codes in order."""
        ...

    def officer_by_badge(self, badge: str) -> Officer | None:
        """Return an active officer."""
        ...

    def officers(self) -> tuple[Officer, ...]:
        """Return all people."""
        ...

    def terminals(self) -> tuple[Terminal, ...]:
        """Return all terminals this one knows of."""
        ...

    def sources_as_of(self) -> dict[Source, datetime | None]:
        """Return until when each source is known here."""
        ...

    def to_send(self) -> ToSend:
        """Return what waits."""
        ...

    def parked(self) -> tuple[Parked, ...]:
        """Return what central refused, oldest first."""
        ...

    def send_parked_again(self) -> int:
        """Let what central refused go once more, where another answer is possible; say how many.

        Raises:
            UnavailableError: The disk is full or fails.
        """
        ...

    def open_parked(self) -> tuple[ParkedOperation, ...]:
        """Return the refused operations of all terminals that nobody closed, oldest first."""
        ...

    def numbers_left(self) -> int:
        """Return how many citation numbers are left."""
        ...

    def keep_lease(self, lease: NumberLease) -> None:
        """Store a lease that central signed. Store lane."""
        ...

    def keep_draft(self, name: str, data: bytes) -> None:
        """Store or replace a draft; never leaves this terminal. Store lane."""
        ...

    def draft(self, name: str) -> bytes | None:
        """Return a draft."""
        ...

    def setting(self, name: str) -> bytes | None:
        """Return a local-only setting (officer key wraps, PIN tries, identity)."""
        ...

    def keep_setting(self, name: str, data: bytes | None) -> None:
        """Store, replace or remove (None) a local-only setting, durable on return. Store lane."""
        ...

    def last_checks(self, shift_id: UUID, *, most: int) -> tuple[PlateCheck, ...]:
        """Return the newest checks made here, newest first."""
        ...

    def plate_check(self, check_id: UUID) -> PlateCheck | None:
        """Return a check made here or known by feed."""
        ...

    def citation(self, citation_id: UUID) -> tuple[Citation, tuple[CitationEvent, ...]] | None:
        """Return a citation made here or known by feed, with its events."""
        ...

    def numbered_citations(
        self, number: str
    ) -> tuple[tuple[Citation, tuple[CitationEvent, ...]], ...]:
        """Return the citations with a number, known here, with their events; there is one."""
        ...

    def plate_citations(self, key: str) -> tuple[tuple[Citation, tuple[CitationEvent, ...]], ...]:
        """Return all citations known here of one plate key, any state, with their events."""
        ...

    def slips_of(self, key: str) -> tuple[CouldNotPay, ...]:
        """Return the slips "could not pay here" of one plate key known here."""
        ...

    def outages_in(self, zone_id: str) -> tuple[Outage, ...]:
        """Return the outages of a zone's pay stations known here, the oldest first."""
        ...

    def shift_citations(
        self, shift_id: UUID
    ) -> tuple[tuple[Citation, tuple[CitationEvent, ...]], ...]:
        """Return the citations of a shift made here."""
        ...

    def shift_counts(self, shift_id: UUID) -> ShiftCounts:
        """Return what this terminal counted in a shift."""
        ...

    def sending(self, record_id: UUID) -> str:
        """Return ``to_send``, ``sent`` or ``refused`` for a fact made here, empty for others."""
        ...

    def open_shift(self) -> ShiftEvent | None:
        """Return the start of the shift that has not ended here, if any."""
        ...

    def held_citations(self) -> tuple[HeldCitation, ...]:
        """Return citations with a hold event, oldest hold first; the fold decides if still held."""
        ...

    def payments(self, search: PaymentSearch) -> tuple[PaymentSummary, ...]:
        """Return the card payments of a search, newest first, at most 200."""
        ...

    def refunds_of(self, payment_id: UUID) -> tuple[AskedRefund, ...]:
        """Return what supervisors wanted given back of a payment, the oldest first."""
        ...

    def asked_refund(self, refund_id: UUID) -> AskedRefund | None:
        """Return one of them."""
        ...

    def sold_time(self, right_id: UUID) -> ParkingSession | None:
        """Return the parking time of a right, known here by the feed."""
        ...

    def day_facts(self, first_utc: datetime, end_utc: datetime) -> DayFacts:
        """Return facts observed in [first_utc, end_utc), own and fed."""
        ...

    def shown(self, of: type[T], key: str) -> Shown[T]:
        """Return a record that may be edited, with our own edits on top of central's row.

        What was saved here is in it from the commit on, without a gap (``sync.merge.rebase``).
        """
        ...

    def last_edit(self, of: type, key: str) -> Edit | None:
        """Return the newest edit of a record that is known here and was not refused."""
        ...

    def open_conflicts(self) -> tuple[Conflict, ...]:
        """Return the conflicts that wait for a choice, oldest first.

        One that was decided here is left out at once, unless more values came since.
        """
        ...

    def choices_of(self, conflict_id: UUID) -> tuple[ConflictChoice, ...]:
        """Return the choices made on a conflict, here or known by feed, oldest first."""
        ...

    def photos_of(self, citation_id: UUID) -> tuple[Photo, ...]:
        """Return the photo records of a citation, made here or known by feed, as taken."""
        ...

    def save_photo(self, plain: bytes, *, thumbnail: bytes = b"") -> bytes:
        """Write a photo encrypted, durable on return; return its SHA-256. Store lane."""
        ...

    def kept(self) -> AbstractContextManager[Kept]:
        """Give what central's backups do not hold yet, at one moment."""
        ...

    def hand_over_key(self) -> bytes | None:
        """Return the city's key for hand-over files, None without one."""
        ...

    def drop_photos(self, *, but: Collection[bytes]) -> int:
        """Remove photos that no record names and that are not in ``but``. At start-up only."""
        ...

    def photo(self, sha256: bytes) -> bytes:
        """Return the plain bytes of a photo kept here.

        Raises:
            UnavailableError: ``photo.missing`` or ``photo.damaged``.
        """
        ...


class HandOverDesk(Protocol):
    """Takes hand-over files to central. I/O lane."""

    def hand_over_place(self, sha256: bytes) -> UploadPlace:
        """Ask how much of a file central has."""
        ...

    def put_hand_over(
        self, sha256: bytes, offset: int, chunk: bytes, *, byte_length: int
    ) -> UploadPlace:
        """Send bytes of a file from an offset on.

        Raises:
            OffsetError: Central wants to go on from another offset.
        """
        ...

    def open_hand_over(self, sha256: bytes) -> HandOverReport:
        """Let central take in a file that it has whole; safe to repeat."""
        ...


class Receipts(Protocol):
    """Central's receipts: sent to a driver, or found by their code. I/O lane."""

    def receipt_channels(self) -> ReceiptChannels:
        """Return the ways by which receipts can be sent now."""
        ...

    def send_receipt(self, payment_id: UUID, wish: SendReceipt) -> ReceiptQueued:
        """Let central send a receipt; the wish's id makes it safe to repeat."""
        ...

    def find_receipt(self, code: str, *, language: str) -> FoundReceipt:
        """Return a receipt in a language, ready to print."""
        ...


class Central(HandOverDesk, Receipts, Protocol):
    """Central's answers that are not sync: photos, money, numbers, people. I/O lane."""

    def photo(self, sha256: bytes, *, thumbnail: bool) -> bytes:
        """Return the bytes of a photo of any terminal, or of its thumbnail. Desks only.

        A photo has the hash that names it; no hash vouches for a thumbnail.

        Raises:
            UserError: ``photo.unknown``: it has not come in yet.
            UnavailableError: ``photo.damaged``, or city hall cannot be reached.
        """
        ...

    def quote(self, request: QuoteRequest) -> Quote:
        """Ask for a price."""
        ...

    def bills(self, request: BillRequest) -> Bills:
        """Find tickets and what is to pay for each now."""
        ...

    def bill_photo(self, bill_id: UUID) -> bytes:
        """Return a small picture of what a bill is about: a JPEG that no hash vouches for.

        Raises:
            UserError: ``bill.unknown``, or ``photo.unknown``: it has not come in yet.
        """
        ...

    def put_payment(self, order: PaymentOrder) -> Payment:
        """Start or repeat a payment; the id makes it safe to repeat."""
        ...

    def payment(self, payment_id: UUID, *, version: int, wait_s: int) -> Payment:
        """Wait for a version above ``version`` up to ``wait_s`` and return what is known."""
        ...

    def cancel_payment(self, payment_id: UUID) -> Payment:
        """Ask to cancel; the answer tells what came of it."""
        ...

    def present_again(self, payment_id: UUID) -> Payment:
        """Ask for another card after a decline."""
        ...

    def lease_numbers(self, lease_id: UUID, count: int) -> NumberLease:
        """Ask for citation numbers."""
        ...

    def activate(self, badge: str, code: str, officer_public_key: bytes) -> Officer:
        """Bind an officer's new key to this terminal with a one-time code."""
        ...


class Secrets(Protocol):
    """The device's secret store (keyring, systemd credential). Any lane."""

    def get(self, name: str) -> bytes | None:
        """Return a secret, None when there is none.

        Raises:
            UnavailableError: ``secrets.unavailable`` when no sound store answers.
        """
        ...

    def put(self, name: str, value: bytes) -> None:
        """Store or replace a secret, durable on return."""
        ...

    def remove(self, name: str) -> None:
        """Forget a secret; no error when there is none."""
        ...


class PrintOutcome(StrEnum):
    """What became of a print job."""

    PRINTED = "printed"
    TO_FILE = "to_file"


class PrinterState(StrEnum):
    """What a printer says of itself."""

    READY = "ready"
    LOW = "low"
    NO_PAPER = "no_paper"
    OPEN = "open"
    FAULT = "fault"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Printer(Protocol):
    """A ticket printer. I/O lane."""

    def state(self) -> PrinterState:
        """Ask how it is; ``UNKNOWN`` where it cannot say. Never raises for a printer's fault."""
        ...

    def print_ticket(self, name: str, lines: Sequence[Any], *, qr: str) -> PrintOutcome:
        """Print the lines of ``parking.receipt``; ``name`` names the file where none is attached.

        Raises:
            UnavailableError: ``printer.unavailable`` with what to do.
        """
        ...


class Paper(Protocol):
    """Draws the lines of a ticket on paper that is a file. I/O lane."""

    def __call__(self, lines: Sequence[Any], *, qr: str) -> bytes:
        """Return a whole PDF."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateRead:
    """One candidate of a scan, best first."""

    text: str
    score: float
    note: str
    crop: tuple[int, int, int, int]


class Reader(Protocol):
    """Reads plates from a photo; a worker process behind it. I/O lane."""

    def read(self, photo: bytes, *, timeout_s: float) -> tuple[PlateRead, ...]:
        """Return ranked candidates.

        Raises:
            UserError: ``photo.not_an_image`` and the like.
            UnavailableError: ``scan.unavailable`` when this terminal cannot scan.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalNews:
    """What the screens hear after each exchange: the sync loop's news and the age of each source.

    Attributes:
        sources_as_of: Until when each source is known here, None when never heard.
        numbers_left: Citation numbers left on this terminal.
    """

    sync: SyncNews
    sources_as_of: Mapping[Source, datetime | None]
    numbers_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Who works here now. ``seal`` signs with the officer's unlocked key (64 bytes)."""

    officer: Officer
    seal: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenShift:
    """A running shift."""

    shift_id: UUID
    beat: Beat
    started_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDay:
    """Which local day a report is about."""

    day: date
    time_zone: str
