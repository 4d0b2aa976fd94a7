#!/usr/bin/env bash
# Shows the main job on a real Swarm: a queue fills, the worker service is scaled up; the queue drains, it is scaled down again.
#   ./quickstart.sh          until Ctrl-C, a new burst of jobs each minute
#   ./quickstart.sh --once   one rise and fall, then exit 0
# Uses the Swarm that docker talks to (DOCKER_HOST), if there is one; without one it starts a private engine (Debian or Ubuntu, as root).
# DEMO_IMAGE names another image with sh, redis-server and redis-cli, AUTOSCALER_IMAGE an image of the autoscaler that is built already.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"

readonly queue=quickstart_queue worker=quickstart_worker fill=quickstart_fill autoscaler=quickstart_autoscaler
readonly network=quickstart policy=quickstart_policy policy_file=policies/examples/quickstart/worker.yml
readonly jobs=160 rise_to=5 bound=100          # jobs in a burst; replicas that count as a rise; seconds for one rise and fall
once=false private=false testbed_dir='' printer='' nap='' image='' built_image=''

usage() { sed -n '2,6s/^# \{0,1\}//p' "$0"; }
say() { printf '\n== %s\n' "$*"; }
die() { printf 'quickstart: %s\n' "$*" >&2; exit 1; }

main() {
  for argument; do
    case $argument in
      --once) once=true ;;
      -h | --help) usage; exit 0 ;;
      *) usage >&2; exit 2 ;;
    esac
  done
  if has_swarm; then use_present_swarm; else start_private_swarm; fi
  deploy_demo
  start_autoscaler
  burst
  if $once; then
    watch_once
  else
    say "Press Ctrl-C to stop and clean up. To look around:${DOCKER_HOST:+ DOCKER_HOST=$DOCKER_HOST} docker service ls"
    while pause 60; do burst; done
  fi
}

# Lets a signal through at once, which a sleep in the foreground would not.
pause() {
  sleep "$1" &
  nap=$!
  wait "$nap"
}

