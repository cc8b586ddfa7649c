# What gateway and hub say to each other as docs/sync.md tells it (section 3), in a second
# implementation: the gateway's requests as dataclasses that spell themselves, and the hub's answers
# read from their octets. An answer that is not as it must be raises WireError.
import base64
import re
from dataclasses import dataclass
from typing import ClassVar

from columns import MOST_ROWS, Reader, Row, instant, malformed, read_rows, text, varint
from frames import Kind

URGENT_FEED, ALL_FEED = 0, 1
BEGINNING, NOW = "", "now"
WITHDRAWN = 4_294_967_295
VERDICTS = ("applied", "superseded", "identity changed", "refused", "unknown account", "altered")
REASONS = ("away", "fenced", "refused")
PARTS = re.compile(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/-]+)\$([\w+/-]+)", re.ASCII)


@dataclass(frozen=True)
class Welcome:
    fence: int
    epoch: bytes
    behind: bool
    region: str
    now: int
    highest: int


@dataclass(frozen=True)
class Verdicts:
    verdicts: list[str]


@dataclass(frozen=True)
class Opened:
    pass


@dataclass(frozen=True)
class Page:
    cursor: str
    after: int
    watermark: int
    rows: list[Row]


@dataclass(frozen=True)
class Block:
    block: int
    count: int
    fingerprint: bytes


@dataclass(frozen=True)
class Fingerprints:
    blocks: list[Block]


@dataclass(frozen=True)
class Rows:
    rows: list[Row]


@dataclass(frozen=True)
class ContactChange:
    cursor: int
    id: str
    old_telephone: int
    old_email: str
    new_telephone: int


@dataclass(frozen=True)
class ContactChanges:
    changes: list[ContactChange]


@dataclass(frozen=True)
class Unavailable:
    reason: str
    why: str


Answer = (Welcome | Verdicts | Opened | Page | Fingerprints | Rows | ContactChanges | Unavailable)


@dataclass(frozen=True)
class Meet:
    count: int
    draw: int
    fence: int

    KIND: ClassVar[int] = 0x01
    ANSWER: ClassVar[type] = Welcome
    lane: ClassVar[Kind] = Kind.URGENT

    def fields(self) -> bytes:
        return varint(self.count) + varint(self.draw) + varint(self.fence)


@dataclass(frozen=True)
class Change:
    """Of one password."""

    operation: bytes
    account: str
    password_version: int
    identity_version: int
    verifier: str
    at_login: bool = False
    until: int = 0
    sealed: bytes = b""

    def octets(self) -> bytes:
        return (self.operation + text(self.account) + varint(self.password_version)
                + varint(self.identity_version) + verifier_octets(self.verifier)
                + bytes([self.at_login]) + instant(self.until) + text(self.sealed))


@dataclass(frozen=True)
class Apply:
    now: int
    changes: tuple[Change, ...]

    KIND: ClassVar[int] = 0x02
    ANSWER: ClassVar[type] = Verdicts
    lane: ClassVar[Kind] = Kind.URGENT

    def fields(self) -> bytes:
        return (instant(self.now) + varint(len(self.changes))
                + b"".join(change.octets() for change in self.changes))


@dataclass(frozen=True)
class OpenTicket:
    id: bytes
    report: int
    account: str
    reason: int
    at: int

    KIND: ClassVar[int] = 0x03
    ANSWER: ClassVar[type] = Opened
    lane: ClassVar[Kind] = Kind.URGENT

    def fields(self) -> bytes:
        return (self.id + varint(self.report) + text(self.account) + bytes([self.reason])
                + instant(self.at))


@dataclass(frozen=True)
class Changes:
    feed: int
    cursor: str
    most: int
    pages: int

    KIND: ClassVar[int] = 0x04
    ANSWER: ClassVar[type] = Page

    @property
    def lane(self) -> Kind:
        return Kind.URGENT if self.feed == URGENT_FEED else Kind.BULK

    def fields(self) -> bytes:
        return bytes([self.feed]) + text(self.cursor) + varint(self.most) + varint(self.pages)


