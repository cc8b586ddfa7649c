# The house rules as tables: who may include whom, which calls are banned where and what to write
# instead, and what may never stand in a file. A rule is a row here; how rows are applied to a file
# is told in scan.py. Folders are prefixes of paths relative to the repository.
import re
from dataclasses import dataclass

CPP = (".cpp", ".hpp")
SCRIPTS = (".py", ".js", ".sh")
SOURCES = CPP + SCRIPTS

FILE_LINES = 450
FUNCTION_LINES = 70
LINE_COLUMNS = 100
HEADER_COMMENT_WORDS = 12  # two short sentences

ROOMS = ("protocols/", "daemon/", "config/")
# The files that put the parts together: they alone know clocks and concrete drivers.
PROGRAMS = ("daemon/replica_commands.cpp", "daemon/replica_commands.hpp",
            "daemon/main.cpp", "daemon/central_side.cpp", "daemon/central_side.hpp",
            "daemon/hub_directory.cpp", "daemon/hub_directory.hpp",
            "daemon/hub_main.cpp", "daemon/hub_main.hpp", "daemon/pulihctl.cpp",
            "daemon/live_commands.cpp", "daemon/live_commands.hpp", "daemon/central_commands.cpp",
            "daemon/central_commands.hpp", "daemon/hub_commands.cpp", "daemon/hub_commands.hpp",
            "daemon/key_commands.cpp", "daemon/key_commands.hpp",
            "daemon/exits.hpp", "daemon/wall_clock.hpp")
PURE_ROOMS = ("protocols/", "daemon/conversation/")
# Of protocols/ only the link touches a socket, so only it may read a clock.
SHELL = PROGRAMS + ("protocols/smpp/link.cpp", "daemon/carriers/", "daemon/operator/",
                    "daemon/hub/")

# Which rooms of ours a room may include besides itself (DESIGN section 3).
MAY_INCLUDE = {
    "protocols/smpp/": (),
    "protocols/gsm/": (),
    "protocols/ussd/": ("protocols/smpp/", "protocols/gsm/"),
    "daemon/accounts/": (),
    "daemon/conversation/": ("daemon/accounts/",),
    "daemon/engine/": ("daemon/accounts/", "daemon/conversation/"),
    "daemon/store/": ("daemon/accounts/", "daemon/conversation/", "daemon/engine/"),
    "daemon/central/": ("daemon/accounts/", "daemon/conversation/", "daemon/engine/"),
    "daemon/directory/": (
        "daemon/accounts/", "daemon/central/",
        "protocols/gsm/msisdn.hpp",  # directories hold numbers as people write them
    ),
    "daemon/hub/": (
        "daemon/accounts/", "daemon/central/", "daemon/engine/",
        "protocols/smpp/stream.hpp", "protocols/smpp/tls.hpp",
    ),
    "daemon/carriers/": (
        "daemon/accounts/", "daemon/conversation/", "daemon/engine/", "protocols/",
    ),
    "daemon/operator/": (
        "daemon/accounts/", "daemon/carriers/", "daemon/conversation/", "daemon/engine/",
        "daemon/central/sync_news.hpp",  # values only
    ),
    "config/": ("daemon/accounts/", "daemon/conversation/", "protocols/gsm/",
                # Certificates are loaded here as the daemon will load them.
                "protocols/smpp/tls.hpp", "protocols/ussd/dialect.hpp"),
}


@dataclass(frozen=True)
class Ban:
    """What may not stand in the files under `where`, except under `but`; and what to write."""

    pattern: re.Pattern
    what: str
    instead: str
    where: tuple = ("",)
    but: tuple = ()


def ban(pattern, what, instead, where=("",), but=()):
    return Ban(re.compile(pattern), what, instead, tuple(where), tuple(but))


def library(header, owners, instead):
    return ban(rf'#\s*include\s*[<"]{header}', "a library of another room", instead, ROOMS, owners)


# Searched in the code of C++ files, comments and the contents of strings left out.
INCLUDE_BANS = (
    library(r"boost/", ("protocols/smpp/", "daemon/carriers/", "daemon/hub/", "daemon/operator/",
                        "daemon/central/socket_wait.")  # for libpq's sockets
            + PROGRAMS,
            "hand the values in; sockets and timers live in the shell"),
    library(r"(SQLiteCpp/|sqlite3)", ("daemon/store/", "daemon/central/"),
            "go through the ports Store and Central"),
    library(r"libpq", ("daemon/central/",), "go through the port Central"),
    library(r"(ldap|lber)\.h", ("daemon/directory/",), "go through the port Directory"),
    library(r"zstd", ("daemon/hub/",), "hand octets to daemon/hub, which compresses them"),
    library(r"spdlog/", ("daemon/operator/",) + PROGRAMS, "tell daemon/operator's journal"),
    library(r"yaml-cpp/", ("config/",), "take the read settings as an argument"),
    library(r"systemd/", ("daemon/operator/",) + PROGRAMS, "go through daemon/operator"),
    library(r"sodium", ("daemon/accounts/",) + PROGRAMS, "use the functions of daemon/accounts"),
    library(r"CLI/", PROGRAMS, "command lines are the programs' own"),
    library(r"curl/", ("daemon/directory/",), "go through the port Directory"),
    library(r"nlohmann/", ("daemon/operator/",) + PROGRAMS,
            "hand values to daemon/operator, which tells them as JSON"),
    ban(r"#\s*include\s*<(random|ctime|thread)>", "a clock, thread or random device in a pure room",
        "take the time and the entropy as arguments", PURE_ROOMS, SHELL),
    ban(r"#\s*include\s*<regex>", "std::regex: its recursion follows a stranger's input",
        "a hand-written scan over string_view"),
)

