#!/bin/sh
# Makes, below the folder given, what the broker and its logins need: an authority, and in a folder for each login its
# certificate, key and password. What is there already stays; a certificate that ends within 30 days is made again.
# Needs openssl and mosquitto_passwd. ALERTSIM_BROKER_NAMES: by which other names the broker is reached (DNS:…,IP:…).
set -eu
umask 077

config=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
names=DNS:mosquitto,DNS:localhost,IP:127.0.0.1,IP:::1${ALERTSIM_BROKER_NAMES:+,$ALERTSIM_BROKER_NAMES}
logins='director owner player observer'

key() { # FILE-WITHOUT-ENDING : a new key makes its certificate void
  [ -s "$1.key" ] && return
  rm -f "$1.crt"
  openssl ecparam -name prime256v1 -genkey -noout -out "$1.key.new"
  mv "$1.key.new" "$1.key"
}

lasts() { # CERTIFICATE: it is there, and for another 30 days
  [ -s "$1" ] && openssl x509 -in "$1" -noout -checkend 2592000 >/dev/null
}

sign() { # FILE-WITHOUT-ENDING NAME DAYS WITH... : the certificate of a key, with the extensions on standard input
  file=$1 name=$2 days=$3
  shift 3
  { printf '%s\n' subjectKeyIdentifier=hash && cat; } >"$file.ext"
  openssl req -new -key "$file.key" -subj "/CN=$name" -out "$file.csr"
  openssl x509 -req -in "$file.csr" "$@" -set_serial "0x$(openssl rand -hex 16)" -days "$days" -extfile "$file.ext" \
    -out "$file.crt.new" 2>"$file.log" || { cat "$file.log" >&2 && exit 1; }
  mv "$file.crt.new" "$file.crt"
  rm "$file.csr" "$file.ext" "$file.log"
}

authority() {
  key authority/ca
  lasts authority/ca.crt && return
  sign authority/ca 'alertsim exercise authority' 3650 -signkey authority/ca.key <<EOT
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
EOT
}

certificate() { # FILE-WITHOUT-ENDING NAME EXTENSION
  key "$1"
  lasts "$1.crt" && openssl verify -CAfile authority/ca.crt "$1.crt" >/dev/null 2>&1 && return
  sign "$1" "$2" 397 -CA authority/ca.crt -CAkey authority/ca.key <<EOT
authorityKeyIdentifier=keyid
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
$3
EOT
}

cd "$1"
# shellcheck disable=SC2086 # the logins are words
mkdir -p authority broker $logins
authority
rm -f broker/broker.crt # its names may have changed
certificate broker/broker mosquitto "extendedKeyUsage=serverAuth
subjectAltName=$names"
certificate broker/health health extendedKeyUsage=clientAuth
for login in $logins; do
  certificate "$login/login" "$login" extendedKeyUsage=clientAuth
  [ -s "$login/password" ] || openssl rand -hex 16 >"$login/password"
  cp authority/ca.crt "$login/ca.crt"
  printf '%s:%s\n' "$login" "$(cat "$login/password")"
done >broker/passwords.new
mosquitto_passwd -U broker/passwords.new # hashes them
mv broker/passwords.new broker/passwords
cp authority/ca.crt broker/ca.crt
cp "$config/acl" broker/acl
chmod 600 broker/acl
