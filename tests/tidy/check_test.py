#!/usr/bin/env python3
# The house rules on small planted files: each test plants one violation, or something that looks
# like one and is none. Needs no build and no git; writes into temporary folders only.
import json
import pathlib
import tempfile
import unittest

import check
import rules
import scan

HEADER = "// The noun of this file, and what it is for. It promises to be short and right.\n"


def found(path, text):
    return [f"{v.line}: {v.what}" for v in scan.file_violations(path, text)]


def code(path, text):
    return found(path, HEADER + text)


class Includes(unittest.TestCase):
    def test_protocols_do_not_include_the_daemon(self):
        self.assertEqual(code("protocols/smpp/a.cpp", '#include "daemon/engine/ports.hpp"\n'),
                         ["2: protocols/smpp/ includes daemon/engine/ports.hpp"])

    def test_the_conversation_includes_no_sockets_stores_journals_or_clocks(self):
        for header in ("boost/asio.hpp", "SQLiteCpp/SQLiteCpp.h", "spdlog/spdlog.h", "random"):
            with self.subTest(header):
                line = f"#include <{header}>\n"
                self.assertEqual(len(code("daemon/conversation/a.cpp", line)), 1)

    def test_each_library_stands_in_its_room(self):
        for path, header in (("daemon/store/a.cpp", "SQLiteCpp/SQLiteCpp.h"),
                             ("config/a.cpp", "yaml-cpp/yaml.h"),
                             ("daemon/main.cpp", "CLI/CLI.hpp"),
                             ("protocols/smpp/link.cpp", "boost/asio.hpp"),
                             ("daemon/accounts/a.hpp", "sodium.h")):
            with self.subTest(path):
                self.assertEqual(code(path, f"#include <{header}>\n"), [])

    def test_a_concrete_driver_is_known_to_programs_and_tests_only(self):
        line = '#include "daemon/store/sqlite_store.hpp"\n'
        self.assertEqual(len(code("daemon/engine/a.cpp", line)), 1)
        self.assertEqual(code("daemon/main.cpp", line), [])
        self.assertEqual(code("tests/simulation/a.cpp", line), [])

    def test_an_include_in_a_comment_is_none(self):
        self.assertEqual(code("protocols/smpp/a.cpp", '// #include "daemon/a.hpp"\n'), [])


class Calls(unittest.TestCase):
    def test_banned_calls_are_found(self):
        for line in ("std::uniform_int_distribution<int> d;", "int x = rand();", "strcpy(a, b);",
                     "sprintf(a, b);", "system(a);", "out << std::endl;", "assert(x);",
                     "int n = std::stoi(a);", "std::this_thread::sleep_for(1s);", "a.detach();",
                     "if (std::memcmp(a, b, 3)) f();", "auto t = std::chrono::system_clock::now();",
                     "std::random_device seed;", "std::cout << a;", "using namespace std;",
                     "spdlog::info(\"{}\", code.reveal());"):
            with self.subTest(line):
                self.assertTrue(code("daemon/engine/a.cpp", line + "\n"))

    def test_what_only_resembles_a_banned_call_passes(self):
        for line in ("operand(x);", "file.system(x);", "static_assert(x);", "int n = 1'000'000;",
                     "// rand() would not replay", 'say("never strcpy(a, b)");',
                     "sodium_memcmp(a, b, 3);"):
            with self.subTest(line):
                self.assertEqual(code("daemon/engine/a.cpp", line + "\n"), [])

    def test_the_shell_may_read_the_clock(self):
        line = "auto now = std::chrono::steady_clock::now();\n"
        self.assertEqual(code("protocols/smpp/link.cpp", line), [])
        self.assertTrue(code("protocols/smpp/session.cpp", line))

    def test_a_test_does_not_sleep(self):
        self.assertTrue(code("tests/unit/smpp/a.cpp", "std::this_thread::sleep_until(t);\n"))

    def test_sql_stands_in_the_store_and_central_rooms_only(self):
        line = 'db.exec("SELECT id FROM accounts");\n'
        self.assertEqual(code("daemon/store/a.cpp", line), [])
        self.assertEqual(len(code("daemon/engine/a.cpp", line)), 1)
        self.assertEqual(code("daemon/engine/a.cpp", "// SELECT id FROM accounts\n"), [])

    def test_sql_in_a_raw_string_is_found(self):
        self.assertEqual(len(code("config/a.cpp", 'auto q = R"(DELETE FROM accounts)";\n')), 1)


class Order(unittest.TestCase):
    LOOP = "std::unordered_map<int, std::vector<int>> parts;\nfor (auto& p : parts) use(p);\n"

    def test_a_pure_room_does_not_iterate_over_an_unordered_container(self):
        self.assertEqual(code("protocols/gsm/a.cpp", self.LOOP),
                         ["3: iteration over the unordered parts"])

    def test_looking_up_is_no_iteration(self):
        text = "std::unordered_map<int, int> parts;\nparts.find(3);\n"
        self.assertEqual(code("protocols/gsm/a.cpp", text), [])

    def test_elsewhere_it_may(self):
        self.assertEqual(code("daemon/operator/a.cpp", self.LOOP), [])


