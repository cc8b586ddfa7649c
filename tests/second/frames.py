# The lower half of the wire between gateway and hub as docs/sync.md tells it (sections 1 and 2),
# for a second implementation that shares no line with ours: frames with their checksum, the
# preface, farewells, and lanes of zstd. Whatever is not as the page says it is ends in a WireError.
import enum
import pathlib
import re
import struct
from dataclasses import dataclass

import zstandard

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOST_PAYLOAD = 8184
MOST_EXPANDED = 1_048_576
WINDOW_LOG = 16
MAGIC = b"PULIHHUB"
VERSION = 1
DICTIONARY = 1
HEAD = struct.Struct(">HBBI")


class Kind(enum.IntEnum):
    PREFACE = 1
    URGENT = 2
    BULK = 3
    PING = 4
    PONG = 5
    FAREWELL = 6


class Code(enum.IntEnum):
    """Of a farewell."""

    UNKNOWN_VERSION = 1
    BAD_FRAME = 2
    BAD_MESSAGE = 3
    TOO_MUCH = 4
    NO_SITE = 5
    NOT_ENROLLED = 6
    NEWER_CONNECTION = 7
    TOO_SLOW = 8
    STOPPED = 9
    TOO_MANY = 10


class WireError(Exception):
    """The hub said what it must not say. `code` is of the farewell that it deserves."""

    def __init__(self, code: Code, what: str):
        super().__init__(what)
        self.code = code


class Farewell(Exception):
    """The hub took its leave."""

    def __init__(self, code: int, text: str):
        super().__init__(f"the hub says farewell {code}: {text}")
        self.code = code


def crc_table() -> list[int]:
    """CRC-32C, octet by octet, lowest bit first."""
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


CRC = crc_table()


def crc32c(octets: bytes) -> int:
    state = 0xFFFFFFFF
    for octet in octets:
        state = state >> 8 ^ CRC[(state ^ octet) & 0xFF]
    return state ^ 0xFFFFFFFF


@dataclass(frozen=True)
class Frame:
    kind: Kind
    payload: bytes = b""
    last: bool = True

    def octets(self) -> bytes:
        start = struct.pack(">HBB", len(self.payload), self.kind, self.last)
        return start + struct.pack(">I", crc32c(start + self.payload)) + self.payload


def take_frame(buffer: bytearray) -> Frame | None:
    """The first whole frame, taken out of the buffer."""
    if len(buffer) < HEAD.size:
        return None
    length, kind, flags, checksum = HEAD.unpack_from(buffer)
    if length > MOST_PAYLOAD or kind not in list(Kind) or flags > 1:
        raise WireError(Code.BAD_FRAME, f"a frame of kind {kind}, {length} octets, flags {flags}")
    if len(buffer) < HEAD.size + length:
        return None
    payload = bytes(buffer[HEAD.size:HEAD.size + length])
    if crc32c(bytes(buffer[:4]) + payload) != checksum:
        raise WireError(Code.BAD_FRAME, "a frame's checksum is wrong")
    if kind in (Kind.PING, Kind.PONG) and payload:
        raise WireError(Code.BAD_FRAME, "a ping is not empty")
    del buffer[:HEAD.size + length]
    return Frame(Kind(kind), payload, bool(flags))


def preface() -> Frame:
    """Ours: we write with one dictionary and read the same."""
    return Frame(Kind.PREFACE, MAGIC + struct.pack(">BHBH", VERSION, DICTIONARY, 1, DICTIONARY))


def check_preface(payload: bytes) -> None:
    if payload[:8] != MAGIC:
        raise WireError(Code.BAD_FRAME, "this is no hub")
    if len(payload) < 9 or payload[8] != VERSION:
        raise WireError(Code.UNKNOWN_VERSION, "a hub of another version")
    if len(payload) < 12 or len(payload) != 12 + 2 * payload[11]:
        raise WireError(Code.BAD_FRAME, "a preface of a wrong length")
    if int.from_bytes(payload[9:11]) != DICTIONARY:
        raise WireError(Code.UNKNOWN_VERSION, "the hub writes with another dictionary")


def farewell(code: Code, text: str = "") -> Frame:
    return Frame(Kind.FAREWELL, struct.pack(">H", code) + text.encode("ascii"))


def farewell_of(payload: bytes) -> Farewell:
    if len(payload) < 2:
        return Farewell(0, "without a code")
    return Farewell(int.from_bytes(payload[:2]), payload[2:].decode("ascii", "replace"))


def dictionary() -> zstandard.ZstdCompressionDict:
    """The octets that the page leaves to a header file of ours."""
    text = (ROOT / "daemon/hub/dictionary.hpp").read_text()
    literals = re.search(rf'dictionary_{DICTIONARY} =\s*((?:"[^"\\]*"\s*)+);', text)
    octets = "".join(re.findall(r'"([^"]*)"', literals.group(1))).encode("ascii")
    return zstandard.ZstdCompressionDict(octets, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


class Writing:
    """One lane towards the hub: one zstd frame that never ends."""

    def __init__(self, words: zstandard.ZstdCompressionDict):
        # The sizes of the whole lane are not known when it begins.
        parameters = zstandard.ZstdCompressionParameters.from_level(
            3, window_log=WINDOW_LOG, write_content_size=False, write_dict_id=False,
            write_checksum=False)
        self._lane = zstandard.ZstdCompressor(
            dict_data=words, compression_params=parameters).compressobj()

    def frames(self, kind: Kind, message: bytes) -> list[Frame]:
        octets = self._lane.compress(message)
        octets += self._lane.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        ends = range(MOST_PAYLOAD, len(octets) + MOST_PAYLOAD, MOST_PAYLOAD)
        return [Frame(kind, octets[end - MOST_PAYLOAD:end], end >= len(octets)) for end in ends]


class Reading:
    """One lane from the hub; gives back a message when its last piece is there."""

    # So few octets expand to a bounded heap before the bound is looked at.
    STEP = 256

    def __init__(self, words: zstandard.ZstdCompressionDict):
        self._lane = zstandard.ZstdDecompressor(
            dict_data=words, max_window_size=1 << WINDOW_LOG).decompressobj()
        self._message = bytearray()

    def take(self, frame: Frame) -> bytes | None:
        for at in range(0, len(frame.payload), self.STEP):
            try:
                self._message += self._lane.decompress(frame.payload[at:at + self.STEP])
            except zstandard.ZstdError as error:
                raise WireError(Code.BAD_MESSAGE, f"a lane does not expand: {error}") from error
            if len(self._message) > MOST_EXPANDED:
                raise WireError(Code.BAD_MESSAGE, "a message expands beyond its bound")
        if not frame.last:
            return None
        message = bytes(self._message)
        self._message.clear()
        return message
