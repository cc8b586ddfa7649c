#!/bin/bash
# Boots a throwaway machine over this one's files with systemd-nspawn and runs a test in it as root;
# nothing that it writes outside the repository stays. Exits with 77 where that cannot be done.
set -euo pipefail
test=$(realpath "$1")
home=$(cd "$(dirname "$0")/../.." && pwd)
skip() { echo "SKIPPED: $*"; exit 77; }
((EUID == 0)) || skip "needs root"
command -v systemd-nspawn >/dev/null || skip "needs the package systemd-container"
cgroups=/sys/fs/cgroup
[[ ! -d $cgroups/unified ]] || cgroups=$cgroups/unified
group=$cgroups/pulih-test.$$
mkdir "$group" 2>/dev/null || skip "no control group may be made here"
work=$(mktemp -d)
finish() {
  echo 1 >"$group/cgroup.kill" || true
  sleep 0.3
  find "$group" -depth -type d -exec rmdir {} + || true
  rmdir "$work" || true
}
trap finish EXIT

machine() {
  mount -t tmpfs pulih "$work"
  mkdir "$work"/{upper,scratch,root}
  mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/scratch" "$work/root"
  : >"$work/root/etc/machine-id"
  echo $$ >"$group/cgroup.procs"
  SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 exec timeout -k 5 110 systemd-nspawn -q -D "$work/root" \
    --register=no --keep-unit --private-network --console=pipe --bind="$home" -b \
    systemd.run="$test" systemd.run_success_action=exit systemd.run_failure_action=exit \
    systemd.show_status=0 </dev/null
}
export -f machine
export work group home test
unshare -m --propagation private bash -ec machine || {
  tail -n 60 "$home/build/systemd-test.log"
  exit 1
}
