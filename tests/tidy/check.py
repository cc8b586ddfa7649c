#!/usr/bin/env python3
# The house rules as a test: reads every file that git knows or would add, prints each violation as
# "file:line: what: what instead" and fails if there is one. With --build it also looks for files
# that no build compiles; clang-format is asked about the layout of all C++ files at once.
import argparse
import json
import pathlib
import re
import subprocess
import sys

import rules
from scan import Violation, file_violations

ROOT = pathlib.Path(__file__).resolve().parents[2]


def listed_files(root):
    answer = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=root,
                            check=True, capture_output=True)
    names = answer.stdout.decode().split("\0")
    return sorted({name for name in names if name and (root / name).is_file()})


def text_of(path):
    """The text of a file, or nothing for a binary one."""
    data = path.read_bytes()
    if b"\0" in data:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def compiled_files(build):
    """What the build compiles, one by one or several in one (UNITY_BUILD)."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        file = pathlib.Path(entry["file"]).resolve()
        yield file
        if file.parent.name == "Unity" and file.exists():
            for name in re.findall(r'#include "(.+)"', file.read_text()):
                yield pathlib.Path(name).resolve()


def uncompiled(files, build, root):
    """C++ files that no target compiles. Fuzz targets and benchmarks have builds of their own, so
    they are looked up in the CMake file beside them."""
    compiled = set(compiled_files(build))
    for name in files:
        if not name.endswith(".cpp") or (root / name).resolve() in compiled:
            continue
        if name.startswith(("tests/fuzz/", "tests/bench/")):
            recipe = (root / name).parent / "CMakeLists.txt"
            stem = pathlib.Path(name).stem
            if recipe.exists() and re.search(rf"\b{stem}\b|\*\.cpp", recipe.read_text()):
                continue
        yield Violation(name, 1, "compiled by no target", "name it in CMakeLists.txt, or delete it")


def unread_dialogues(files, root):
    """Golden transcripts that no test replays."""
    readers = [(root / name).read_text() for name in files if name.startswith("tests/dialogue/")
               and name.endswith(".cpp")]
    for name in files:
        if not re.fullmatch(r"tests/dialogue/.*\.txt", name):
            continue
        stem = pathlib.Path(name).name
        if not any("directory_iterator" in text or stem in text for text in readers):
            yield Violation(name, 1, "a transcript no test replays", "let tests/dialogue read it")


def misformatted(files, root):
    sources = [name for name in files if name.endswith(rules.CPP)]
    if not sources:
        return
    answer = subprocess.run(["clang-format", "--dry-run", *sources], cwd=root, check=True,
                            capture_output=True, text=True)
    seen = set()
    for match in re.finditer(r"^(.+?):(\d+):\d+: warning:", answer.stderr, re.M):
        if match.group(1) not in seen:
            seen.add(match.group(1))
            yield Violation(match.group(1), int(match.group(2)), "not formatted",
                            "clang-format -i " + match.group(1))


def main():
    arguments = argparse.ArgumentParser(description="check the house rules")
    arguments.add_argument("--build", type=pathlib.Path, help="a configured build folder")
    build = arguments.parse_args().build

    files = listed_files(ROOT)
    found = []
    for name in files:
        text = text_of(ROOT / name)
        if text is not None:
            found += file_violations(name, text)
    if build:
        found += uncompiled(files, build, ROOT)
    found += unread_dialogues(files, ROOT)
    found += misformatted(files, ROOT)
    for violation in found:
        print(violation)
    print(f"tidy: {len(files)} files, {len(found)} violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
