#!/usr/bin/env bash
# Runs every test: unit, adapter (against real servers) and end-to-end (against a real Swarm). Installs what they need, as root on Debian or Ubuntu.
#   ./test.sh          everything
#   ./test.sh --fast   without the engine: no end-to-end tests
# Measurements, which take long, are not among them: see tests/reliability.sh.
# The last line is "N passed, N failed, N skipped"; the exit code is 0 only if something passed and nothing failed.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" || exit 1

readonly longest_test=5m          # a test that takes longer is named and ends its project
projects=(tests/SwarmAutoscaler.Core.Tests tests/SwarmAutoscaler.Tests tests/SwarmAutoscaler.EndToEnd)
packages=(engine servers images)
case ${1:-} in
  '') ;;
  --fast) unset 'projects[2]'; packages=(servers) ;;
  -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

passed=0 failed=0 skipped=0
results=$(mktemp -d)

# The last line, however the run ends.
conclude() {
  rm -rf "$results"
  echo "$passed passed, $failed failed, $skipped skipped"
  ((failed == 0 && passed > 0)) || exit 1
  exit 0
}
trap conclude EXIT
trap 'echo "interrupted" >&2; ((++failed)); exit' INT TERM HUP

give_up() { echo "$1" >&2; ((++failed)); exit; }

# counter NAME FILE : a number of a result file; 0 when there is no such file.
counter() { sed -nE "s/.*<Counters .*\b$1=\"([0-9]+)\".*/\1/p" "$2" 2>/dev/null | grep . || echo 0; }

# A project that fails without a failed test has crashed: that is one failure more, and what it counted before still counts.
run_project() {
  local project=$1 file=$results/${1##*/}.trx broken=0 bad
  echo "== $project"
  dotnet test --no-build --nologo "$project" --filter "Category!=Measurement" --logger "console;verbosity=minimal" --logger "trx;LogFileName=$file" \
    --results-directory "$results" --blame-hang-timeout "$longest_test" --blame-hang-dump-type none || broken=1
  bad=$(counter failed "$file")
  ((broken == 0 || bad > 0)) || { echo "$project ended without a result" >&2; bad=1; }
  ((passed += $(counter passed "$file"), failed += bad, skipped += $(counter total "$file") - $(counter executed "$file")))
}

command -v dotnet >/dev/null || give_up "the .NET SDK 10 is missing"
tests/testbed/testbed install "${packages[@]}" || give_up "not everything that the tests need could be installed"
tests/testbed/testbed install browser || echo "no browser could be installed: its tests are skipped" >&2
dotnet build --nologo --verbosity quiet SwarmAutoscaler.sln || give_up "the build failed"
for project in "${projects[@]}"; do run_project "$project"; done
