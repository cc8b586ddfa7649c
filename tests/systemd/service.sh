#!/bin/bash
# The installed package under a real systemd, as an operator meets it: install, fail on a broken
# configuration without being restarted for ever, start, serve a teacher, survive a hang by the
# watchdog, stop in order. Runs as root inside the machine that boot.sh makes.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
exec >"$here/build/systemd-test.log" 2>&1
set -x

fail() { echo "FAILED: $*"; journalctl -u pulihd --no-pager -n 40; exit 1; }
wait_for() {  # SECONDS COMMAND...
  local tries=$(($1 * 10)); shift
  until "$@"; do ((tries-- > 0)) || return 1; sleep 0.1; done
}
shows() { [[ $(systemctl show -P "$1" pulihd) == "$2" ]]; }
log_has() { journalctl -u pulihd --no-pager -o cat | grep "$1" >/dev/null; }

dpkg -i "$here"/build/package/pulih_*.deb
systemd-analyze verify /usr/lib/systemd/system/pulihd.service

echo 'site: [' >/etc/pulih/pulih.yaml
systemctl start pulihd && fail "it started with a broken configuration"
shows ExecMainStatus 78 || fail "its exit status is not 78"
sleep 6
shows NRestarts 0 || fail "a broken configuration was tried again"
log_has 'pulih.yaml:2:1: this is not YAML' || fail "the journal does not name the line"

pulihctl key new /etc/pulih/site.key
echo -n demo >/etc/pulih/smsc.secret
chown pulih: /etc/pulih/site.key
chmod 600 /etc/pulih/site.key
chown root:pulih /etc/pulih/smsc.secret
chmod 640 /etc/pulih/smsc.secret
cat >/etc/pulih/pulih.yaml <<'YAML'
site: systemd
state_dir: /var/lib/pulih
keys: {site: {file: site.key}}
central: {driver: embedded, path: central.db}
dialogue: {catalogues: [id, en], default: id, zone: Asia/Jakarta}
carriers:
  - name: simulator
    address: 127.0.0.1:2775
    system_id: pulih
    password: {file: smsc.secret}
    short_code: "8880"
YAML
setpriv --reuid=pulih --regid=pulih --clear-groups pulihctl accounts seed --count 20 \
  --csv /var/lib/pulih/list --config /etc/pulih/pulih.yaml
IFS=, read -r number id birth_date </var/lib/pulih/list
mkdir -p /run/systemd/system/pulihd.service.d
printf '[Service]\nWatchdogSec=3\n' >/run/systemd/system/pulihd.service.d/watchdog.conf
systemctl daemon-reload
systemctl reset-failed pulihd
systemctl start pulihd || fail "it does not start"
shows ActiveState active || fail "it is not active"

short=${id%.belajar.example}
printf 'RESET %s %s\n1\n{kode}\n1\n' "${short/@/ }" "$birth_date" >/tmp/script
phone=("$here/build/release/bin/pulih-phone" --port 2775 --number "$number" --script /tmp/script)
timeout 40 "${phone[@]}" || fail "no reset"
databases=$(find /var/lib/pulih -name '*.db*' -not -perm 600)
[[ -z $databases ]] || fail "others may read $databases"

kill -STOP "$(systemctl show -P MainPID pulihd)"
wait_for 30 shows NRestarts 1 || fail "the watchdog did not restart it"
wait_for 10 shows ActiveState active || fail "it did not come back"
systemctl stop pulihd || fail "it does not stop"
shows Result success || fail "it did not end in order"
log_has 'unbinding' || fail "it did not say that it unbinds"

# The site key as a credential: a file that only root can read.
chown root: /etc/pulih/site.key
printf '[Service]\nLoadCredential=site.key:/etc/pulih/site.key\n' \
  >/run/systemd/system/pulihd.service.d/credential.conf
sed -i 's/{file: site.key}/{credential: site.key}/' /etc/pulih/pulih.yaml
systemctl daemon-reload
systemctl start pulihd || fail "it does not start with a credential"
shows ActiveState active || fail "with a credential it is not active"
systemctl stop pulihd || fail "with a credential it does not stop"
# The hub, by the words of docs/operators.md: root enrols and revokes, the daemon's user reads it.
cd /etc/pulih
certificate() {  # NAME
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1000 \
    -subj "/CN=$1.example.org" -addext "subjectAltName=DNS:$1.example.org" \
    -keyout "$1.key" -out "$1.pem"
}
certificate hub
certificate nabire
chown root:pulih hub.key
chmod 640 hub.key
install -g pulih -m 640 /dev/null sites
cat >pulih.yaml <<'YAML'
role: hub
hub: {listen: "127.0.0.1:8443", tls: {certificate: hub.pem, key: hub.key}, sites: sites}
central: {driver: postgresql, uri: "postgresql://127.0.0.1/accounts"}
control: {socket: /run/pulih/control.sock}
YAML
systemctl start pulihd || fail "the hub does not start"
preface='\x00\x0e\x01\x01\xc2\x67\x86\x65PULIHHUB\x01\x00\x01\x01\x00\x01'  # docs/sync.md, 6
meet='\x00\x0e\x02\x01\x54\x0a\xa8\x24'
meet+='\x28\xb5\x2f\xfd\x00\x30\x28\x00\x00\x01\x01\x0c\x22\x05'
knock() {
  { printf "$preface$meet"; sleep 1; } | timeout 5 openssl s_client -quiet -connect 127.0.0.1:8443 \
    -cert nabire.pem -key nabire.key >/dev/null 2>&1 || true
}
knock
log_has 'is of no site' || fail "a stranger's certificate was not refused"
pulihctl hub enrol nabire --region papua --certificate nabire.pem --config pulih.yaml
[[ $(stat -c %U:%G:%a sites) == root:pulih:640 ]] || fail "sites is $(stat -c %U:%G:%a sites)"
let_in() { knock; log_has 'nabire: connected from 127.0.0.1'; }
wait_for 1 let_in || fail "an enrolled site was not let in"
pulihctl hub revoke nabire --config pulih.yaml
[[ $(stat -c %U:%G:%a sites) == root:pulih:640 ]] || fail "sites is $(stat -c %U:%G:%a sites)"
log_has 'cannot be read\|cannot be opened' && fail "the daemon's user cannot read the file of sites"
systemctl stop pulihd || fail "the hub does not stop"
dpkg --remove pulih
[[ -e /var/lib/pulih/state.db ]] || fail "removing the package took its state"
echo PASSED
