# The values of messages between gateway and hub as docs/sync.md tells them (sections 3 and 4), in
# a second implementation: varints, texts, columns, the rows of accounts and the fingerprint of a
# block. A Reader raises WireError where the octets end early or break a bound.
import hashlib
from dataclasses import dataclass, replace

from frames import Code, WireError

WORD = 1 << 64
MOST_ROWS = 4096
MOST_TEXT = 320
MOST_DOMAINS = 250
BLOCK = 1024
GONE, ACTIVATED, LOCKED = 1, 2, 4
PLANES, PLANES_OF_DELTAS, VARINTS_OF_DELTAS = 0, 1, 2
PLAIN_DATES = 65_536


def malformed(what: str) -> WireError:
    return WireError(Code.BAD_MESSAGE, what)


def varint(value: int) -> bytes:
    octets = bytearray()
    while value > 0x7F:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(octets) + bytes([value])


def zigzag(number: int) -> int:
    return (number << 1 ^ number >> 63) % WORD


def unzigzag(word: int) -> int:
    return word >> 1 ^ -(word & 1)


def signed(word: int) -> int:
    return word - WORD if word >> 63 else word


def instant(seconds: int) -> bytes:
    return varint(zigzag(seconds))


def text(value: str | bytes) -> bytes:
    octets = value.encode() if isinstance(value, str) else value
    return varint(len(octets)) + octets


class Reader:
    """What is left of a message."""

    def __init__(self, message: bytes):
        self._message = message
        self._at = 0

    def take(self, count: int) -> bytes:
        octets = self._message[self._at:self._at + count]
        if len(octets) < count:
            raise malformed("a message ends too early")
        self._at += count
        return octets

    def octet(self) -> int:
        return self.take(1)[0]

    def varint(self, most: int = WORD - 1) -> int:
        value = 0
        for shift in range(0, 70, 7):
            octet = self.octet()
            value |= (octet & 0x7F) << shift
            if octet < 0x80:
                break
        else:
            raise malformed("a varint of more than ten octets")
        if value > most:
            raise malformed(f"{value} where at most {most} may stand")
        return value

    def flag(self) -> bool:
        return bool(self.varint(1))

    def time(self) -> int:
        return unzigzag(self.varint())

    def octets(self, most: int = MOST_TEXT) -> bytes:
        return self.take(self.varint(most))

    def text(self, most: int = MOST_TEXT) -> str:
        return readable(self.octets(most))

    def end(self) -> None:
        if self._at < len(self._message):
            raise malformed(f"{len(self._message) - self._at} octets behind a message")

    def column(self, count: int, most: int = WORD - 1) -> list[int]:
        way = self.octet()
        if way == VARINTS_OF_DELTAS:
            values = summed([self.varint() for _ in range(count)])
        elif way in (PLANES, PLANES_OF_DELTAS):
            values = self._planes(count)
            values = summed(values) if way == PLANES_OF_DELTAS else values
        else:
            raise malformed(f"a column of way {way}")
        if any(value > most for value in values):
            raise malformed(f"a column holds more than {most}")
        return values

    def column_of_texts(self, count: int) -> list[bytes]:
        return [self.take(length) for length in self.column(count, MOST_TEXT)]

    def _planes(self, count: int) -> list[int]:
        planes = self.octet()
        if planes > 8:
            raise malformed(f"a column of {planes} planes")
        values = [0] * count
        for _ in range(planes):
            values = [value << 8 | octet for value, octet in zip(values, self.take(count))]
        return values


def readable(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError as error:
        raise malformed("a text is not UTF-8") from error


def summed(words: list[int]) -> list[int]:
    values, last = [], 0
    for word in words:
        last = (last + unzigzag(word)) % WORD
        values.append(last)
    return values


@dataclass(frozen=True)
class Row:
    """An account as the hub tells it; where it is gone, only its number and row version."""

    number: int
    row_version: int
    flags: int
    password_version: int = 0
    identity_version: int = 0
    contact_changed: int = 0
    birth_date: int | None = None  # as YYYYMMDD
    telephone: int = 0
    id: str = ""
    email: str = ""

    @property
    def gone(self) -> bool:
        return bool(self.flags & GONE)


def birth_date(value: int) -> int | None:
    if value == 0:
        return None
    if value >= PLAIN_DATES:
        return value - PLAIN_DATES
    months, day = divmod(value - 1, 31)
    years, month = divmod(months, 12)
    return (1900 + years) * 10_000 + (month + 1) * 100 + day + 1


def read_rows(reader: Reader) -> list[Row]:
    count = reader.varint(MOST_ROWS)
    numbers = reader.column(count)
    row_versions = reader.column(count)
    flags = reader.column(count, GONE | ACTIVATED | LOCKED)
    rows = [Row(*values) for values in zip(numbers, row_versions, flags)]
    here = sum(not row.gone for row in rows)
    password_versions = reader.column(here)
    identity_versions = reader.column(here)
    contact_changes = reader.column(here)
    birth_dates = reader.column(here)
    telephones = reader.column(here)
    ids, emails = read_names(reader, here)
    known = zip(password_versions, identity_versions, map(signed, contact_changes),
                map(birth_date, birth_dates), telephones, ids, emails)
    fields = ("password_version", "identity_version", "contact_changed", "birth_date", "telephone",
              "id", "email")
    return [row if row.gone else replace(row, **dict(zip(fields, next(known)))) for row in rows]


def read_names(reader: Reader, count: int) -> tuple[list[str], list[str]]:
    """Ids and addresses."""
    domains = [reader.octets() for _ in range(reader.varint(MOST_DOMAINS))]

    def joined(local: bytes, domain: int) -> bytes:
        return local + b"@" + domains[domain - 1] if domain else local

    id_domains = reader.column(count, len(domains))
    ids = list(map(joined, reader.column_of_texts(count), id_domains))
    email_domains = reader.column(count, len(domains))
    shared = reader.column(count, MOST_TEXT)
    rests = reader.column_of_texts(count)
    if any(common > len(name) for common, name in zip(shared, ids)):
        raise malformed("an address begins with more than its id")
    locals_ = [name[:common] + rest for name, common, rest in zip(ids, shared, rests)]
    emails = list(map(joined, locals_, email_domains))
    return list(map(readable, ids)), list(map(readable, emails))


def fingerprint(rows: list[Row]) -> bytes:
    """Of one block, as the hub must have told it."""
    lines = [f"{row.number}:{row.row_version}\n" for row in sorted(rows, key=lambda r: r.number)]
    return hashlib.sha256("".join(lines).encode()).digest()[:8]
