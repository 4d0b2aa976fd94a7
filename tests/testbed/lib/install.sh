# testbed install: missing Debian packages, without any of their services being started.
# shellcheck shell=bash

# package:program pairs. A program that is there already counts, whatever package it came from.
base_packages=(iproute2:ip procps:ps util-linux:nsenter util-linux:flock)
engine_packages=(docker.io:dockerd docker.io:docker iptables:iptables busybox-static:busybox curl:curl jq:jq)
server_packages=(redis-server:redis-server redis-tools:redis-cli rabbitmq-server:/usr/lib/rabbitmq/bin/rabbitmq-server
  prometheus:prometheus openssl:openssl python3:python3 curl:curl jq:jq)
image_packages=(debootstrap:debootstrap)
browser_packages=(chromium:chromium)   # Debian has it as a package of its own; Ubuntu as a snap, which is not for containers

policy=/usr/sbin/policy-rc.d
policy_mark='# swarm-autoscaler testbed: no service starts while packages are being installed'

install_packages() {
  local group pair missing=() wanted=("${base_packages[@]}")
  [[ $# -gt 0 ]] || set -- engine servers images
  for group in "$@"; do
    case $group in
      engine) wanted+=("${engine_packages[@]}") ;;
      servers) wanted+=("${server_packages[@]}") ;;
      images) wanted+=("${image_packages[@]}") ;;
      browser) wanted+=("${browser_packages[@]}") ;;
      *) die "install what? engine, servers, images or browser, not '$group'" ;;
    esac
  done
  for pair in "${wanted[@]}"; do
    command -v "${pair#*:}" >/dev/null || [[ " ${missing[*]} " == *" ${pair%%:*} "* ]] || missing+=("${pair%%:*}")
  done
  ((${#missing[@]})) || return 0

  require_root "installing ${missing[*]}"
  command -v apt-get >/dev/null || die "no apt-get here, please install yourself: ${missing[*]}"
  exec 9>/run/lock/swarm-autoscaler-testbed-install
  flock 9
  say "installing ${missing[*]}"
  trap allow_services EXIT
  allow_services   # after an installation that was killed
  forbid_services
  apt apt-get -q update
  apt apt-get -q install --yes --no-install-recommends "${missing[@]}"
}

# apt COMMAND... : quiet unless it fails.
apt() {
  local output
  output=$(DEBIAN_FRONTEND=noninteractive "$@" 2>&1 </dev/null 9>&-) || { echo "$output" >&2; die "'$*' failed"; }
}

forbid_services() {
  [[ ! -e $policy ]] || mv "$policy" "$policy.testbed-saved"
  printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" >"$policy"
  chmod +x "$policy"
}

allow_services() {
  if grep -qsxF "$policy_mark" "$policy"; then rm -f "$policy"; fi
  if [[ -e $policy.testbed-saved && ! -e $policy ]]; then mv "$policy.testbed-saved" "$policy"; fi
}
