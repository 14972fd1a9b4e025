#!/usr/bin/env bash
# Other people's implementations: makes them ready under .ci-cache/interop, then runs the tests.
# Usage: tests/interop/run.sh PYTHON.  A peer that cannot be had is a SKIP line; they are counted.
set -u
cd "$(dirname "$0")/../.." || exit 1
python=$1
here=$PWD/tests/interop
made=$PWD/.ci-cache/interop
mkdir -p "$made"
skips=0

skip() {
  skips=$((skips + 1))
  echo "SKIP: $1"
}

thrice() {
  for pause in 5 15 0; do
    "$@" && return 0
    sleep "$pause"
  done
  return 1
}

packages() {
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"
} >/dev/null 2>&1

# have COMMAND PACKAGE...: the command is there, or a root can install it.
have() {
  local command=$1
  shift
  command -v "$command" >/dev/null 2>&1 && return 0
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
  echo "installing $*"
  thrice packages "$@" && command -v "$command" >/dev/null 2>&1
}

java_peer() {
  rm -f "$made/$1.classpath"
  cp -r "$here/java/$1" "$made/" || return 1
  (cd "$made/$1" && timeout 300 mvn -q -B compile dependency:build-classpath \
    -Dmdep.outputFile=../"$1.libraries" >"../$1.log" 2>&1) || return 1
  echo "$made/$1/target/classes:$(cat "$made/$1.libraries")" >"$made/$1.classpath"
}

# ofdrw-crypto is published without its parent POM: the jar alone, over ofdrw's libraries.
crypto_peer() {
  rm -f "$made/ofdrw-crypto.classpath"
  [ -f "$made/ofdrw.classpath" ] || return 1
  local artifact=org.ofdrw:ofdrw-crypto:2.2.9 to="$made/ofdrw-crypto"
  mkdir -p "$to/classes"
  timeout 120 mvn -q -B dependency:get -Dartifact=$artifact -Dtransitive=false \
    >"$made/ofdrw-crypto.log" 2>&1 || return 1
  timeout 120 mvn -q -B dependency:copy -Dartifact=$artifact -DoutputDirectory="$to" \
    >>"$made/ofdrw-crypto.log" 2>&1 || return 1
  local path="$to/ofdrw-crypto-2.2.9.jar:$(cat "$made/ofdrw.libraries")"
  javac -d "$to/classes" -cp "$path" "$here/java/ofdrw-crypto/Peer.java" \
    >>"$made/ofdrw-crypto.log" 2>&1 || return 1
  echo "$to/classes:$path" >"$made/ofdrw-crypto.classpath"
}

# Signed PDFs of many programs and countries: the test data of the EU's DSS, read from its jar.
dss_files() {
  rm -f "$made/dss-pades.jar"
  local artifact=eu.europa.ec.joinup.sd-dss:dss-pades:6.2:jar:tests
  timeout 200 mvn -q -B dependency:get -Dartifact=$artifact -Dtransitive=false \
    >"$made/dss.log" 2>&1 || return 1
  timeout 120 mvn -q -B dependency:copy -Dartifact=$artifact -DoutputDirectory="$made" \
    -Dmdep.stripVersion=true >>"$made/dss.log" 2>&1 || return 1
  mv "$made/dss-pades-tests.jar" "$made/dss-pades.jar"
}

go_peer() {
  rm -f "$made/gmsm"
  (cd "$here/go" && timeout 300 go build -mod=readonly -o "$made/gmsm" . >"$made/gmsm.log" 2>&1)
}

# Fonts of scripts of minorities, and HarfBuzz's own tool.
fonts_of_scripts() {
  local noto=/usr/share/fonts/truetype/noto
  [ -f $noto/NotoSerifTibetan-Regular.ttf ] && [ -f $noto/NotoSansMongolian-Regular.ttf ] && return 0
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
  echo "installing fonts-noto-core"
  thrice packages fonts-noto-core && [ -f $noto/NotoSerifTibetan-Regular.ttf ]
}

# FandolFang, a free FangSong, out of the package of Chinese TeX: one file of it.
fangsong() {
  [ -f "$made/FandolFang-Regular.otf" ] && return 0
  command -v apt-get >/dev/null 2>&1 || return 1
  (cd "$made" && timeout 300 apt-get download -qq texlive-lang-chinese >/dev/null 2>&1 &&
    dpkg-deb --fsys-tarfile texlive-lang-chinese_*.deb |
    tar -xO --wildcards '*/FandolFang-Regular.otf' >FandolFang.part 2>/dev/null &&
      mv FandolFang.part FandolFang-Regular.otf)
  rm -f "$made"/texlive-lang-chinese_*.deb "$made/FandolFang.part"
  [ -f "$made/FandolFang-Regular.otf" ]
}

