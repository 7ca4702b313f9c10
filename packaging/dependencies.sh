# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What must be installed, named once: apt's name, then dnf's ("-": another package brings it). Sourced.

# To build and run the server.
export build_packages="
g++                   gcc-c++
cmake                 cmake
ninja-build           ninja-build
ccache                ccache
pkgconf               pkgconf-pkg-config
libuv1-dev            libuv-devel
libssl-dev            openssl-devel
libcrypt-dev          libxcrypt-devel
libtomlplusplus-dev   tomlplusplus-devel
libspdlog-dev         spdlog-devel
libcli11-dev          cli11-devel
nlohmann-json3-dev    json-devel
libmicrohttpd-dev     libmicrohttpd-devel
prometheus-cpp-dev    prometheus-cpp-devel
"

# To build and run the tests, with sanitizers, libFuzzer and callgrind, and with the clients and servers they are held
# against, of Prometheus the linter of metrics. libradcli looks its servers up in the /etc/services of netbase.
# libabigail compares the SDK's headers with what they were; an example module is in Rust. man reads the manual's pages,
# and each shell its completions.
export test_packages="
catch2                catch-devel
python3               python3
python3-pytest        python3-pytest
python3-yaml          python3-pyyaml
netbase               -
openssl               openssl
freeradius            freeradius
freeradius-utils      freeradius-utils
radsecproxy           radsecproxy
libradcli-dev         radcli-devel
prometheus            golang-github-prometheus
abigail-tools         libabigail
rustc                 rust
clang                 clang
libclang-rt-dev       compiler-rt
valgrind              valgrind
doxygen               doxygen
man-db                man-db
zsh                   zsh
fish                  fish
-                     libasan
-                     libubsan
"

# On Debian, to pack what was built.
export packing_packages="
dpkg-dev              -
debhelper             -
"

# For tests/run.sh --all.
export all_test_packages="
git                   git
libbenchmark-dev      google-benchmark-devel
-                     libtsan
"

# For tests/packages.sh, on Debian: to make roots, boot them, and judge packages. rpm's tools build there, too.
export package_test_packages="
git                   -
mmdebstrap            -
systemd-container     -
lintian               -
rpm                   -
rpmlint               -
debugedit             -
elfutils              -
"

# fail MESSAGE...: one line each on stderr, and the end.
fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

# package_manager: apt or dnf.
package_manager() {
  if command -v apt-get >/dev/null; then
    echo apt
  elif command -v dnf >/dev/null; then
    echo dnf
  else
    fail "Neither apt-get nor dnf is here. packaging/dependencies.sh lists what must be installed by hand."
  fi
}

# is_installed MANAGER NAME
is_installed() {
  case $1 in
  apt) [ "$(dpkg-query -W -f '${db:Status-Status}' "$2" 2>/dev/null)" = installed ] ;;
  dnf) rpm -q --quiet --whatprovides "$2" ;;
  esac
}

# missing_packages MANAGER LIST...: what is in the lists and not installed, on one line.
missing_packages() {
  local manager=$1 apt_name dnf_name name
  shift
  while read -r apt_name dnf_name; do
    [ "$manager" = apt ] && name=$apt_name || name=$dnf_name
    case $name in
    '' | -) ;;
    *) is_installed "$manager" "$name" || printf '%s ' "$name" ;;
    esac
  done <<<"$(printf '%s\n' "$@")"
}

# quietly COMMAND...: its output is shown only if it fails.
quietly() {
  local output
  output=$("$@" 2>&1 </dev/null) || {
    printf '%s\n' "$output" >&2
    return 1
  }
}

apt_install() {
  DEBIAN_FRONTEND=noninteractive quietly apt-get -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 \
    install --no-install-recommends "$@"
}

# EPEL and CRB hold several of the libraries on the relatives of RHEL; Fedora has all of them itself.
enable_epel() {
  local id=
  # shellcheck source=/dev/null
  id=$(. /etc/os-release && echo "$ID")
  [ "$id" != fedora ] || return 0
  if ! rpm -q --quiet epel-release; then
    quietly dnf -y install epel-release ||
      fail "The package epel-release cannot be installed: enable EPEL as its project describes, then try again."
  fi
  quietly /usr/bin/crb enable || fail "The repository CRB (CodeReady Builder) cannot be enabled: enable it, then try again."
}

# install_packages LIST...: installs what is missing. Needs root only if something is.
install_packages() {
  local manager missing
  manager=$(package_manager)
  read -r -a missing <<<"$(missing_packages "$manager" "$@")"
  [ "${#missing[@]}" -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    [ "$manager" = apt ] && manager=apt-get
    fail "Some packages are missing. Run this as root, or install them first:" \
      "    sudo $manager install ${missing[*]}"
  fi
  if [ "$manager" = apt ]; then
    # A package source that has nothing to do with this may be out of reach: what counts is whether install succeeds.
    quietly apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 update || true
    echo "Installing ${missing[*]}"
    apt_install "${missing[@]}" || fail "These packages could not be installed: ${missing[*]}"
  else
    enable_epel
    echo "Installing ${missing[*]}"
    quietly dnf -y --setopt=install_weak_deps=False install "${missing[@]}" ||
      fail "These packages could not be installed: ${missing[*]}"
  fi
}

# prepare_build: one compile job and one test a core unless the environment says otherwise, and a compiler cache that the
# build folders share: what quickstart.sh compiled, tests/run.sh need not compile again.
prepare_build() {
  local cores
  cores=$(nproc)
  export CMAKE_BUILD_PARALLEL_LEVEL=${CMAKE_BUILD_PARALLEL_LEVEL:-$cores}
  export CTEST_PARALLEL_LEVEL=${CTEST_PARALLEL_LEVEL:-$cores}
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
  [ -n "${HOME:-}" ] || export CCACHE_DIR="${CCACHE_DIR:-$PWD/build/ccache}"
  mkdir -p build
}

# hand_back_build: what root built in somebody's checkout becomes theirs, so that they can go on without root.
hand_back_build() {
  [ "$(id -u)" -ne 0 ] || [ ! -d build ] || chown -R --reference=. build
}
