# The kinds engine (a private one-node swarm, or a member of a larger one) and builder (a private build daemon). Each has its own containerd,
# socket, data, cgroup tree and host name; an engine also has its own network namespace with nothing but loopback.
# shellcheck shell=bash disable=SC2154

# docker_of NAME COMMAND... : the docker client on that engine, never waiting for ever for a frozen one.
docker_of() { timeout "${docker_timeout:-60}" docker -H "unix://$testbed/$1/docker.sock" "${@:2}"; }

api_answers() { curl -sf -m 2 --unix-socket "$folder/docker.sock" http://docker/_ping; }

# Without a default route a task's look-up of its image in a registry fails at once, and the local image is used.
# --lan and --place are for the members of a swarm, see swarm.sh.
engine_prepare() {
  while [[ $# -gt 0 ]]; do
    case $1 in
      --lan | --place) value_of "$@"; remember "${1#--}" "$value"; shift 2 ;;
      *) die "up engine: unknown option '$1'" ;;
    esac
  done
  require_root "up engine"
  require dockerd engine
  require nsenter engine
  local scope=tb-$id-$name
  remember scope "$scope"
  remember netns "/run/netns/$scope"
  daemon_start_script "$scope" "nsenter --net=/run/netns/$scope unshare --uts" --data-root="$folder/data"
}

# A builder reaches the packages of a build through the host's network. Its own bridge keeps it from touching docker0.
builder_prepare() {
  require_root "a build"
  require dockerd engine
  local scope=tb-$id-$name
  remember scope "$scope"
  remember bridge "tb-$id"
  mkdir -p "$cache/builder"
  daemon_start_script "$scope" "unshare --uts" --data-root="$cache/builder/data" --bridge="tb-$id" \
    --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false
}

# daemon_start_script SCOPE WRAPPER DOCKERD_OPTION...
# containerd is a child that dies with dockerd, as when dockerd starts it itself; but dockerd would use the
# system's containerd if one runs, and share it with the machine's own Docker.
daemon_start_script() {
  local scope=$1 wrapper=$2 root=$folder/containerd
  shift 2
  mkdir -p "$root"
  jq -n --arg key "$folder/key.json" '{"deprecated-key-path": $key}' >"$folder/daemon.json"
  cat >"$folder/containerd.toml" <<TOML
version = 2
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
root = "$root/root"
state = "$root/state"
[grpc]
address = "$root/containerd.sock"
TOML
  start_script <<SCRIPT
#!/bin/sh
[ "\${1-}" = inside ] || exec $wrapper "\$0" inside
hostname $scope
rm -f $folder/docker.pid $root/containerd.sock
setpriv --pdeathsig KILL containerd --config $folder/containerd.toml >$folder/containerd.log 2>&1 &
for attempt in \$(seq 250); do [ -S $root/containerd.sock ] && break; sleep 0.02; done
exec dockerd --config-file=$folder/daemon.json --host=unix://$folder/docker.sock --containerd=$root/containerd.sock \\
  --exec-root=$folder/exec --pidfile=$folder/docker.pid --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent=/$scope $*
SCRIPT
}

engine_before_start() {
  if [[ ! -e $netns ]]; then ip netns add "$scope"; fi
  ip -n "$scope" link set lo up
  if [[ -n ${lan:-} ]]; then link_member; fi
}

# The lock is inherited by the daemon and held as long as it lives: its data in the cache belong to one at a time.
builder_before_start() {
  local subnet=0
  exec 7>"$cache/builder/lock"
  flock -n 7 || { say "waiting for another testbed's build to end"; flock 7; }
  if ! ip link show "$bridge" >/dev/null 2>&1; then
    while ip -4 -o address | grep -qF " 10.213.$subnet."; do subnet=$((subnet + 1)); done
    ip link add "$bridge" type bridge
    ip address add "10.213.$subnet.1/24" dev "$bridge"
    ip link set "$bridge" up
  fi
}

engine_ready() { api_answers; }
builder_ready() { api_answers; }

engine_after_start() {
  local end=$((SECONDS + 60)) state
  state=$(docker_of "$name" info --format '{{.Swarm.LocalNodeState}}')
  if [[ $state == inactive ]]; then
    if [[ -n ${lan:-} ]]; then join_swarm; else docker_of "$name" swarm init --advertise-addr 127.0.0.1; fi >>"$folder/log" 2>&1 ||
      die "no swarm: $(last_words)"
  fi
  until [[ $(docker_of "$name" node inspect self --format '{{.Status.State}}' 2>/dev/null) == ready ]]; do
    ((SECONDS <= end)) || die "engine '$name': its node is not ready after 60 s ($folder/log)"
    sleep 0.05
  done
}

engine_lines() {
  echo "DOCKER_HOST=unix://$folder/docker.sock"
  echo "NETNS=$netns"
  echo "PID=$(running_pid "$folder/pid")"
}

builder_lines() {
  echo "DOCKER_HOST=unix://$folder/docker.sock"
  echo "PID=$(running_pid "$folder/pid")"
}

# Services first and the swarm next, so that the engine has nothing to wait for when it is stopped. The members of a swarm
# go together: each would wait for the others, so they are killed.
engine_before_remove() {
  local pid ids docker_timeout=20
  pid=$(running_pid "$folder/pid") || return 0
  if [[ -n ${lan:-} ]]; then
    kill -KILL "$pid"
    wait_gone "$pid" 10
    return 0
  fi
  kill -CONT "$pid" 2>/dev/null || true
  api_answers >/dev/null || return 0
  {
    mapfile -t ids < <(docker_of "$name" service ls -q)
    ((${#ids[@]} == 0)) || docker_of "$name" service rm "${ids[@]}" || true
    docker_of "$name" swarm leave --force || true
    mapfile -t ids < <(docker_of "$name" ps -aq)
    ((${#ids[@]} == 0)) || docker_of "$name" rm -f "${ids[@]}" || true
  } >>"$folder/log" 2>&1
}

engine_after_stop() { rm -f "$folder/docker.pid"; }

engine_remove() {
  remove_daemon
  if [[ -e ${netns:-} ]]; then ip netns delete "$scope"; fi
}

builder_remove() {
  remove_daemon
  unmount_below "$cache/builder"
  if [[ -n ${bridge:-} ]] && ip link show "$bridge" >/dev/null 2>&1; then ip link delete "$bridge"; fi
}

# remove_daemon : what a killed dockerd leaves behind: its shims, their containers and sockets, mounts, cgroups.
remove_daemon() {
  local process container tree _
  [[ -n ${scope:-} ]] || return 0
  for process in /proc/[0-9]*; do
    if grep -qzxF -- "$folder/containerd/containerd.sock" "$process/cmdline" 2>/dev/null &&
      grep -qzF -- containerd-shim "$process/cmdline" 2>/dev/null; then
      kill -KILL "${process#/proc/}" 2>/dev/null || true
    fi
  done
  for container in "$folder"/data/containers/*; do
    rm -f "/run/containerd/s/$(printf %s "$folder/containerd/containerd.sock/moby/${container##*/}" | sha256sum | cut -c1-64)"
  done
  for tree in /sys/fs/cgroup/"$scope" /sys/fs/cgroup/*/"$scope"; do
    [[ -d $tree ]] || continue
    for _ in {1..100}; do
      # shellcheck disable=SC2038  # these are files of numbers
      find "$tree" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -u | xargs -r kill -KILL 2>/dev/null || true
      find "$tree" -depth -type d -exec rmdir {} + 2>/dev/null || true
      [[ -d $tree ]] || break
      sleep 0.05
    done
    [[ ! -d $tree ]] || say "left behind: $tree"
  done
}
