#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes a private CA, and a certificate each for a RADIUS/TLS server and a client of it, with openssl alone: to try things
# out, and for small networks.
#
#   packaging/make-certs.sh [--server-name NAME] [--client-name NAME] [--days N] [--rsa] FOLDER
#
# FOLDER gets ca.pem, ca.key, server.pem, server.key, client.pem and client.key; the keys are for their owner alone.
# --server-name, --client-name: their DNS names, localhost and client.example unless given. Both certificates are good for
# 127.0.0.1 and ::1 too. --days: how long all are valid, 825 unless given. --rsa: keys of RSA-2048 in place of EC P-256.
set -euo pipefail

readonly usage="usage: packaging/make-certs.sh [--server-name NAME] [--client-name NAME] [--days N] [--rsa] FOLDER"

wrong_usage() {
  [ $# -eq 0 ] || echo "make-certs.sh: $*" >&2
  echo "$usage" >&2
  exit 64
}

fail() {
  echo "make-certs.sh: $*" >&2
  exit 1
}

server_name=localhost
client_name=client.example
days=825
key_kind=(-newkey ec -pkeyopt ec_paramgen_curve:P-256)
folder=

while [ $# -gt 0 ]; do
  case $1 in
  --server-name | --client-name | --days)
    [ $# -ge 2 ] || wrong_usage "$1 needs a value"
    case $1 in
    --server-name) server_name=$2 ;;
    --client-name) client_name=$2 ;;
    --days) days=$2 ;;
    esac
    shift 2
    ;;
  --rsa)
    key_kind=(-newkey rsa:2048)
    shift
    ;;
  --help)
    echo "$usage"
    exit 0
    ;;
  -*) wrong_usage "there is no option $1" ;;
  *)
    [ -z "$folder" ] || wrong_usage "one folder, not two"
    folder=$1
    [ -n "$folder" ] || wrong_usage "the folder has no name"
    shift
    ;;
  esac
done

[ -n "$folder" ] || wrong_usage
[[ $days =~ ^[1-9][0-9]{0,4}$ ]] || wrong_usage "--days is a number of days, not \"$days\""
for name in "$server_name" "$client_name"; do
  # Common names have 64 octets at most (RFC 5280, appendix A.1).
  [[ $name =~ ^(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$ && ${#name} -le 64 ]] ||
    wrong_usage "\"$name\" is not a DNS name of at most 64 octets"
done
command -v openssl >/dev/null || fail "openssl is not installed"

# A folder may begin with a dash.
case $folder in /*) ;; *) folder=./$folder ;; esac
mkdir -p -- "$folder" || fail "$folder cannot be made"
for name in ca server client; do
  for file in "$folder/$name.pem" "$folder/$name.key"; do
    [ ! -e "$file" ] || fail "$file is there already; it is not overwritten"
  done
done

# All is made aside, so that a failure leaves nothing behind.
umask 077
work=$(mktemp -d "$folder/.make-certs.XXXXXX")
trap 'rm -rf -- "$work"' EXIT

# The system's openssl.cnf has no say.
cat >"$work/openssl.cnf" <<'CONFIGURATION'
[req]
distinguished_name = name
string_mask = utf8only
[name]
[ca]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
CONFIGURATION

# quietly COMMAND…: what it says is worth reading only where it fails.
quietly() {
  "$@" 2>"$work/errors" || {
    cat "$work/errors" >&2
    fail "$1 $2 failed"
  }
}

serial() { printf '0x1%s' "$(openssl rand -hex 15)"; }

make_ca() {
  quietly openssl req -config "$work/openssl.cnf" -x509 -extensions ca "${key_kind[@]}" -nodes -sha256 \
    -subj "/O=radhost/CN=radhost private CA" -days "$days" -set_serial "$(serial)" \
    -keyout "$work/ca.key" -out "$work/ca.pem"
}

# make_certificate FILE NAME USE
make_certificate() {
  printf '%s\n' "basicConstraints = critical, CA:FALSE" "keyUsage = critical, digitalSignature" \
    "extendedKeyUsage = $3" "subjectKeyIdentifier = hash" "authorityKeyIdentifier = keyid" \
    "subjectAltName = DNS:$2, IP:127.0.0.1, IP:::1" >"$work/$1.ext"
  quietly openssl req -config "$work/openssl.cnf" -new "${key_kind[@]}" -nodes -sha256 -subj "/O=radhost/CN=$2" \
    -keyout "$work/$1.key" -out "$work/$1.csr"
  quietly openssl x509 -req -in "$work/$1.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -set_serial "$(serial)" \
    -sha256 -days "$days" -extfile "$work/$1.ext" -out "$work/$1.pem"
}

make_ca
make_certificate server "$server_name" serverAuth
make_certificate client "$client_name" clientAuth

chmod 600 "$work"/*.key
chmod 644 "$work"/*.pem
mv -- "$work"/*.key "$work"/*.pem "$folder/"
printf '%s\n' "$folder: ca.pem ca.key, server.pem server.key ($server_name), client.pem client.key ($client_name)"