@dataclass(frozen=True)
class AskFingerprints:
    first: int
    most: int = MOST_ROWS

    KIND: ClassVar[int] = 0x06
    ANSWER: ClassVar[type] = Fingerprints
    lane: ClassVar[Kind] = Kind.BULK

    def fields(self) -> bytes:
        return varint(self.first) + varint(self.most)


@dataclass(frozen=True)
class AskRows:
    block: int

    KIND: ClassVar[int] = 0x07
    ANSWER: ClassVar[type] = Rows
    lane: ClassVar[Kind] = Kind.BULK

    def fields(self) -> bytes:
        return varint(self.block)


@dataclass(frozen=True)
class AskContactChanges:
    cursor: int
    most: int = MOST_ROWS

    KIND: ClassVar[int] = 0x08
    ANSWER: ClassVar[type] = ContactChanges
    lane: ClassVar[Kind] = Kind.URGENT

    def fields(self) -> bytes:
        return varint(self.cursor) + varint(self.most)


Request = (Meet | Apply | OpenTicket | Changes | AskFingerprints | AskRows | AskContactChanges)


def spelled(request: Request, number: int) -> bytes:
    return bytes([request.KIND]) + varint(number) + request.fields()


def further(number: int, pages: int) -> bytes:
    """More pages of the `Changes` of this number."""
    return bytes([0x05]) + varint(number) + varint(pages)


def unpadded(value: str) -> bytes | None:
    """The octets of a base64 without its padding, if they spell it again."""
    if len(value) % 4 == 1:
        return None
    octets = base64.b64decode(value + "=" * (-len(value) % 4))
    return octets if base64.b64encode(octets).decode().rstrip("=") == value else None


def verifier_octets(verifier: str) -> bytes:
    match = PARTS.fullmatch(verifier)
    if match:
        costs, ends = match.groups()[:3], [unpadded(end) for end in match.groups()[3:]]
        if None not in ends and all(str(int(cost)) == cost for cost in costs):
            return (bytes([1]) + b"".join(varint(int(cost)) for cost in costs)
                    + b"".join(text(end) for end in ends))
    return bytes([0]) + text(verifier)


def read_welcome(reader: Reader) -> Welcome:
    return Welcome(reader.varint(), reader.take(16), reader.flag(), reader.text(64), reader.time(),
                   reader.varint())


def read_verdicts(reader: Reader) -> Verdicts:
    verdicts = [reader.varint(len(VERDICTS) - 1) for _ in range(reader.varint(1000))]
    return Verdicts([VERDICTS[verdict] for verdict in verdicts])


def read_page(reader: Reader) -> Page:
    return Page(reader.text(64), reader.varint(), reader.varint(), read_rows(reader))


def read_fingerprints(reader: Reader) -> Fingerprints:
    count = reader.varint(MOST_ROWS)
    blocks, counts = reader.column(count), reader.column(count)
    return Fingerprints([Block(*both, reader.take(8)) for both in zip(blocks, counts)])


def read_contact_changes(reader: Reader) -> ContactChanges:
    return ContactChanges([
        ContactChange(reader.varint(), reader.text(), reader.varint(), reader.text(),
                      reader.varint())
        for _ in range(reader.varint(MOST_ROWS))])


def read_unavailable(reader: Reader) -> Unavailable:
    return Unavailable(REASONS[reader.varint(len(REASONS) - 1)], reader.text(600))


READERS = {
    0x81: read_welcome,
    0x82: read_verdicts,
    0x83: lambda reader: Opened(),
    0x84: read_page,
    0x85: read_fingerprints,
    0x86: lambda reader: Rows(read_rows(reader)),
    0x87: read_contact_changes,
    0x88: read_unavailable,
}


def read_answer(message: bytes) -> tuple[int, Answer]:
    """The number of the request, and what is said to it."""
    reader = Reader(message)
    kind, number = reader.octet(), reader.varint()
    if kind not in READERS:
        raise malformed(f"a message of kind {kind:#x}")
    answer = READERS[kind](reader)
    reader.end()
    return number, answer