class Shape(unittest.TestCase):
    def function(self, lines, opening="int f(int a) {"):
        return f"namespace x {{\n{opening}\n" + "  a();\n" * (lines - 2) + "}\n}  // namespace x\n"

    def test_a_function_has_at_most_seventy_lines(self):
        self.assertEqual(code("daemon/engine/a.cpp", self.function(70)), [])
        self.assertEqual(code("daemon/engine/a.cpp", self.function(71)),
                         ["3: a function of 71 lines"])

    def test_a_constructor_with_braced_members_is_measured_whole(self):
        opening = "Engine::Engine(int a) : a_{a}, b_{1} {"
        self.assertEqual(code("daemon/engine/a.cpp", self.function(71, opening)),
                         ["3: a function of 71 lines"])

    def test_a_method_inside_a_class_is_measured_and_the_class_is_not(self):
        method = "  void f() {\n" + "    a();\n" * 30 + "  }\n"
        self.assertEqual(code("daemon/engine/a.hpp", "class A {\n" + method * 3 + "};\n"), [])
        long_method = "  void f() const {\n" + "    a();\n" * 70 + "  }\n"
        self.assertEqual(code("daemon/engine/a.hpp", "class A {\n" + long_method + "};\n"),
                         ["3: a function of 72 lines"])

    def test_a_table_is_no_function(self):
        table = "constexpr int table[] = {\n" + "    1,\n" * 200 + "};\n"
        self.assertEqual(code("daemon/engine/a.cpp", table), [])

    def test_a_file_has_at_most_450_lines(self):
        self.assertEqual(found("daemon/engine/a.cpp", HEADER + "\n" * 450),
                         ["451: more than 450 lines"])

    def test_a_line_has_at_most_a_hundred_columns(self):
        self.assertEqual(code("daemon/engine/a.cpp", "x" * 101 + "\n"), ["2: 101 columns"])
        self.assertEqual(code("daemon/engine/a.cpp", "ä" * 100 + "\n"), [])

    def test_a_source_file_opens_with_what_it_promises(self):
        what = "1: no header comment worth two sentences"
        self.assertEqual(found("daemon/engine/a.hpp", "#pragma once\n"), [what])
        self.assertEqual(found("daemon/engine/a.hpp", "// Batches.\n#pragma once\n"), [what])

    def test_a_script_opens_below_its_interpreter(self):
        self.assertEqual(found("tests/a.sh", "#!/bin/sh\n" + HEADER.replace("//", "#")), [])

    def test_unfinished_work_is_found(self):
        self.assertEqual(code("daemon/engine/a.cpp", "// TODO later\n"), ["2: unfinished work"])

    def test_a_path_of_one_machine_is_found(self):
        self.assertEqual(found("README.md", "see /home/budi/pulih\n"), ["1: a path of one machine"])


class PersonalData(unittest.TestCase):
    def test_invented_data_passes(self):
        for text in ("6281100000042", "0811 0000 0042", "+62 811 0000 0042", "guru@example.org",
                     "budi12@guru.sd.belajar.example", "budi12@guru.sd", "pulihd@nabire.service"):
            with self.subTest(text):
                self.assertEqual(found("config/pulih.yaml", text), [])

    def test_data_that_could_be_real_is_found(self):
        for text in ("62812" + "34567890", "0812-" + "3456-7890".replace("-", " "),
                     "budi12@guru.sd.belajar" + ".id", "guru@gmail" + ".com"):
            with self.subTest(text):
                self.assertEqual(len(found("config/pulih.yaml", text)), 1)

    def test_a_domain_alone_or_a_digest_is_no_person(self):
        self.assertEqual(found("config/pulih.yaml", "domain: belajar.id"), [])
        self.assertEqual(found("config/pulih.yaml", "a6281234567890abcdef"), [])


class Orphans(unittest.TestCase):
    def test_a_source_that_no_target_compiles_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "compile_commands.json").write_text(json.dumps([{"file": str(root / "a.cpp")}]))
            orphans = check.uncompiled(["a.cpp", "b.cpp"], root, root)
            self.assertEqual([v.path for v in orphans], ["b.cpp"])

    def test_a_source_that_is_compiled_with_others_is_none(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "Unity").mkdir()
            together = root / "Unity/unity_0_cxx.cxx"
            together.write_text(f'#include "{root}/a.cpp"\n')
            (root / "compile_commands.json").write_text(json.dumps([{"file": str(together)}]))
            orphans = check.uncompiled(["a.cpp", "b.cpp"], root, root)
            self.assertEqual([v.path for v in orphans], ["b.cpp"])

    def test_a_fuzz_target_is_looked_up_in_its_recipe(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "tests/fuzz").mkdir(parents=True)
            (root / "compile_commands.json").write_text("[]")
            (root / "tests/fuzz/CMakeLists.txt").write_text("pulih_fuzz(pdu)\n")
            files = ["tests/fuzz/pdu.cpp", "tests/fuzz/header.cpp"]
            orphans = check.uncompiled(files, root, root)
            self.assertEqual([v.path for v in orphans], ["tests/fuzz/header.cpp"])

    def test_a_transcript_that_nobody_replays_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "tests/dialogue").mkdir(parents=True)
            reader = root / "tests/dialogue/replay.cpp"
            reader.write_text('replay("reset.txt");')
            files = [f"tests/dialogue/{name}" for name in ("replay.cpp", "reset.txt", "lost.txt")]
            self.assertEqual([v.path for v in check.unread_dialogues(files, root)],
                             ["tests/dialogue/lost.txt"])


class Tables(unittest.TestCase):
    def test_every_rule_says_what_to_write_instead(self):
        for row in rules.INCLUDE_BANS + rules.CALL_BANS + rules.TEXT_BANS + (rules.SQL_BAN,):
            self.assertTrue(row.what and row.instead)


if __name__ == "__main__":
    unittest.main()
