#!/usr/bin/env python3
# Meets a hub as a gateway would that was written from docs/sync.md alone: copies its region by
# blocks and again by the feed, changes a password, repeats it, withdraws another, opens a ticket
# and leaves. Prints what it saw as one JSON object; what a hub may not do is an error.
import argparse
import dataclasses
import json
import secrets
import ssl
import sys

from columns import ACTIVATED, BLOCK, LOCKED, Row, fingerprint
from frames import Farewell, WireError
from gateway import Address, Gateway, connect, random_id
from messages import (ALL_FEED, BEGINNING, NOW, URGENT_FEED, WITHDRAWN, Apply, AskContactChanges,
                      AskFingerprints, AskRows, Change, Changes, ContactChange, Meet, OpenTicket)

PAGES = 4
ROWS_IN_FLIGHT = 16
VERIFIER = "$argon2id$v=19$m=19456,t=2,p=1$Z2FyYW1nYXJhbQ$c2FuZGl5YW5nZGlwaWxpaGtlZHVh"
NEVER = "$argon2id$v=19$m=19456,t=2,p=1$Z2FyYW1nYXJhbQ$aW5pdGlkYWtwZXJuYWhkaWJ1YXQ"
# Of a clock that is years behind: only the time between the two may count.
SECOND = 1_700_000_000
UNTIL = SECOND + 72 * 3600


class Copy:
    """The accounts of a region by their numbers, and which numbers are gone."""

    def __init__(self) -> None:
        self.rows: dict[int, Row] = {}
        self.gone: set[int] = set()
        self.pages = 0
        self.cursor = ""

    def take(self, rows: list[Row]) -> None:
        for row in rows:
            self.rows.pop(row.number, None)
            self.gone.discard(row.number)
            if row.gone:
                self.gone.add(row.number)
            else:
                self.rows[row.number] = row

    def follow(self, hub: Gateway, feed: int, cursor: str, most: int) -> None:
        for page in hub.pages(Changes(feed, cursor, most, PAGES)):
            self.take(page.rows)
            self.pages += 1
            self.cursor = page.cursor

    def row_of(self, account: str) -> Row:
        return next(row for row in self.rows.values() if row.id == account)


def copied_by_blocks(hub: Gateway, highest: int) -> tuple[Copy, list[dict]]:
    """What changes while the blocks are read comes after the anchor."""
    copy, told = Copy(), []
    anchor = hub.say(Changes(ALL_FEED, NOW, 1, 1))
    blocks, first = [], 0
    while first <= highest // BLOCK:
        found = hub.say(AskFingerprints(first)).blocks
        if not found:
            break
        blocks += found
        first = found[-1].block + 1
    for at in range(0, len(blocks), ROWS_IN_FLIGHT):
        some = blocks[at:at + ROWS_IN_FLIGHT]
        for block, number in zip(some, hub.ask(*(AskRows(block.block) for block in some))):
            rows = hub.answer(number).rows
            copy.take(rows)
            told.append({"block": block.block, "count": block.count, "rows": len(rows),
                         "same": fingerprint(rows) == block.fingerprint})
    copy.follow(hub, ALL_FEED, anchor.cursor, 200)
    return copy, told


def copied_by_feed(hub: Gateway, feed: int) -> Copy:
    copy = Copy()
    copy.follow(hub, feed, BEGINNING, 200)
    return copy


def changed_password(hub: Gateway, copy: Copy, account: str, verifier: str) -> dict:
    """A change, the same again, the same id with other words, and one on versions of yesterday."""
    row = copy.row_of(account)
    change = Change(random_id(), account, row.password_version, row.identity_version, verifier,
                    True, UNTIL)
    other = dataclasses.replace(change, verifier=NEVER)
    late = dataclasses.replace(change, operation=random_id(), verifier=NEVER)
    stranger = dataclasses.replace(late, operation=random_id(), account="tiada1@guru.sd")
    told = {"operation": change.operation.hex()}
    [told["first"]] = hub.say(Apply(SECOND, (change,))).verdicts
    told["then"] = hub.say(Apply(SECOND, (change, other, late, stranger))).verdicts
    copy.follow(hub, ALL_FEED, copy.cursor, 200)
    told["versions"] = [row.password_version, copy.row_of(account).password_version]
    return told


