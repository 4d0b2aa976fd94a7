#!/usr/bin/env bash
# What docs/reliability.md reports, measured again on three real managers, as root on Debian or Ubuntu. Prints the numbers.
#   tests/reliability.sh failover              until another instance acts, after 20 crashes and 20 graceful stops (7 min)
#   tests/reliability.sh managers              until a change goes through another manager, after each fault of one (12 min)
#   tests/reliability.sh raft                  Raft entries per hour, and the size of the stored history (7 min)
#   tests/reliability.sh life [SECONDS [SEED]] a life in fast motion; 480 s, the default, stand for two hours
#   tests/reliability.sh faults                the fail-over tests, which ./test.sh runs too (4 min)
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

usage() { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }

case ${1:-} in
  failover) filter=FailOverMeasurement ;;
  managers) filter=ManagerOutageMeasurement ;;
  raft) filter=RaftMeasurement ;;
  faults) filter=FailOverTests ;;
  life)
    filter=LifeTests
    export RELIABILITY_LIFE_SECONDS=${2:-480} RELIABILITY_LIFE_SEED=${3:-}
    ;;
  *) usage ;;
esac

RELIABILITY_REPORT=$(mktemp)
export RELIABILITY_REPORT
trap 'rm -f "$RELIABILITY_REPORT"' EXIT
echo "$(nproc) cores, load $(cut -d' ' -f1-3 /proc/loadavg), $(dockerd --version)"
tests/testbed/testbed install engine servers
passed=0
dotnet test --nologo tests/SwarmAutoscaler.EndToEnd --filter "$filter" --logger "console;verbosity=normal" || passed=$?
cat "$RELIABILITY_REPORT"
exit "$passed"
