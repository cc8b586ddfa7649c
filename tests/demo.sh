#!/usr/bin/env bash
# The main job, shown: the daemon on the embedded central database with made-up accounts, a carrier
# simulator, and one teacher's whole reset as a chat. Ends by proving that the old password is
# refused and the new one accepted. With --phone there is a telephone to type on instead. --faults
# and --seed go to pulih-phone: a carrier on a bad day, whose log is shown between the messages of
# the talk by SMS. (A screen that is lost is not sent again: a person dials anew, a script cannot.)
# With --lost-code the first code does not reach her, its receipt says so, and she asks again.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$PWD/build/release/bin
phone=no
carrier=()
again=
while [ $# -gt 0 ]; do
  case $1 in
    --bin) bin=$2; shift ;;
    --phone) phone=yes ;;
    --faults) carrier+=(--log "$1" "$2"); shift ;;
    --seed) carrier+=("$1" "$2"); shift ;;
    --lost-code)
      # With this seed it is the second message, and no other, that is undelivered. The receipt's id
      # is in decimal, that of the response in hexadecimal.
      carrier=(--log --faults "undelivered=15%,hex-ids=100%" --seed 24)
      again=ULANG ;;
    *)
      echo "usage: tests/demo.sh [--phone] [--lost-code] [--faults LIST [--seed N]]" \
        "[--bin FOLDER]" >&2
      exit 64 ;;
  esac
  shift
done

site=$(mktemp -d)
daemon=
finish() {
  if [ -n "$daemon" ]; then kill "$daemon" 2>/dev/null && wait "$daemon" || true; fi
  rm -rf "$site"
}
trap finish EXIT

# A port of its own, so that two demos can run side by side.
port=$((20000 + RANDOM % 20000))
sed "s/127.0.0.1:2775/127.0.0.1:$port/" config/demo.yaml >"$site/pulih.yaml"
"$bin/pulihctl" key new "$site/site.key" >/dev/null
"$bin/pulihctl" accounts seed --count 1000 --csv "$site/accounts.csv" --config "$site/pulih.yaml"
# Two teachers who have a telephone and one account each.
mapfile -t teachers < <(awk -F, '{ count[$1]++; row[$1] = $0; order[NR] = $1 }
  END { for (i = 1; i <= NR; i++) if (count[order[i]] == 1) print row[order[i]] }' \
  "$site/accounts.csv")
IFS=, read -r number id birth_date <<<"${teachers[0]}"
short=${id%.belajar.example}

"$bin/pulihd" --config "$site/pulih.yaml" 2>"$site/journal" &
daemon=$!

if [ $phone = yes ]; then
  echo "Your account is $short, born $birth_date (day, month, year). Begin with RESET or dial *888#"
  "$bin/pulih-phone" --port "$port" --number "$number" "${carrier[@]}"
  exit 0
fi

new_password='Perahu-ke-hulu-7'
cat >"$site/script" <<SCRIPT
RESET ${short/@/ } $birth_date
1
$again
{kode}
2
budi1234
$new_password
$new_password
SCRIPT

talk() {
  "$bin/pulih-phone" --port "$port" --number "$number" --script "$site/script" \
    "$@" | tee "$site/chat" && return
  echo "The daemon's journal:" >&2
  cat "$site/journal" >&2
  exit 1
}
accepts() {
  printf '%s\n' "$1" | "$bin/pulihctl" accounts verify "$short" \
    --config "$site/pulih.yaml" >/dev/null
}
fail() { echo "FAILED: $1" >&2; exit 1; }
prove() {
  echo
  if accepts sandi-lama-contoh; then fail "the old password is still accepted"; fi
  echo "The central account database refuses the old password."
  accepts "$new_password" || fail "the new password is not accepted"
  echo "The central account database accepts the new password."
}

echo
echo "A teacher with the telephone $number texts 8880:"
echo
talk "${carrier[@]}"
prove

IFS=, read -r number id birth_date <<<"${teachers[1]}"
short=${id%.belajar.example}
new_password='Ombak-di-teluk-9'
printf '%s\n' '*888#' 1 1 "$birth_date" 1 '*888#' 2 '{kode}' 2 "$new_password" "$new_password" \
  >"$site/script"
echo
echo "Another one, $number, dials *888# (screens stand in brackets, the code comes by SMS):"
echo
talk
prove
grep -q 'push \[' "$site/chat" || fail "she was not called back"
