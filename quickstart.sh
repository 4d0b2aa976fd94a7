#!/usr/bin/env bash
# Shows the main job on a real Swarm: a queue fills, the worker service is scaled up; the queue drains, it is scaled down again.
#   ./quickstart.sh          until Ctrl-C, a new burst of jobs each minute
#   ./quickstart.sh --once   one rise and fall, then exit 0
# Uses the Swarm that docker talks to (DOCKER_HOST), if there is one; without one it starts a private engine (Debian or Ubuntu, as root).
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"

readonly queue=quickstart_queue worker=quickstart_worker autoscaler=quickstart_autoscaler network=quickstart policy=quickstart_policy
readonly jobs=160 rise_to=5 bound=150          # jobs in a burst; replicas that count as a rise; seconds for one rise and fall
once=false private=false autoscaler_pid= testbed_dir=

usage() { sed -n '2,5s/^# \{0,1\}//p' "$0"; }
say() { printf '\n== %s\n' "$*"; }
die() { printf 'quickstart: %s\n' "$*" >&2; exit 1; }

for argument; do
  case $argument in
    --once) once=true ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done

main() {
  command -v docker >/dev/null && has_swarm && use_present_swarm || start_private_swarm
  trap clean_up EXIT
  trap 'exit 130' INT TERM
  deploy_demo
  start_autoscaler
  burst
  if $once; then
    watch_once
  else
    say "Press Ctrl-C to stop and clean up. To see it yourself: DOCKER_HOST=${DOCKER_HOST:-} docker service ls"
    while sleep 60; do burst; done
  fi
}

# --- where it runs -----------------------------------------------------------------------------------------

has_swarm() { [[ $(docker info --format '{{.Swarm.ControlAvailable}}' 2>/dev/null) == true ]]; }

use_present_swarm() {
  image=${DEMO_IMAGE:-redis:7.4-alpine}
  say "Using the Swarm at ${DOCKER_HOST:-$(docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null || echo the default socket)}"
  echo "   It will get the network $network, the config $policy and the services $queue, $worker and $autoscaler. They are removed at the end; nothing else is touched."
  [[ -z $(docker service ls --quiet --filter name=quickstart_) ]] || die "services named quickstart_... exist already; remove them first"
}

start_private_swarm() {
  [[ $(uname -s) == Linux && $EUID == 0 ]] && command -v apt-get >/dev/null ||
    die "no Swarm manager answers. Run 'docker swarm init' first, or run this as root on Debian or Ubuntu to get a private engine."
  command -v dotnet >/dev/null || die "the private engine runs the autoscaler from source, which needs the .NET SDK 10"
  private=true image=demo:local
  say "No Swarm at hand: starting a private engine with its own socket and data folder"
  testbed_dir=$(mktemp -d /tmp/quickstart.XXXXXX)
  export TESTBED_DIR=$testbed_dir
  trap clean_up EXIT
  tests/testbed/testbed install engine servers
  local up
  up=$(tests/testbed/testbed up engine)
  DOCKER_HOST=$(sed -n 's/^DOCKER_HOST=//p' <<<"$up") NETNS=$(sed -n 's/^NETNS=//p' <<<"$up")
  export DOCKER_HOST
  tests/testbed/testbed image demo engine >/dev/null
}

clean_up() {
  trap - EXIT
  trap '' INT TERM
  say "Cleaning up"
  [[ -z $autoscaler_pid ]] || { kill "$autoscaler_pid" 2>/dev/null && wait "$autoscaler_pid" 2>/dev/null; } || true
  if [[ -n $testbed_dir ]]; then
    tests/testbed/testbed down
  else
    docker service rm "$queue" "$worker" "$autoscaler" "${worker}_fill" >/dev/null 2>&1 || true
    docker config rm "$policy" >/dev/null 2>&1 || true
    for _ in {1..50}; do docker network rm "$network" >/dev/null 2>&1 && break || sleep 0.2; done
  fi
}

# --- the demo ----------------------------------------------------------------------------------------------

