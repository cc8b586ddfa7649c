#!/usr/bin/env bash
# The one door to this repository: every job a person or the CI does here is a verb of this script,
# and each verb only calls the real programs. It stops at the first thing that fails, except `test`,
# which runs all its stages and then fails if one of them did.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

build_packages=(g++ cmake ninja-build ccache pkg-config git
  libboost1.81-dev libsqlitecpp-dev libsqlite3-dev libyaml-cpp-dev libspdlog-dev libfmt-dev
  libsodium-dev libpq-dev libldap-dev libzstd-dev libcli11-dev libexpected-dev libssl-dev
  libsystemd-dev libcurl4-openssl-dev nlohmann-json3-dev openssl)
# The CMake files look for the test libraries too, so a build wants them as well.
test_packages=(catch2 librapidcheck-dev libbenchmark-dev libsmpp34-dev libxml2-dev
  clang libclang-rt-14-dev clang-format clang-tidy python3 python3-zstandard tshark gdb systemd-container
  kannel-extras libnet-smpp-perl postgresql-15 faketime slapd ldap-utils)

# Sanitizers cost minutes on two cores, so they get what reads hostile input or shares memory.
asan_tests='^(dialogue|simulation'
asan_tests+='|unit_(gsm|smpp|ussd|accounts|conversation|engine|store|central|central_faults|hub|carriers|config)'
asan_tests+='|central_(ldap|scim))$'
# Not the operator room: Debian's libspdlog is not instrumented, so its locks are not seen.
tsan_tests='^unit_(accounts|engine|central|hub|carriers)$'

say() { printf '\n== %s\n' "$*"; }

as_root() { if ((EUID == 0)); then "$@"; else sudo "$@"; fi; }

has_node() { node -e 'process.exit(+(process.versions.node.split(".")[0] < 18))' 2>/dev/null &&
  command -v npm >/dev/null; }