def withdrew(hub: Gateway, copy: Copy, account: str, made: str, verifier: str) -> dict:
    """A new change, which then comes all the same; and the one that was made, too late."""
    row = copy.row_of(account)
    change = Change(random_id(), account, row.password_version, row.identity_version, NEVER)
    before = Change(bytes.fromhex(made), account, row.password_version - 1, WITHDRAWN, verifier,
                    True, UNTIL)
    told = {"operation": change.operation.hex()}
    withdrawal = dataclasses.replace(change, identity_version=WITHDRAWN)
    [told["withdrawn"]] = hub.say(Apply(SECOND, (withdrawal,))).verdicts
    [told["sent"]] = hub.say(Apply(SECOND, (change,))).verdicts
    [told["too_late"]] = hub.say(Apply(SECOND, (before,))).verdicts
    return told


def contact_changes(hub: Gateway) -> list[ContactChange]:
    found: list[ContactChange] = []
    while some := hub.say(AskContactChanges(found[-1].cursor if found else 0, 2)).changes:
        found += some
    return found


def overtook(hub: Gateway) -> dict:
    """An urgent request while pages are on their way."""
    urgent, pages, before = 0, 0, 0
    for page in hub.pages(Changes(ALL_FEED, BEGINNING, 20, 2 * PAGES)):
        pages += 1
        if pages == 1:
            [urgent] = hub.ask(AskContactChanges(0))
        before += urgent not in hub.arrived
    hub.answer(urgent)
    return {"pages": pages, "before": before}


def replaced(hub: Gateway, options: argparse.Namespace, fence: int) -> int:
    """The code that the older connection of a site is told."""
    newer = Gateway(connect(address(options)))
    newer.say(Meet(options.count + 1, secrets.randbits(63), fence))
    try:
        hub.ping()
    except Farewell as told:
        return told.code
    finally:
        newer.leave()
    return 0


def spelled(row: Row) -> dict:
    return dataclasses.asdict(row) | {"activated": bool(row.flags & ACTIVATED),
                                      "locked": bool(row.flags & LOCKED)}


def followed(options: argparse.Namespace) -> dict:
    hub = Gateway(connect(address(options), options.newest))
    welcome = hub.say(Meet(options.count, secrets.randbits(63), options.fence))
    blocks, told = copied_by_blocks(hub, welcome.highest)
    feed, urgent = copied_by_feed(hub, ALL_FEED), copied_by_feed(hub, URGENT_FEED)
    rows = sorted(blocks.rows.values(), key=lambda row: row.id)
    saw = {
        "welcome": dataclasses.asdict(welcome) | {"epoch": welcome.epoch.hex()},
        "blocks": told,
        "count": len(rows),
        "ids": [row.id for row in rows],
        "accounts": [spelled(row) for row in rows],
        "feed": {"pages": feed.pages, "same": feed.rows == blocks.rows,
                 "gone": sorted(feed.gone)},
        "urgent": {"pages": urgent.pages, "same": urgent.rows == blocks.rows,
                   "gone": sorted(urgent.gone)},
        "change": changed_password(hub, feed, options.account, options.verifier),
    }
    saw["withdrawal"] = withdrew(hub, feed, options.account, saw["change"]["operation"],
                                 options.verifier)
    ticket = OpenTicket(random_id(), 1234567, options.account, 1, SECOND)
    hub.say(ticket)
    hub.say(ticket)
    saw["ticket"] = ticket.id.hex()
    saw["contact_changes"] = [dataclasses.asdict(change) for change in contact_changes(hub)]
    saw["overtaking"] = overtook(hub)
    saw["ping"] = hub.ping()
    saw["replaced"] = replaced(hub, options, welcome.fence)
    return saw


def address(options: argparse.Namespace) -> Address:
    host, port = options.hub.rsplit(":", 1)
    return Address(host, int(port), options.name, options.ca, options.certificate, options.key)


def main() -> int:
    words = argparse.ArgumentParser(description="follow a hub as docs/sync.md tells it")
    words.add_argument("--hub", required=True, metavar="HOST:PORT")
    words.add_argument("--name", required=True, help="in the hub's certificate")
    words.add_argument("--ca", required=True)
    words.add_argument("--certificate")
    words.add_argument("--key")
    words.add_argument("--account", default="guru1@guru.sd", help="whose password is changed")
    words.add_argument("--verifier", default=VERIFIER, help="argon2id in PHC form")
    words.add_argument("--count", type=int, default=1, help="of meetings, with this one")
    words.add_argument("--fence", type=int, default=0, help="of the last welcome")
    words.add_argument("--newest", choices=["1.2", "1.3"], default="1.3", help="version of TLS")
    options = words.parse_args()
    options.newest = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[options.newest]
    try:
        print(json.dumps(followed(options)))
    except (OSError, WireError, Farewell) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
