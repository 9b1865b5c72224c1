#!/bin/sh
# Install the programs that the tests run and pip does not have.
#
# Where apt is there and this user may install (as root, or by a sudo that asks for no
# password), what is missing is installed. Elsewhere the line to run is printed, and the
# exit code is 1.
set -eu

# Each is a command, and the name of its Debian package, after = if that is another one.
brokers='nats-server redis-server mosquitto rabbitmq-server'
languages='ruby go=golang-go php=php-cli rustc javac=default-jdk-headless mcs=mono-mcs mono=mono-runtime'
tools="tshark tcpdump tmux groff zsh fish chromium $languages $brokers"

# Where Debian puts some of the brokers, which not every PATH has.
system=${SYSTEM_PROGRAMS:-/usr/sbin}

missing() {
    for tool in $tools; do
        command -v "${tool%%=*}" >/dev/null || [ -x "$system/${tool%%=*}" ] ||
            printf ' %s' "${tool##*=}"
    done
}

stop() {
    printf '%s\n' "$@" >&2
    exit 1
}

lacking=$(missing)
[ -n "$lacking" ] || exit 0

command -v apt-get >/dev/null ||
    stop "The tests need these programs; install them with this system's package manager:" \
        "   $lacking"

if [ "$(id -u)" -eq 0 ]; then
    as_root=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root='sudo -n'
else
    stop "The tests need programs that are missing, which root may install:" \
        "    sudo sh -c 'apt-get update && apt-get install --yes --no-install-recommends$lacking'"
fi

echo "Installing$lacking"
# Variables without quotes: no words or several.
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes -qq --no-install-recommends $lacking >/dev/null

# Their packages start a broker for the whole machine, if systemd runs there; the tests
# only use their own.
for broker in $brokers; do
    case $lacking in
    *$broker*)
        [ ! -d "${SYSTEMD:-/run/systemd/system}" ] || ! command -v systemctl >/dev/null ||
            $as_root systemctl disable --quiet --now "$broker" ||
            echo "$broker still runs as a service; the tests do not need it" >&2
        ;;
    esac
done

lacking=$(missing)
[ -z "$lacking" ] || stop "Still missing after their installation:$lacking"
