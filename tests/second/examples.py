# Holds the second implementation against the worked examples of docs/sync.md (section 6): what the
# page spells out must be read as the page reads it, and written to the letter where there is but
# one way to write it. Prints how many examples it held; any difference is an AssertionError.
import re

from columns import Row
from frames import (ROOT, Code, Frame, Kind, Reading, Writing, check_preface, dictionary, farewell,
                    farewell_of, preface, take_frame)
from messages import (ALL_FEED, NOW, WITHDRAWN, Apply, Block, Change, Changes, Fingerprints, Meet,
                      Page, Unavailable, Verdicts, Welcome, read_answer, spelled)

WHEN = 1_700_000_000
BUDI = Row(100, 7, 2, 1, 3, 0, 19850817, 6281100000001, "budi12@guru.sd", "budi12@example.org")
ANSWERS = {
    "welcome": (1, Welcome(6, bytes([7] * 16), False, "papua", WHEN, 105)),
    "page": (4, Page("9", 0, 0, [BUDI, Row(105, 9, 1)])),
    "verdicts": (2, Verdicts(["applied", "superseded"])),
    "fingerprints": (5, Fingerprints([Block(0, 2, bytes.fromhex("37ba9a0cf622d929"))])),
    "unavailable": (6, Unavailable("fenced", "another copy")),
}
CHANGES = (
    Change(b"\x11" * 16, "budi12@guru.sd", 1, 3,
           "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA"),
    Change(b"\x22" * 16, "siti5@guru.sd", 200, WITHDRAWN, "$argon2id$x", True,
           WHEN + 72 * 3600, b"\xaa\xbb"),
)
REQUESTS = {
    "meet": spelled(Meet(12, 34, 5), 1),
    "apply": spelled(Apply(WHEN, CHANGES), 2),
    "changes": spelled(Changes(ALL_FEED, NOW, 500, 4), 4),
    "preface": preface().octets(),
    "farewell": farewell(Code.NOT_ENROLLED, "revoked").octets(),
}


def examples() -> dict[str, bytes]:
    page = (ROOT / "docs/sync.md").read_text()
    found = re.findall(r"^```hex ([\w-]+)\n(.*?)^```", page, re.M | re.S)
    octets = re.compile(r"((?:[0-9a-f]{2}(?: |$))*)")
    return {name: bytes.fromhex("".join(octets.match(line).group(1) for line in body.split("\n")))
            for name, body in found}


def frame_of(octets: bytes) -> Frame:
    buffer = bytearray(octets)
    frame = take_frame(buffer)
    assert frame and not buffer, octets
    return frame


def main() -> None:
    spelled_out = examples()
    for name, answer in ANSWERS.items():
        assert read_answer(spelled_out[name]) == answer, (name, read_answer(spelled_out[name]))
    for name, octets in REQUESTS.items():
        assert spelled_out[name] == octets, (name, octets.hex(" "))
    words = dictionary()
    check_preface(frame_of(spelled_out["preface"]).payload)
    assert farewell_of(frame_of(spelled_out["farewell"]).payload).code == Code.NOT_ENROLLED
    assert Reading(words).take(frame_of(spelled_out["meet-frame"])) == spelled_out["meet"]
    [ours] = Writing(words).frames(Kind.URGENT, spelled_out["meet"])
    assert Reading(words).take(ours) == spelled_out["meet"]
    held = {*ANSWERS, *REQUESTS, "meet-frame"}
    assert held == set(spelled_out), held ^ set(spelled_out)
    print(f"{len(held)} examples")


if __name__ == "__main__":
    main()
