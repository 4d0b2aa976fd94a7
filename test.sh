#!/usr/bin/env bash
# Runs every test: unit, adapter (against real servers) and end-to-end (against a real Swarm). Installs what they need, as root on Debian or Ubuntu.
#   ./test.sh          everything
#   ./test.sh --fast   without the engine: no end-to-end tests
# The last line is "N passed, N failed, N skipped"; the exit code is 0 only if nothing failed.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"

projects=(tests/SwarmAutoscaler.Core.Tests tests/SwarmAutoscaler.Tests tests/SwarmAutoscaler.EndToEnd)
packages=(engine servers images)
case ${1:-} in
  '') ;;
  --fast) unset 'projects[2]'; packages=(servers) ;;
  -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

tests/testbed/testbed install "${packages[@]}" || exit 1
dotnet build --nologo --verbosity quiet SwarmAutoscaler.sln || { echo "the build failed" >&2; exit 1; }

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
broken=0
for project in "${projects[@]}"; do
  echo "== $project"
  dotnet test --no-build --nologo "$project" --logger "console;verbosity=minimal" --logger "trx;LogFileName=$results/$(basename "$project").trx" || broken=1
done

# The counters of all result files together; a project that ended without a result counts as one failure.
sum() { grep -ho "<Counters [^>]*" "$results"/*.trx 2>/dev/null | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ n += $1 } END { print n + 0 }'; }
passed=$(sum passed) failed=$(sum failed) executed=$(sum executed) total=$(sum total)
lost=$((${#projects[@]} - $(find "$results" -name '*.trx' | wc -l)))
((failed += lost))
echo "$passed passed, $failed failed, $((total - executed)) skipped"
((broken == 0 && failed == 0 && passed > 0))
