# The kind swarm: several managers on one machine. Its members NAME-1, NAME-2, ... are engines, each in its own network
# namespace with one link to a bridge in the swarm's own; nothing leads out of it. The instance's process logs the links.
# shellcheck shell=bash disable=SC2154

swarm_prepare() {
  local managers=3 scope=tb-$id-$name
  while [[ $# -gt 0 ]]; do
    case $1 in
      --managers) value_of "$@"; managers=$value; shift 2 ;;
      *) die "up swarm: unknown option '$1'" ;;
    esac
  done
  [[ $managers =~ ^[1-9]$ ]] || die "up swarm: --managers is 1 to 9, not '$managers'"
  check_name "$name-$managers"
  require_root "up swarm"
  require dockerd engine
  require nsenter engine
  remember managers "$managers"
  remember scope "$scope"
  printf '#!/bin/sh\nexec ip -n %s -ts monitor link\n' "$scope" | start_script
}

swarm_before_start() {
  [[ -e /run/netns/$scope ]] || ip netns add "$scope"
  ip -n "$scope" link show lan >/dev/null 2>&1 || ip -n "$scope" link add lan type bridge
  ip -n "$scope" link set lan up
}

swarm_ready() { running_pid "$folder/pid"; }

# The members one after another: a swarm takes in one manager at a time.
swarm_after_start() {
  local end=$((SECONDS + 60)) member
  for member in $(swarm_members); do
    (up engine "$member" --lan "$name" --place "${member##*-}") >/dev/null || die "swarm '$name': '$member' did not start"
  done
  until (($(docker_of "$name-1" node ls --format '{{.Status}} {{.ManagerStatus}}' | grep -cE '^Ready (Leader|Reachable)$') == managers)); do
    ((SECONDS <= end)) || die "swarm '$name': not all managers are reachable after 60 s"
    sleep 0.1
  done
}

swarm_members() { seq -f "$name-%g" "$managers"; }

swarm_lines() {
  local member hosts=()
  for member in $(swarm_members); do hosts+=("unix://$testbed/$member/docker.sock"); done
  (IFS=,; echo "DOCKER_HOST=${hosts[*]}")
  echo "MANAGERS=$(swarm_members | paste -sd' ')"
  echo "PID=$(running_pid "$folder/pid")"
}

swarm_before_remove() {
  local member
  [[ -n ${managers:-} ]] || return 0
  for member in $(swarm_members); do (remove_instance "$member"); done
}

swarm_remove() {
  if [[ -n ${scope:-} && -e /run/netns/$scope ]]; then ip netns delete "$scope"; fi
}

# --- members --------------------------------------------------------------------------------------------------

# lan_scope : the namespace with the bridge that the engine at hand is linked to.
lan_scope() { echo "tb-$id-$lan"; }

member_address() { echo "10.213.0.$1"; }

# The link lives as long as the namespaces at both its ends, and so outlives the engine.
link_member() {
  ip -n "$scope" link show eth0 >/dev/null 2>&1 && return 0
  ip -n "$(lan_scope)" link add "member$place" type veth peer name eth0 netns "$scope"
  ip -n "$(lan_scope)" link set "member$place" master lan up
  ip -n "$scope" address add "$(member_address "$place")/24" dev eth0
  ip -n "$scope" link set eth0 up
}

# join_swarm : the first member makes the swarm, the others join it as managers.
join_swarm() {
  local token
  if ((place == 1)); then
    docker_of "$name" swarm init --advertise-addr "$(member_address 1)"
  else
    token=$(docker_of "$lan-1" swarm join-token -q manager)
    docker_of "$name" swarm join --advertise-addr "$(member_address "$place")" --token "$token" "$(member_address 1):2377"
  fi
}

# set_link up|down NAME : what 'partition' and 'heal' do. Sockets are files: whoever is outside still reaches the engine.
set_link() {
  use_instance "${2:-}"
  [[ -n ${lan:-} ]] || die "'$name' is no member of a swarm"
  ip -n "$(lan_scope)" link set "member$place" "$1"
}