setup() {  # installs the Debian packages that are missing
  local wanted=("${build_packages[@]}" "${test_packages[@]}") missing
  has_node || wanted+=(nodejs npm)
  mapfile -t missing < <(comm -23 <(printf '%s\n' "${wanted[@]}" | sort) <(
    dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort -u))
  ((${#missing[@]})) || return 0
  say "installing ${missing[*]}"
  # tshark asks whether everybody may capture; noninteractive takes its "no". Nothing is removed
  # unasked: libboost1.81-dev conflicts with the libboost-dev (1.74) that a machine may have.
  local install=(env DEBIAN_FRONTEND=noninteractive
    apt-get install -y -q --no-install-recommends --no-remove)
  as_root "${install[@]}" "${missing[@]}" || {
    as_root apt-get update -q
    as_root "${install[@]}" "${missing[@]}"
  }
}

configure() {  # PRESET [OPTION...]; quiet unless it fails
  local output
  output=$(cmake --preset "$@" 2>&1) || { printf '%s\n' "$output" >&2; return 1; }
}

build() {  # the programs, into build/release/bin
  # Whoever builds everything once, and nothing again, is quicker with several files at a time.
  configure release ${CI:+-DPULIH_UNITY=ON}
  cmake --build --preset release
}

demo() { setup; build; exec tests/demo.sh "$@"; }

phone() { setup; build; exec tests/demo.sh --phone "$@"; }

bench() {  # [BENCHMARK OPTION...]
  setup
  build
  local program
  for program in build/release/bin/bench_*; do "$program" "$@"; done
}

lint() {  # the house rules, the formatting, then clang-tidy on every room and program
  setup
  tests/tidy/check.py
  configure lint
  local report rooms='(daemon|protocols|config)/'
  # Several files of a room at a time: most of the time goes into headers. The tests are left out;
  # the compilers' warnings and the sanitizers see them.
  report=$(run-clang-tidy -p build/lint -quiet -j "$(nproc)" -extra-arg=-Wno-unknown-warning-option \
    "^$PWD/${rooms}[^.]*\.cpp\$" "^$PWD/build/lint/$rooms.*/unity_" 2>&1) || {
    grep -v '^clang-tidy\|warnings generated' <<<"$report"
    return 1
  }
  printf 'clang-tidy: no findings\n'
}

fuzz() {  # [SECONDS]: for each tests/fuzz/corpus/NAME all of it again, then that long of new inputs
  setup
  configure fuzz
  local names
  mapfile -t names < <(ls tests/fuzz/corpus)
  cmake --build --preset fuzz --target "${names[@]/#/fuzz_}"
  printf '%s\n' "${names[@]}" | xargs -P "$(nproc)" -n 1 ./do fuzz_target "${1:-60}"
}

fuzz_target() {  # SECONDS NAME: says one line, and everything when an input was found
  local found=build/fuzz/found program=build/fuzz/bin/fuzz_$2 corpus=tests/fuzz/corpus/$2 log
  mkdir -p "$found/$2"
  log=$({
    "$program" -runs=0 "$corpus" &&
      "$program" -seed=1 -max_total_time="$1" -rss_limit_mb=1024 -artifact_prefix="$found/$2-" \
        "$found/$2" "$corpus"
  } 2>&1) || { say "fuzz $2"; printf '%s\n' "$log"; return 1; }
  printf 'fuzz %s: %s\n' "$2" "$(tail -n 1 <<<"$log")"
}

package() {  # a Debian package, in build/package
  setup
  build
  rm -rf build/package
  cpack --config build/release/CPackConfig.cmake -G DEB -B build/package
}

sanitized() {  # PRESET PATTERN: builds and runs the tests whose names match
  configure "$1"
  local programs
  mapfile -t programs < <(ctest --test-dir "build/$1" -N -R "$2" | sed -n 's/^ *Test *#[0-9]*: //p')
  cmake --build --preset "$1" --target "${programs[@]}"
  ctest --preset "$1" -R "$2" -j "$(nproc)"
}

stage() {  # NAME: one stage of `test`
  case $1 in
    unit) build; ctest --preset release -LE 'simulation|interop|chaos' -j "$(nproc)" ;;
    lint) lint ;;
    asan) sanitized asan "$asan_tests" ;;
    tsan) sanitized tsan "$tsan_tests" ;;
    simulation) build; ctest --preset release -L simulation ;;
    chaos) build; ctest --preset release -L chaos ;;
    interop) build; ctest --preset release -L interop -j "$(nproc)" ;;
    fuzz) fuzz 10 ;;
    *) printf 'do: no test stage %s\n' "$1" >&2; return 64 ;;
  esac
}

tests() {  # [STAGE...]: unit lint asan tsan simulation interop fuzz; without any, all of them
  setup
  (($#)) || set -- unit lint asan tsan simulation interop fuzz
  local name failed=() TIMEFORMAT
  for name; do
    say "$name"
    # A process of its own: within a condition the shell would not stop at the first failure.
    TIMEFORMAT="$name took %0R s, %0U s of processor time"
    time ./do stage "$name" || failed+=("$name")
  done
  ((${#failed[@]} == 0)) || { say "FAILED: ${failed[*]}"; return 1; }
  say "passed: $*"
}

help() {
  cat <<'EOF'
./do setup              install the Debian packages that are missing
./do build              build the programs into build/release/bin
./do demo               one teacher's whole reset, shown as a chat
./do phone              the same with a phone in the terminal for you to type on; both take
                        --faults throttled=5%,cut-after=1% --seed 7 (names: pulih-phone --help)
./do test [STAGE...]    every test, or: unit lint asan tsan simulation interop fuzz; and chaos
./do lint               house rules, formatting, clang-tidy
./do fuzz [SECONDS]     each fuzz target that long (60)
./do bench [OPTION...]  the benchmarks
./do package            a Debian package into build/package
EOF
}

verb=${1:-help}
(($# == 0)) || shift
case $verb in
  setup | build | demo | phone | bench | lint | fuzz | package | help | stage | fuzz_target) "$verb" "$@" ;;
  test) tests "$@" ;;
  *) help >&2; exit 64 ;;
esac
