#!/usr/bin/env bash
# Autoscaling as a plain shell loop: per service one look at the engine, one query, some arithmetic, and an update if the count is wrong.
# SERVICES="a b c" PROMETHEUS_URL=http://... [TARGET=200] [MIN=1] [MAX=50] [PAUSE=15] [CYCLES=0] loop.sh      CYCLES=0 runs for ever
set -u
: "${SERVICES:?}" "${PROMETHEUS_URL:?}" "${TARGET:=200}" "${MIN:=1}" "${MAX:=50}" "${PAUSE:=15}" "${CYCLES:=0}"

for ((cycle = 1; ; cycle++)); do
  for service in $SERVICES; do
    replicas=$(docker service inspect --format '{{.Spec.Mode.Replicated.Replicas}}' "$service") || continue
    load=$(curl -sf -G --data-urlencode "query=sum(fleet_load{service=\"$service\"})" "$PROMETHEUS_URL/api/v1/query" |
      jq -r '.data.result[0].value[1] // empty')
    [[ -n $load ]] || continue
    wanted=$(awk -v load="$load" -v target="$TARGET" 'BEGIN { n = int(load / target); if (n < load / target) n++; print n }')
    ((wanted >= MIN)) || wanted=$MIN
    ((wanted <= MAX)) || wanted=$MAX
    if ((wanted != replicas)); then
      docker service update --detach --quiet --replicas "$wanted" "$service" >/dev/null
    fi
  done
  ((cycle != CYCLES)) || break
  sleep "$PAUSE"
done