CALL_BANS = (
    ban(r"\bstd::\w+_distribution\b", "a distribution: results differ between libraries",
        "accounts::Entropy, which replays from a seed"),
    ban(r"(?<![\w.>])(?:s?rand|[de]rand48|random)\s*\(", "a random call that no seed replays",
        "accounts::Entropy"),
    ban(r"\b(random_device|getrandom|randombytes_\w+)\b", "a random device",
        "take accounts::Entropy as an argument", ROOMS, ("daemon/accounts/",) + PROGRAMS),
    ban(r"(?<![\w.>])(strcpy|strcat|sprintf|vsprintf|gets|strtok)\s*\(", "an unbounded C call",
        "std::string, std::string_view or fmt::format"),
    ban(r"(?<![\w.>])(ato[ifl]|atoll|strtou?ll?|sto[ild]|stou?ll?|stoul)\s*\(",
        "a conversion that skips errors or throws", "std::from_chars"),
    ban(r"(?<![\w.>])(system|popen)\s*\(", "a shell", "call the library, or posix_spawn in tests"),
    ban(r"\bstd::endl\b", "std::endl, which flushes", r"'\n'"),
    ban(r"(?<![\w.>])(sleep|usleep|nanosleep|sleep_for|sleep_until)\s*\(", "sleeping",
        "wait for the event itself: a timer in the shell, simulated time in a test"),
    ban(r"::(sleep_for|sleep_until)\b", "sleeping",
        "wait for the event itself: a timer in the shell, simulated time in a test"),
    ban(r"(?<!_)\b(std::)?memcmp\s*\(", "memcmp, whose time tells where secrets differ",
        "Secret's ==, sodium_memcmp, or std::ranges::equal for what is public", ROOMS),
    ban(r"\b\w+_clock::now\b|\b(gettimeofday|clock_gettime)\s*\(|\btime\s*\((nullptr|NULL|0)\)",
        "reading a clock", "take `now` as an argument",
        ROOMS + ("tests/unit/", "tests/simulation/"), SHELL),
    ban(r"(?<![\w.>])assert\s*\(", "assert, which is gone with NDEBUG",
        "a check that stays in release and aborts"),
    ban(r"\.detach\s*\(\s*\)", "a detached thread", "std::jthread, joined by its owner"),
    ban(r"\bstd::(cout|cerr|clog)\b|(?<![\w.>])f?printf\s*\(", "printing past the journal",
        "daemon/operator's journal", ROOMS, PROGRAMS + ("daemon/central/seed.cpp",)),
    ban(r"\b(spdlog|journal|log(ger)?)\w*(::|\.|->)\w+\(.*reveal\s*\(", "a secret in a log",
        "log the masked form, or nothing"),
    ban(r"^\s*using\s+namespace\b", "using namespace", "the name itself, or a using declaration",
        ROOMS),
)

# Searched in the string literals of C++ files.
SQL_BAN = ban(
    r"\b(SELECT\b.+\bFROM|INSERT\b.+\bINTO|REPLACE INTO|UPDATE \w+ SET|DELETE FROM|PRAGMA \w+"
    r"|(CREATE|DROP) (TABLE|INDEX|TRIGGER|VIEW)|BEGIN (IMMEDIATE|EXCLUSIVE))\b",
    "SQL outside the store and the central database", "go through the ports Store and Central",
    ROOMS, ("daemon/store/", "daemon/central/", "config/central/"),
)

# Searched in every line of every text file.
TEXT_BANS = (
    ban(r"\b(TODO|FIXME|XXX|HACK)\b", "unfinished work", "finish it, or leave it out",
        but=("tests/tidy/",)),
    ban(r"(?<![\w./~$}])/(work|home|root|Users)/\w", "a path of one machine", "a relative path",
        but=("tests/tidy/",)),
)

# Data of people must be invented (DESIGN section 4, last paragraph).
EMAIL = re.compile(r"[\w.+-]+@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)\b")
EMAIL_INVENTED = re.compile(
    r"(^|\.)(example\.(org|com|net)|[\w-]+\.example|example)$"
    # An account's normal form has no domain; a systemd instance is no address.
    r"|^(guru|admin|dinas|mitra|yayasan)(\.\w+)?$|\.(service|socket|target|timer)$")
PHONE = re.compile(r"(?<![\w.])(?:\+?62|0)[ -]?8[1-9]\d(?:[ -]?\d){6,10}(?![\w])")
PHONE_INVENTED = "62811000"
DATA_EXEMPT = ("tests/tidy/", "tests/interop/package-lock.json")
