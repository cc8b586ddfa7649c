# How the rows of rules.py are applied to one file: a small scanner tells C++ code from comments and
# strings, and one function for each kind of rule yields its violations. It reads lines and braces,
# not C++, so it leans on clang-format's layout; what it cannot know it lets pass.
import re
from dataclasses import dataclass

import rules


@dataclass(frozen=True)
class Violation:
    path: str
    line: int
    what: str
    instead: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.what}: {self.instead}"


TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/'
    r'|R"(?P<mark>[^\s()\\]{0,16})\(.*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'",
    re.S)


def blanked(text):
    return re.sub(r"[^\n]", " ", text)


def code_of(text):
    """C++ text with comments and the contents of literals blanked, lines and columns kept."""

    def blank(match):
        token = match.group()
        if token.startswith("/"):
            return blanked(token)
        line = text[text.rfind("\n", 0, match.start()) + 1:match.start()]
        if re.fullmatch(r"\s*#\s*include\s*", line):
            return token
        return token[0] + blanked(token[1:-1]) + token[-1]

    return TOKEN.sub(blank, text)


def strings_of(text):
    """C++ text with everything but the string literals blanked."""
    pieces, end = [], 0
    for match in TOKEN.finditer(text):
        pieces.append(blanked(text[end:match.start()]))
        literal = '"' in match.group()[:20] and not match.group().startswith("/")
        pieces.append(match.group() if literal else blanked(match.group()))
        end = match.end()
    return "".join(pieces) + blanked(text[end:])


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def applies(path, row):
    return path.startswith(row.where) and not (row.but and path.startswith(row.but))


def bans(path, text, rows):
    active = [row for row in rows if applies(path, row)]
    for number, line in enumerate(text.split("\n"), 1):
        for row in active:
            if row.pattern.search(line):
                yield Violation(path, number, row.what, row.instead)


def includes(path, code):
    room = next((r for r in rules.MAY_INCLUDE if path.startswith(r)), None)
    for match in re.finditer(r'#\s*include\s*"([^"]+)"', code):
        target, line = match.group(1), line_of(code, match.start())
        if path.startswith("tests/") or target.startswith("tests/"):
            if not path.startswith("tests/"):
                yield Violation(path, line, f"includes {target}", "rooms know nothing of tests")
        elif not target.startswith(rules.ROOMS):
            yield Violation(path, line, f"includes {target}", "the path from the repository's root")
        elif room and not target.startswith((room,) + rules.MAY_INCLUDE[room]):
            yield Violation(path, line, f"{room} includes {target}",
                            "hand it in through a port, or move what both need to a lower room")


def header_comment(path, text):
    lines = text.split("\n")
    mark = "//" if path.endswith(rules.CPP + (".js",)) else "#"
    start = 1 if lines and lines[0].startswith("#!") else 0
    words = 0
    for line in lines[start:]:
        if not line.startswith(mark):
            break
        words += len(re.findall(r"[A-Za-z]\w*", line))
    if words < rules.HEADER_COMMENT_WORDS:
        yield Violation(path, start + 1, "no header comment worth two sentences",
                        "say what the file is for and what it promises")


def sizes(path, text):
    lines = text.split("\n")
    if len(lines) - 1 > rules.FILE_LINES:
        yield Violation(path, len(lines) - 1, f"more than {rules.FILE_LINES} lines",
                        "one idea a file: split it where the ideas part")
    for number, line in enumerate(lines, 1):
        if len(line) > rules.LINE_COLUMNS:
            yield Violation(path, number, f"{len(line)} columns",
                            f"break the line at {rules.LINE_COLUMNS}")


SCOPE = re.compile(r'\b(namespace|class|struct|union|enum)\b|extern\s+"')


def brace_kind(statement, around):
    """What an opening brace begins, from the text of its statement and the brace around it."""
    if around == "initializer" or (re.search(r"\)\s*:.*[\w>]$", statement, re.S)):
        return "initializer"  # of a member, as in `Name() : a_{1} {`
    if statement.rstrip().endswith("="):
        return "data"
    if ")" in statement and not (SCOPE.match(statement) and not statement.rstrip().endswith(")")):
        return "function"
    return "scope" if SCOPE.search(statement) else "data"


def functions(code):
    """(first line, last line) of each function: a brace that follows a parameter list and stands in
    nothing but namespaces, classes and tables."""
    braces, statement, start = [], "", None
    for position, char in enumerate(code):
        inside = "function" in braces
        if char == "{":
            around = braces[-1] if braces else ""
            braces.append("block" if inside else brace_kind(statement, around))
            if braces[-1] in ("scope", "data"):
                statement, start = "", None
        elif char == "}" and braces:
            kind = braces.pop()
            if kind == "function":
                yield start, line_of(code, position)
            if kind in ("function", "scope", "data"):
                statement, start = "", None
        elif char == ";" and not inside:
            statement, start = "", None
        elif not inside and (statement or not char.isspace()):
            start = start or line_of(code, position)
            statement += char


def function_lengths(path, code):
    # Preprocessor lines have no part in statements.
    code = re.sub(r"^[ \t]*#[^\n]*(\\\n[^\n]*)*", lambda m: blanked(m.group()), code, flags=re.M)
    for first, last in functions(code):
        if last - first + 1 > rules.FUNCTION_LINES:
            yield Violation(path, first, f"a function of {last - first + 1} lines",
                            f"at most {rules.FUNCTION_LINES}: name its steps")


def unordered_iteration(path, code):
    if not path.startswith(rules.PURE_ROOMS + ("daemon/engine/", "tests/simulation/")):
        return
    for match in re.finditer(r"\bunordered_(?:multi)?(?:map|set)\s*<[^;{}()]*>\s*&?\s*(\w+)", code):
        name = re.escape(match.group(1))
        for use in re.finditer(rf":\s*{name}\s*\)|\b{name}\s*\.\s*c?begin\s*\(", code):
            yield Violation(path, line_of(code, use.start()),
                            f"iteration over the unordered {match.group(1)}",
                            "std::map, a sorted vector or boost's flat_map: order must replay")


def personal_data(path, text):
    if path.startswith(rules.DATA_EXEMPT):
        return
    for number, line in enumerate(text.split("\n"), 1):
        for match in rules.EMAIL.finditer(line):
            if not rules.EMAIL_INVENTED.search(match.group(1).lower()):
                yield Violation(path, number, "an e-mail address or account that could be real",
                                "an address at example.org, an account at belajar.example")
        for match in rules.PHONE.finditer(line):
            digits = re.sub(r"^0", "62", re.sub(r"\D", "", match.group()))
            if not digits.startswith(rules.PHONE_INVENTED):
                yield Violation(path, number, "a phone number that could be real",
                                "a number from 6281100000000 up")


def file_violations(path, text):
    """Every violation that one file shows by itself."""
    found = list(bans(path, text, rules.TEXT_BANS)) + list(personal_data(path, text))
    if path.endswith(rules.SOURCES):
        found += header_comment(path, text)
        found += sizes(path, text)
    if path.endswith(rules.CPP):
        code = code_of(text)
        found += includes(path, code)
        found += bans(path, code, rules.INCLUDE_BANS + rules.CALL_BANS)
        found += bans(path, strings_of(text), (rules.SQL_BAN,))
        found += function_lengths(path, code)
        found += unordered_iteration(path, code)
    return found