# clean_up_with COMMAND : at the end, however it comes.
clean_up_with() {
  # shellcheck disable=SC2064
  trap "trap '' INT TERM HUP; $1" EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

# --- where it runs -----------------------------------------------------------------------------------------

has_swarm() { command -v docker >/dev/null && [[ $(timeout 20 docker info --format '{{.Swarm.ControlAvailable}}' 2>/dev/null) == true ]]; }

use_present_swarm() {
  image=${DEMO_IMAGE:-redis:7.4-alpine}
  say "Using the Swarm at ${DOCKER_HOST:-the current docker context ($(docker context show 2>/dev/null || echo default))}"
  echo "   It gets the network '$network', the config '$policy' and the services '$queue', '$worker', '$fill' and '$autoscaler'."
  echo "   They are removed at the end, and so is the image that is built for this; nothing else is touched."
  echo "   What is downloaded stays: the image '$image', the base images and the cache of the build."
  local taken
  taken=$({ docker service ls --format '{{.Name}}'; docker config ls --format '{{.Name}}'; docker network ls --format '{{.Name}}'; } |
    grep -xE "$queue|$worker|$fill|$autoscaler|$policy|$network" | paste -sd' ' || true)
  [[ -z $taken ]] || die "these names are taken, remove them first: $taken"
  clean_up_with remove_demo
}

start_private_swarm() {
  [[ -z ${DOCKER_HOST:-} ]] || die "no Swarm manager answers at DOCKER_HOST=$DOCKER_HOST"
  if [[ $(uname -s) != Linux || $EUID != 0 ]] || ! command -v apt-get >/dev/null; then
    die "no Swarm manager answers. Run 'docker swarm init' first, or run this as root on Debian or Ubuntu to get a private engine."
  fi
  command -v dotnet >/dev/null || die "the private engine runs the autoscaler from source; please install the .NET SDK 10 (package dotnet-sdk-10.0) first"
  private=true image=demo:local
  testbed_dir=$(mktemp -d /tmp/quickstart.XXXXXX)
  say "No Swarm at hand: starting a private engine in $testbed_dir, removed at the end; Debian packages that are missing are installed, and stay"
  export TESTBED_DIR=$testbed_dir
  clean_up_with remove_private_swarm
  tests/testbed/testbed install engine servers
  local up
  up=$(tests/testbed/testbed up engine)
  DOCKER_HOST=$(sed -n 's/^DOCKER_HOST=//p' <<<"$up") netns=$(sed -n 's/^NETNS=//p' <<<"$up")
  export DOCKER_HOST
  tests/testbed/testbed image demo engine >/dev/null
}

stop_children() {
  local child
  for child in $printer $nap; do
    kill "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
  done
}

remove_private_swarm() {
  say "Cleaning up"
  stop_children
  tests/testbed/testbed down
}

remove_demo() {
  say "Cleaning up"
  stop_children
  local service
  for service in "$fill" "$autoscaler" "$worker" "$queue"; do docker service rm "$service" >/dev/null 2>&1 || true; done
  docker config rm "$policy" >/dev/null 2>&1 || true
  # The network is in use until the last container has gone, and the engine takes its time.
  local end=$((SECONDS + 30))
  while docker network inspect "$network" >/dev/null 2>&1 && ((SECONDS <= end)); do
    docker network rm "$network" >/dev/null 2>&1 || true
    sleep 0.3
  done
  [[ -z $built_image ]] || docker image rm "$built_image" >/dev/null 2>&1 || true
}

# --- the demo ----------------------------------------------------------------------------------------------

service() {  # NAME [OPTION]... IMAGE [COMMAND]...
  docker service create --detach --quiet --name "$1" --network "name=$network,alias=${1#quickstart_}" --endpoint-mode dnsrr "${@:2}" >/dev/null
}

# Images that were made here are known to no registry.
demo_service() {
  local options=(--stop-grace-period 1s)
  if $private || [[ -n ${DEMO_IMAGE:-} ]]; then options+=(--no-resolve-image); fi
  service "$1" "${options[@]}" "${@:2}"
}

deploy_demo() {
  say "Deploying a queue, and a worker that takes two jobs a second"
  local publish=()
  if $private; then publish=(--publish "mode=host,published=16379,target=6379"); fi
  docker network create --driver overlay "$network" >/dev/null
  demo_service "$queue" "${publish[@]}" "$image" redis-server --save '' --protected-mode no
  demo_service "$worker" "$image" sh -c 'while :; do redis-cli -h queue lpop jobs >/dev/null; sleep 0.5; done'
  wait_until 60 "the worker runs" is_running "$worker"
  wait_until 60 "the queue runs" is_running "$queue"
}

is_running() { docker service ps "$1" --filter desired-state=running --format '{{.CurrentState}}' | grep -q '^Running'; }

replicas() { docker service inspect "$worker" --format '{{.Spec.Mode.Replicated.Replicas}}'; }

burst() {
  say "A burst: $jobs jobs are put into the queue"
  docker service rm "$fill" >/dev/null 2>&1 || true
  demo_service "$fill" --restart-condition none "$image" \
    sh -c "i=0; while [ \$i -lt $jobs ]; do i=\$((i+1)); echo rpush jobs job-\$i; done | redis-cli -h queue >/dev/null"
}

# --- the autoscaler ----------------------------------------------------------------------------------------

start_autoscaler() {
  if $private; then build_program; else build_image; fi
  say "Its policy"
  cat "$policy_file"
  say "Its decisions, as they happen"
  if $private; then run_program; else run_service; fi
}

build_program() {
  say "Building the autoscaler"
  # No build servers that would stay behind.
  dotnet build --nologo --verbosity quiet --configuration Release -nodeReuse:false -p:UseSharedCompilation=false src/SwarmAutoscaler
}

# In the engine's network namespace, where the queue's port is.
run_program() {
  AUTOSCALER_POLICIES=$(dirname "$policy_file") AUTOSCALER_LISTEN=127.0.0.1:18080 AUTOSCALER_LOG_FORMAT=text AUTOSCALER_STATE=memory \
    REDIS_URL=redis://127.0.0.1:16379 nsenter --net="$netns" dotnet src/SwarmAutoscaler/bin/Release/net10.0/swarm-autoscaler.dll run &
  printer=$!
}

build_image() {
  autoscaler_image=${AUTOSCALER_IMAGE:-}
  [[ -z $autoscaler_image ]] || return 0
  autoscaler_image=swarm-autoscaler:quickstart
  say "Building the autoscaler's image"
  built_image=$autoscaler_image
  docker build --quiet --tag "$autoscaler_image" .
}

# On the node that has the image and the socket. Its state stays in memory, so that it disturbs no other autoscaler of this Swarm.
run_service() {
  local socket=/var/run/docker.sock
  [[ ${DOCKER_HOST:-} != unix://* ]] || socket=${DOCKER_HOST#unix://}
  docker config create "$policy" "$policy_file" >/dev/null
  service "$autoscaler" --no-resolve-image --user 0:0 --cap-drop ALL --read-only \
    --constraint "node.id==$(docker info --format '{{.Swarm.NodeID}}')" \
    --mount "type=bind,source=$socket,target=/var/run/docker.sock" --config "source=$policy,target=/policies/worker.yml" \
    --env AUTOSCALER_POLICIES=/policies --env AUTOSCALER_LOG_FORMAT=text --env AUTOSCALER_STATE=memory --env REDIS_URL=redis://queue:6379 \
    "$autoscaler_image"
  wait_until 60 "the autoscaler runs" is_running "$autoscaler"
  docker service logs --follow --raw "$autoscaler" &
  printer=$!
}

# --- one rise and fall -------------------------------------------------------------------------------------

wait_until() {  # SECONDS WHAT COMMAND...
  local end=$((SECONDS + $1)) what=$2
  until "${@:3}"; do
    ((SECONDS < end)) || die "$what: not within $1 s"
    [[ -z $printer ]] || kill -0 "$printer" 2>/dev/null || die "the autoscaler ended"
    pause 0.5
  done
}

watch_once() {
  wait_until $((bound / 2)) "scaled up to $rise_to or more" has_risen
  wait_until $((bound / 2)) "scaled down to 1" has_fallen
  say "Seen: up to meet the burst, held while it might come back, and down to 1 again"
}

has_risen() { (($(replicas) >= rise_to)); }
has_fallen() { (($(replicas) == 1)); }

main "$@"
