# An instance is one running server: a folder $TESTBED_DIR/NAME with
#   kind      engine, prometheus, ...      settings   what was chosen at the first 'up', as shell assignments
#   start     runs the server (exec)       pid        its process, with start time
#   log       stdout and stderr            lines      the KEY=VALUE lines of 'up'
# A kind is a set of functions: KIND_prepare (options to settings, configuration and start script), KIND_ready,
# KIND_lines, and when needed KIND_before_start, KIND_after_start, KIND_after_stop, KIND_remove.
# shellcheck shell=bash disable=SC1091,SC2119,SC2154

kinds=(engine swarm builder exporter prometheus redis rabbitmq faultproxy portbridge)

# shellcheck disable=SC2120  # its argument comes from main
# use_testbed [create] : checks TESTBED_DIR and sets $testbed (its absolute path) and $id (short and unique).
use_testbed() {
  [[ -n ${TESTBED_DIR:-} ]] || die "TESTBED_DIR is not set: name a folder for this testbed's files"
  testbed=$(realpath -m -- "$TESTBED_DIR")
  id=$(sha256sum <<<"$testbed" | cut -c1-6)
  [[ $testbed =~ ^/[A-Za-z0-9._/-]+$ ]] || die "TESTBED_DIR may contain only letters, digits and ._/-: $testbed"
  ((${#testbed} <= 60)) || die "TESTBED_DIR is too long for unix sockets (60 characters at most): $testbed"
  if [[ ! -e $testbed/.testbed ]]; then
    [[ ${1:-} == create ]] || die "no testbed in $testbed"
    # The mark comes first and is overlooked here: two first calls may come at the same time.
    [[ ! -e $testbed || -z $(ls -A -I .testbed "$testbed") || -e $testbed/.testbed ]] || die "TESTBED_DIR is neither empty nor a testbed: $testbed"
    mkdir -p "$testbed"
    echo "$id" >"$testbed/.testbed"
  fi
  mkdir -p "$testbed/.ports" "$testbed/.locks" "$testbed/.docker"
  export DOCKER_CONFIG=$testbed/.docker
}

check_name() { [[ $1 =~ ^[a-z][a-z0-9-]{0,19}$ ]] || die "not a name (a-z, 0-9, -, at most 20 characters): '$1'"; }

# use_instance NAME : sets $name, $folder, $kind and the settings of an existing instance.
use_instance() {
  [[ -n ${1:-} ]] || die "which one? give a NAME ('testbed list' shows them)"
  check_name "$1"
  name=$1 folder=$testbed/$1
  [[ -s $folder/kind ]] || die "no '$1' in this testbed ('testbed list' shows what there is)"
  kind=$(<"$folder/kind")
  if [[ -s $folder/settings ]]; then source "$folder/settings"; fi
}

# lock_instance NAME : one 'up', 'restart' or 'down' of a name at a time, until this process ends.
lock_instance() { exec 9>"$testbed/.locks/$1"; flock 9; }

remember() { printf '%s=%q\n' "$1" "$2" >>"$folder/settings"; }

# start_script : stdin becomes the instance's start script. Written last, it marks a complete preparation.
start_script() {
  cat >"$folder/start.new"
  chmod +x "$folder/start.new"
  mv "$folder/start.new" "$folder/start"
}

if_defined() { if declare -F "$1" >/dev/null; then "$@"; fi; }

# --- verbs -------------------------------------------------------------------------------------------------

# up KIND [NAME] [OPTION]...
up() {
  kind=${1:-}
  [[ -n $kind && " ${kinds[*]} " == *" $kind "* ]] || die "up what? one of: ${kinds[*]}"
  shift
  name=$kind
  if [[ $# -gt 0 && $1 != -* ]]; then name=$1; shift; fi
  check_name "$name"
  folder=$testbed/$name
  lock_instance "$name"

  if [[ -s $folder/kind && $(<"$folder/kind") != "$kind" ]]; then
    die "'$name' is a $(<"$folder/kind") already, not a $kind"
  fi
  if [[ -x $folder/start ]]; then
    use_instance "$name"
    if [[ -s $folder/lines ]] && running_pid "$folder/pid" >/dev/null; then
      say "$kind '$name' is already running"
      cat "$folder/lines"
      return 0
    fi
    say "$kind '$name' exists: starting it again with its first options"
  else
    rm -rf "$folder"
    mkdir -p "$folder"
    echo "$kind" >"$folder/kind"
    trap 'rm -rf "$folder"' EXIT
    "${kind}_prepare" "$@"
    trap - EXIT
    use_instance "$name"
  fi
  start_instance
}

start_instance() {
  local process
  rm -f "$folder/lines"
  if ! running_pid "$folder/pid" >/dev/null; then
    rm -f "$folder/pid"
    if_defined "${kind}_before_start"
    setsid "$folder/start" >>"$folder/log" 2>&1 </dev/null 9>&- &
    process=$!
    record_process "$folder/pid" "$process" || true
    disown "$process"
  fi
  wait_until_ready 60
  if_defined "${kind}_after_start"
  "${kind}_lines" >"$folder/lines.new"
  mv "$folder/lines.new" "$folder/lines"
  cat "$folder/lines"
}

# wait_until_ready SECONDS : polls KIND_ready, but gives up at once when the process ends.
wait_until_ready() {
  local end=$((SECONDS + $1))
  while ! "${kind}_ready" >/dev/null 2>&1; do
    running_pid "$folder/pid" >/dev/null || die "$kind '$name' ended while starting: $(last_words)"
    ((SECONDS <= end)) || die "$kind '$name' is not ready after $1 s: $(last_words)"
    sleep 0.05
  done
}

last_words() {
  local text
  text=$(grep -v '^[[:space:]]*$' "$folder/log" 2>/dev/null | tail -n 1 | cut -c1-300) || true
  echo "${text:-nothing was logged} ($folder/log)"
}

stop_instance() {
  stop_process "$folder/pid"
  if_defined "${kind}_after_stop"
}

restart() {
  [[ $# -eq 2 ]] || die "usage: testbed restart KIND NAME"
  lock_instance "$2"
  use_instance "$2"
  [[ $kind == "$1" ]] || die "'$2' is a $kind, not a $1"
  stop_instance
  start_instance
}

pid_of() { use_instance "${1:-}"; running_pid "$folder/pid" || die "'$name' is not running"; }

# kill_instance NAME [SIGNAL] : returns when the process is gone, if the signal is one that ends processes.
kill_instance() {
  local signal=${2:-KILL} pid
  signal=${signal#SIG}
  use_instance "${1:-}"
  pid=$(pid_of "$name")
  kill "-$signal" "$pid" 2>/dev/null || die "cannot send $signal to '$name'"
  case $signal in
    KILL | TERM | INT | QUIT | ABRT | 2 | 3 | 6 | 9 | 15) ;;
    *) return 0 ;;
  esac
  wait_gone "$pid" 30 || die "'$name' still runs 30 s after SIG$signal"
  if_defined "${kind}_after_stop"
}

# freeze NAME : returns when every thread has stopped; the signal alone leaves some of them time for one more answer.
freeze() {
  local pid end=$((SECONDS + 10))
  pid=$(pid_of "${1:-}")
  kill -STOP "$pid"
  until all_threads_stopped "$pid"; do
    ((SECONDS <= end)) || die "process $pid does not stop"
    sleep 0.01
  done
}
all_threads_stopped() { ! sed 's/.*) //' "/proc/$1/task/"*/stat 2>/dev/null | grep -qv '^[TtZX]'; }
thaw() { local pid; pid=$(pid_of "${1:-}"); kill -CONT "$pid"; }

instances() {
  local file
  for file in "$testbed"/*/kind; do
    [[ ! -s $file ]] || basename "$(dirname "$file")"
  done
}

list() {
  local pid state
  for name in $(instances); do
    use_instance "$name"
    state=stopped
    if pid=$(running_pid "$folder/pid"); then
      state=running
      [[ $(process_stat "$pid") != T* ]] || state=frozen
    fi
    echo "$name $kind $state"
  done
}

# down [NAME] : both forms may be repeated, and used after an 'up' that was interrupted anywhere.
down() {
  local name folder jobs=() job failed=0
  [[ -n ${TESTBED_DIR:-} ]] || die "TESTBED_DIR is not set: name the testbed's folder"
  [[ -e $TESTBED_DIR ]] || return 0
  if [[ ! -e $TESTBED_DIR/.testbed ]]; then
    rmdir -- "$TESTBED_DIR" 2>/dev/null || die "not a testbed, left alone: $TESTBED_DIR"
    return 0
  fi
  use_testbed
  if [[ $# -gt 0 ]]; then
    check_name "$1"
    remove_instance "$1"
    return 0
  fi
  for name in $(instances); do
    remove_instance "$name" &
    jobs+=($!)
  done
  for job in "${jobs[@]}"; do wait "$job" || failed=1; done
  ((failed == 0)) || die "not everything could be removed, see above; run 'testbed down' again"
  remove_folder "$testbed"
}

remove_instance() {
  lock_instance "$1"
  [[ -s $testbed/$1/kind ]] || return 0
  use_instance "$1"
  if_defined "${kind}_before_remove"
  stop_instance
  if_defined "${kind}_remove"
  remove_folder "$folder"
}
