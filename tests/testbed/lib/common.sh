# Small things: messages, processes, ports, locks, mounts.
# shellcheck shell=bash disable=SC2154,SC2034

say() { echo "testbed: $*" >&2; }
die() { say "$*"; exit 1; }

require_root() { ((EUID == 0)) || die "$1 needs root"; }

# require PROGRAM GROUP : a clear error instead of "command not found" in the middle of something.
require() { command -v "$1" >/dev/null || die "$1 is missing: run 'testbed install $2' as root"; }

# value_of OPTION [VALUE]... : sets $value to the option's value, or ends with an error that names the option.
value_of() { [[ $# -ge 2 && -n $2 ]] || die "$1 needs a value"; value=$2; }

# --- processes ---------------------------------------------------------------------------------------------

# process_stat PID : "STATE START_TIME", nothing when there is no such process.
process_stat() {
  local text
  { text=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
  read -ra text <<<"${text##*) }"   # the command's name, in parentheses, may contain anything
  echo "${text[0]} ${text[19]}"
}

# record_process FILE PID : a pid may be reused, a pid with its start time is not.
record_process() {
  local stat
  stat=$(process_stat "$2") || return 1
  echo "$2 ${stat#* }" >"$1"
}

# running_pid FILE : the recorded process's pid, if that very process still runs.
running_pid() {
  local pid start stat
  [[ -s $1 ]] && read -r pid start <"$1" && stat=$(process_stat "$pid") || return 1
  [[ ${stat#* } == "$start" && $stat != Z* && $stat != X* ]] || return 1
  echo "$pid"
}

# wait_gone PID SECONDS : a zombie counts as gone; it has let go of its ports and files.
wait_gone() {
  local end=$((SECONDS + $2)) stat
  while stat=$(process_stat "$1") && [[ $stat != Z* ]]; do
    ((SECONDS <= end)) || return 1
    sleep 0.05
  done
}

# (return 0, not a bare return: in an EXIT trap that would return the status from before the trap.)
# stop_process FILE [SECONDS] : thaw, SIGTERM, and after SECONDS SIGKILL.
stop_process() {
  local pid
  pid=$(running_pid "$1") || return 0
  kill -CONT "$pid" 2>/dev/null || true
  kill -TERM "$pid" 2>/dev/null || true
  wait_gone "$pid" "${2:-20}" && return 0
  say "process $pid ignored SIGTERM for ${2:-20} s, killing it"
  kill -KILL "$pid" 2>/dev/null || true
  wait_gone "$pid" 10 || die "process $pid cannot be killed"
}

# --- ports -------------------------------------------------------------------------------------------------

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port NAME LABEL : a loopback port for that purpose; the same one again as long as the testbed lives.
# The range lies below the ports that the kernel gives to outgoing connections.
free_port() {
  local file=$testbed/.ports/$1.$2 port
  (
    flock 8
    if [[ -s $file ]]; then
      port=$(<"$file")
    else
      while :; do
        port=$((14000 + (RANDOM << 15 | RANDOM) % 18000))
        grep -qsxF "$port" "$testbed"/.ports/* || port_is_taken "$port" || break
      done
      echo "$port" >"$file"
    fi
    echo "$port"
  ) 8>"$testbed/.locks/.ports"
}

# --- files -------------------------------------------------------------------------------------------------

# unmount_below FOLDER : everything mounted at or below it, deepest first.
unmount_below() {
  local point
  awk -v top="$1" '$5 == top || index($5, top "/") == 1 { print $5 }' /proc/self/mountinfo | sort -r |
    while read -r point; do umount "$point" 2>/dev/null || umount -l "$point" || true; done
}

# remove_folder FOLDER : never across a file system that is still mounted below.
remove_folder() {
  [[ -e $1 ]] || return 0
  unmount_below "$1"
  rm -rf --one-file-system "$1" || die "cannot remove $1"
}