service() {  # NAME ALIAS [OPTION]... -- COMMAND...
  local name=$1 alias=$2 options=()
  shift 2
  while [[ $1 != -- ]]; do options+=("$1"); shift; done
  shift
  $private && options+=(--no-resolve-image)
  docker service create --detach --quiet --name "$name" --network "name=$network,alias=$alias" --endpoint-mode dnsrr --stop-grace-period 1s \
    "${options[@]}" "$image" "$@" >/dev/null
}

deploy_demo() {
  say "Deploying a queue and a worker that takes two jobs a second"
  docker network create --driver overlay "$network" >/dev/null
  service "$queue" queue --publish mode=host,published=16379,target=6379 -- redis-server --save '' --protected-mode no
  service "$worker" worker -- sh -c 'while :; do redis-cli -h queue lpop jobs >/dev/null; sleep 0.5; done'
  wait_until 60 "the worker runs" running_at_least "$worker" 1
  wait_until 60 "the queue runs" running_at_least "$queue" 1
}

running_at_least() { (($(docker service ps "$1" --filter desired-state=running --format '{{.CurrentState}}' | grep -c '^Running') >= $2)); }

replicas() { docker service inspect "$worker" --format '{{.Spec.Mode.Replicated.Replicas}}'; }

burst() {
  say "A burst: $jobs jobs are put into the queue"
  docker service rm "${worker}_fill" >/dev/null 2>&1 || true
  service "${worker}_fill" fill --restart-condition none -- \
    sh -c "i=0; while [ \$i -lt $jobs ]; do i=\$((i+1)); echo rpush jobs job-\$i; done | redis-cli -h queue >/dev/null"
}

# --- the autoscaler ----------------------------------------------------------------------------------------

start_autoscaler() {
  if $private; then run_from_source; else run_as_service; fi
}

run_from_source() {
  say "Building the autoscaler"
  dotnet build --nologo --verbosity quiet --configuration Release src/SwarmAutoscaler
  say "Its policy"
  cat policies/examples/quickstart/worker.yml
  say "Its decisions, as they happen"
  AUTOSCALER_POLICIES=policies/examples/quickstart AUTOSCALER_LISTEN=127.0.0.1:18080 AUTOSCALER_LOG_FORMAT=text REDIS_URL=redis://127.0.0.1:16379 \
    nsenter --net="/run/netns/$NETNS" dotnet src/SwarmAutoscaler/bin/Release/net10.0/swarm-autoscaler.dll run &
  autoscaler_pid=$!
}

run_as_service() {
  local tag=${AUTOSCALER_IMAGE:-}
  if [[ -z $tag ]]; then
    tag=swarm-autoscaler:quickstart
    say "Building the autoscaler's image"
    docker build --quiet --tag "$tag" .
  fi
  say "Its policy"
  cat policies/examples/quickstart/worker.yml
  docker config create "$policy" policies/examples/quickstart/worker.yml >/dev/null
  docker service create --detach --quiet --no-resolve-image --name "$autoscaler" --network "$network" --endpoint-mode dnsrr --user 0:0 --cap-drop ALL --read-only \
    --constraint node.role==manager --mount type=bind,source=/var/run/docker.sock,target=/var/run/docker.sock,readonly \
    --config "source=$policy,target=/policies/worker.yml" --env AUTOSCALER_POLICIES=/policies --env AUTOSCALER_LOG_FORMAT=text \
    --env REDIS_URL=redis://queue:6379 "$tag" >/dev/null
  say "Its decisions, as they happen"
  docker service logs --follow --raw "$autoscaler" &
  autoscaler_pid=$!
}

# --- one rise and fall -------------------------------------------------------------------------------------

wait_until() {  # SECONDS WHAT COMMAND...
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    ((SECONDS < end)) || die "$what: not within the time"
    [[ -z $autoscaler_pid ]] || kill -0 "$autoscaler_pid" 2>/dev/null || die "the autoscaler ended"
    sleep 0.5
  done
}

watch_once() {
  local end=$((SECONDS + bound))
  wait_until $((end - SECONDS)) "scaled up to $rise_to or more" has_risen
  wait_until $((end - SECONDS)) "scaled down to 1" has_fallen
  say "Seen: up to the burst, held while it could come back, and down to 1 again"
}

has_risen() { (($(replicas) >= rise_to)); }
has_fallen() { (($(replicas) == 1)); }

main
