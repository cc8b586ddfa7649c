# A gateway's side of the connection to a hub as docs/sync.md tells it, in a second implementation:
# it meets over TLS 1.3 with a certificate of its own, sends requests in any number, hands back each
# answer by the number of its request, pings while it waits, and takes its leave. What breaks the
# page is answered with the farewell it deserves and raised as WireError.
import os
import socket
import ssl
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass

from columns import malformed
from frames import (Code, Frame, Kind, Reading, WireError, Writing, check_preface,
                    dictionary, farewell, farewell_of, preface, take_frame)
from messages import (Answer, Changes, Page, Request, Unavailable, further, read_answer, spelled)

QUICK_PINGS = 8
QUICK_PING_SECONDS = 0.4
PING_SECONDS = 2
LOST_SECONDS = 45
WRITE_SECONDS = 60


@dataclass(frozen=True)
class Address:
    """Of a hub, the name in its certificate, and what the gateway shows and believes: PEM files."""

    host: str
    port: int
    name: str
    ca: str
    certificate: str | None
    key: str | None


def connect(address: Address, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLSocket:
    """`newest` and a missing certificate are for proving that a hub refuses them."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = min(newest, ssl.TLSVersion.TLSv1_3)
    context.maximum_version = newest
    context.load_verify_locations(address.ca)
    if address.certificate:
        context.load_cert_chain(address.certificate, address.key)
    plain = socket.create_connection((address.host, address.port), WRITE_SECONDS)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"bbr")
    except OSError:
        pass  # The page allows for a kernel that does not.
    return context.wrap_socket(plain, server_hostname=address.name)


class Gateway:
    """`arrived` holds the numbers of the answers in the order in which they came whole."""

    def __init__(self, stream: ssl.SSLSocket):
        words = dictionary()
        self._stream = stream
        self._writing = {lane: Writing(words) for lane in (Kind.URGENT, Kind.BULK)}
        self._reading = {lane: Reading(words) for lane in (Kind.URGENT, Kind.BULK)}
        self._buffer = bytearray()
        self._unsent = preface().octets()  # goes with the first message
        self._greeted = False
        self._last_number = 0
        self._awaited: dict[int, Request] = {}
        self._replaced: set[int] = set()
        self._answers: dict[int, deque[Answer]] = defaultdict(deque)
        self._pongs = 0
        self.arrived: list[int] = []

    def ask(self, *requests: Request) -> list[int]:
        """Sends them in one write; their numbers."""
        frames, numbers = [], []
        for request in requests:
            self._last_number += 1
            numbers.append(self._last_number)
            if isinstance(request, Changes):
                self._replace(request.feed)
            self._awaited[self._last_number] = request
            frames += self._writing[request.lane].frames(
                request.lane, spelled(request, self._last_number))
        self._send(frames)
        return numbers

    def answer(self, number: int) -> Answer:
        """The next one to this request."""
        while not self._answers[number]:
            self._hear()
        return self._answers[number].popleft()

    def say(self, request: Request) -> Answer:
        """One request and its only answer; what is unavailable is raised."""
        answer = self.answer(self.ask(request)[0])
        if isinstance(answer, Unavailable):
            raise ConnectionError(f"unavailable, {answer.reason}: {answer.why}")
        return answer

    def pages(self, request: Changes) -> Iterator[Page]:
        """All pages up to the end of the feed; one more is asked for with each that came, so that
        as many stay in flight as the request asked for."""
        number = self.ask(request)[0]
        while True:
            page = self.answer(number)
            if isinstance(page, Unavailable):
                raise ConnectionError(f"unavailable, {page.reason}: {page.why}")
            if page.after:
                self._send(self._writing[request.lane].frames(request.lane, further(number, 1)))
            yield page
            if not page.after:
                return

    def ping(self) -> float:
        """Seconds there and back."""
        began, before = time.monotonic(), self._pongs
        self._send([Frame(Kind.PING)])
        while self._pongs == before:
            self._hear()
        return time.monotonic() - began

    def leave(self) -> None:
        self._send([farewell(Code.STOPPED, "the gateway leaves")])
        self._stream.close()

    def _replace(self, feed: int) -> None:
        for number, request in list(self._awaited.items()):
            if isinstance(request, Changes) and request.feed == feed:
                self._replaced.add(number)
                del self._awaited[number]

    def _send(self, frames: list[Frame]) -> None:
        octets = self._unsent + b"".join(frame.octets() for frame in frames)
        self._unsent = b""
        self._stream.settimeout(WRITE_SECONDS)
        self._stream.sendall(octets)

    def _hear(self) -> None:
        """Until at least one frame was taken."""
        if self._unsent:
            self._send([])
        heard_at, pings = time.monotonic(), 0
        while not (frame := self._frame()):
            self._stream.settimeout(QUICK_PING_SECONDS if pings < QUICK_PINGS else PING_SECONDS)
            try:
                octets = self._stream.recv(1 << 16)
            except TimeoutError:
                if time.monotonic() - heard_at > LOST_SECONDS:
                    raise ConnectionError("nothing came for too long") from None
                self._send([Frame(Kind.PING)])
                pings += 1
                continue
            if not octets:
                raise ConnectionError("the hub closed without a farewell")
            self._buffer += octets
            heard_at, pings = time.monotonic(), 0
        try:
            self._take(frame)
        except WireError as error:
            self._part(error)

    def _frame(self) -> Frame | None:
        try:
            return take_frame(self._buffer)
        except WireError as error:
            self._part(error)

    def _part(self, error: WireError) -> None:
        try:
            self._send([farewell(error.code, str(error)[:200])])
        except OSError:
            pass  # It is the hub's fault that is told, not the broken pipe behind it.
        raise error

    def _take(self, frame: Frame) -> None:
        if frame.kind == Kind.FAREWELL:
            raise farewell_of(frame.payload)
        if self._greeted == (frame.kind == Kind.PREFACE):
            raise WireError(Code.BAD_FRAME, "a preface is the first frame and only that")
        match frame.kind:
            case Kind.PREFACE:
                check_preface(frame.payload)
                self._greeted = True
            case Kind.PING:
                self._send([Frame(Kind.PONG)])
            case Kind.PONG:
                self._pongs += 1
            case _:
                message = self._reading[frame.kind].take(frame)
                if message is not None:
                    self._keep(frame.kind, *read_answer(message))

    def _keep(self, lane: Kind, number: int, answer: Answer) -> None:
        if number in self._replaced:
            return
        request = self._awaited.get(number)
        if not request:
            raise malformed(f"an answer to {number}, which is not awaited")
        if lane != request.lane:
            raise malformed("an answer on the other lane")
        if not isinstance(answer, (request.ANSWER, Unavailable)):
            raise malformed(f"{type(answer).__name__} for {type(request).__name__}")
        if not (isinstance(answer, Page) and answer.after):
            del self._awaited[number]
        self.arrived.append(number)
        self._answers[number].append(answer)


def random_id() -> bytes:
    """Of an operation or a ticket."""
    return os.urandom(16)