# PyPI's pkcs11-check on the test token: a report to be read, because a token with nothing but SM2
# fails what it asks of AES and RSA.
pkcs11_report() {
  local newer token=$made/pkcs11-check made_one=
  for newer in python3.14 python3.13 python3.12 "$HOME"/.pyenv/versions/3.1[2-9].*/bin/python; do
    "$newer" -c "" 2>/dev/null || continue
    rm -rf "$token"
    "$newer" -m venv "$token" >/dev/null 2>&1 && made_one=yes && break
  done
  [ -n "$made_one" ] || return 1
  "$token/bin/pip" -q --disable-pip-version-check install "pkcs11-check==0.2.3" \
    >"$token/log" 2>&1 || return 1
  (cd "$here/../tokens" && cc -std=gnu11 -O1 -fPIC -shared -fvisibility=hidden \
    -o "$token/lib/imitation.so" cryptoki.c settings.c sm2.c -l:libcrypto.so.3 -lpthread) || return 1
  printf 'key=%064d\nkey_type=0x80000004\nmech_e=0x80008104\n' 1 >"$token/token.conf"
  # It keeps its state in the working directory.
  (cd "$token" && ESEALKIT_TOKEN=$token/token.conf P11TEST_PIN=1234 timeout 300 bin/pkcs11-check \
    test -m "$token/lib/imitation.so" --marker smoke -o json --output-file "$token/report.json" \
    >>"$token/log" 2>&1)
  "$newer" - "$token/report.json" <<'EOF'
import json, sys
found = json.load(open(sys.argv[1]))["summary"]
print("report: pkcs11-check on the test token:", ", ".join(
    f"{found[name]} {name}" for name in ("passed", "failed", "skipped", "crashed", "timeout")))
EOF
}

# A PostgreSQL server of our own on loopback; it refuses to run as root.
postgresql_server() {
  local bin
  bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
  [ -n "$bin" ] || return 1
  postgresql_data=$(mktemp -d) || return 1
  local as=(env)
  if [ "$(id -u)" = 0 ]; then
    chown postgres "$postgresql_data" || return 1
    as=(setpriv --reuid postgres --regid postgres --clear-groups)
  fi
  local port=$((40000 + $$ % 20000))
  (cd "$postgresql_data" &&
    "${as[@]}" "$bin/initdb" -A trust -U postgres -D data >initdb.log 2>&1 &&
    "${as[@]}" "$bin/pg_ctl" -D data -w -l server.log \
      -o "-h 127.0.0.1 -p $port -k $postgresql_data" start >/dev/null) || return 1
  stop_postgresql=("${as[@]}" "$bin/pg_ctl" -D "$postgresql_data/data" -m fast stop)
  export ESEALKIT_TEST_POSTGRESQL="postgresql+psycopg://postgres@127.0.0.1:$port/postgres"
}
stop_postgresql=(true)
postgresql_data=
trap '"${stop_postgresql[@]}" >/dev/null 2>&1; rm -rf "$postgresql_data"' EXIT

if have pg_ctlcluster postgresql && thrice "$python" -m pip -q install \
  --disable-pip-version-check -c constraints.txt "psycopg[binary]"; then
  thrice postgresql_server || skip "PostgreSQL cannot be started"
else
  skip "PostgreSQL or its driver cannot be installed"
fi
have openssl openssl || skip "openssl cannot be installed"
if have mvn maven default-jdk-headless && have javac default-jdk-headless; then
  for peer in bouncycastle ofdrw; do
    thrice java_peer $peer || { skip "$peer cannot be made ready:"; tail -n 3 "$made/$peer.log"; }
  done
  thrice crypto_peer || {
    skip "ofdrw-crypto cannot be made ready:"
    tail -n 3 "$made/ofdrw-crypto.log"
  }
  have pdfsig poppler-utils || skip "poppler-utils cannot be installed: pdfsig"
  thrice dss_files || { skip "DSS's files cannot be had:"; tail -n 3 "$made/dss.log"; }
else
  skip "Java and Maven cannot be installed: Bouncy Castle, ofdrw, DSS's files"
fi
if have go golang-go; then
  thrice go_peer || { skip "gmsm (Go) cannot be made ready:"; tail -n 3 "$made/gmsm.log"; }
else
  skip "Go cannot be installed: gmsm"
fi
have pkcs11-tool opensc || skip "OpenSC cannot be installed: pkcs11-tool"
have softhsm2-util softhsm2 || skip "SoftHSM2 cannot be installed"
have swtpm swtpm swtpm-tools && have tpm2_sign tpm2-tools || skip "swtpm and tpm2-tools cannot be installed"
have hb-shape libharfbuzz-bin || skip "hb-shape cannot be installed"
thrice fonts_of_scripts || skip "Noto's fonts of other scripts cannot be installed"
thrice fangsong || skip "FandolFang cannot be had"
thrice pkcs11_report || skip "pkcs11-check cannot be installed, or there is no Python 3.12"
skip "ofdrw with GM/T 0031-2025 (V5) seals: 2.1.0 has none, later versions cannot be resolved"
skip "ofdgo is not served by the Go module proxy; no driver"

"$python" -m pytest -m interop
result=$?
echo "interop: $skips peer(s) skipped"
exit $result
