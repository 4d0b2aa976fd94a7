# The kinds exporter, prometheus, redis, rabbitmq, faultproxy and portbridge. All listen on 127.0.0.1 only.
# shellcheck shell=bash disable=SC2154

print_pid() { echo "PID=$(running_pid "$folder/pid")"; }

http_answers() { curl -sf -m 2 -o /dev/null "$@"; }

# --- exporter: container metrics under cAdvisor's names -------------------------------------------------------

exporter_prepare() {
  local sockets=() options=() port
  require python3 servers
  while [[ $# -gt 0 ]]; do
    case $1 in
      --docker) value_of "$@"; sockets+=(--docker "${value#unix://}"); shift 2 ;;
      --timestamps) options+=("$1"); shift ;;
      *) die "up exporter: unknown option '$1'" ;;
    esac
  done
  ((${#sockets[@]})) || die "up exporter needs --docker SOCKET"
  port=$(free_port "$name" http)
  remember port "$port"
  start_script <<SCRIPT
#!/bin/sh
exec python3 $here/exporter.py --listen 127.0.0.1:$port ${sockets[*]@Q} ${options[*]}
SCRIPT
}

exporter_ready() { http_answers "http://127.0.0.1:$port/metrics"; }
exporter_lines() { echo "URL=http://127.0.0.1:$port"; echo "PORT=$port"; print_pid; }

# --- prometheus -----------------------------------------------------------------------------------------------

prometheus_prepare() {
  local targets=() interval=1s lookback=5s config='' port target
  require prometheus servers
  while [[ $# -gt 0 ]]; do
    case $1 in
      --target) value_of "$@"; targets+=("$value"); shift 2 ;;
      --interval) value_of "$@"; interval=$value; shift 2 ;;
      --lookback-delta) value_of "$@"; lookback=$value; shift 2 ;;
      --config) value_of "$@"; config=$value; shift 2 ;;
      *) die "up prometheus: unknown option '$1'" ;;
    esac
  done
  if [[ -n $config ]]; then
    ((${#targets[@]} == 0)) || die "up prometheus: --config and --target exclude each other"
    [[ -r $config ]] || die "up prometheus: cannot read $config"
    config=$(realpath -- "$config")   # used in place: relative paths in it stay right, edits need only a SIGHUP
  else
    config=$folder/prometheus.yml
    {
      printf 'global:\n  scrape_interval: %s\n  scrape_timeout: %s\nscrape_configs:\n' "$interval" "$interval"
      prometheus_jobs "${targets[@]}"
    } >"$config"
  fi
  port=$(free_port "$name" http)
  remember port "$port"
  start_script <<SCRIPT
#!/bin/sh
exec prometheus --config.file=${config@Q} --storage.tsdb.path=$folder/data --web.listen-address=127.0.0.1:$port \\
  --web.enable-lifecycle --query.lookback-delta=$lookback
SCRIPT
}

# prometheus_jobs [JOB=]HOST:PORT... : one scrape job per name; a target without a name belongs to "cadvisor".
prometheus_jobs() {
  local target
  local -A addresses=()
  for target in "$@"; do
    [[ $target == *=* ]] || target=cadvisor=$target
    [[ $target =~ ^[A-Za-z0-9_-]+=[A-Za-z0-9.-]+:[0-9]+$ ]] || die "up prometheus: --target [JOB=]HOST:PORT, not '$target'"
    addresses[${target%%=*}]+="${addresses[${target%%=*}]:+, }'${target#*=}'"
  done
  for target in "${!addresses[@]}"; do
    printf '  - job_name: %s\n    static_configs: [{targets: [%s]}]\n' "$target" "${addresses[$target]}"
  done
}

prometheus_ready() { http_answers "http://127.0.0.1:$port/-/ready"; }
prometheus_lines() { echo "URL=http://127.0.0.1:$port"; echo "PORT=$port"; print_pid; }

# --- redis: nothing on disk, a restarted one is empty ---------------------------------------------------------

redis_prepare() {
  local password='' users=() tls=no port tls_port='' entry user secret
  require redis-server servers
  require redis-cli servers
  while [[ $# -gt 0 ]]; do
    case $1 in
      --password) value_of "$@"; password=$value; shift 2 ;;
      --acl) value_of "$@"; users+=("$value"); shift 2 ;;
      --tls) tls=yes; shift ;;
      *) die "up redis: unknown option '$1'" ;;
    esac
  done
  port=$(free_port "$name" redis)
  printf '%s\n' "port $port" "bind 127.0.0.1" "dir $folder" 'save ""' "appendonly no" >"$folder/redis.conf"
  [[ -z $password ]] || echo "requirepass \"$password\"" >>"$folder/redis.conf"
  for entry in "${users[@]}"; do
    [[ $entry == *:*:* ]] || die "up redis: --acl USER:PASSWORD:RULES, not '$entry'"
    user=${entry%%:*} entry=${entry#*:} secret=${entry%%:*}
    echo "user $user on >$secret ${entry#*:}" >>"$folder/redis.conf"
  done
  if [[ $tls == yes ]]; then
    tls_port=$(free_port "$name" tls)
    make_certificate
    printf '%s\n' "tls-port $tls_port" "tls-cert-file $folder/server.crt" "tls-key-file $folder/server.key" \
      "tls-ca-cert-file $folder/ca.crt" "tls-auth-clients no" >>"$folder/redis.conf"
  fi
  remember port "$port"
  remember tls_port "$tls_port"
  remember password "$password"
  printf '#!/bin/sh\nexec redis-server %s/redis.conf\n' "$folder" | start_script
}

# make_certificate : an own authority (ca.crt) and its certificate for localhost and 127.0.0.1 (server.crt).
make_certificate() {
  require openssl servers
  (
    cd "$folder"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -keyout ca.key -out ca.crt \
      -subj "/CN=testbed authority" -addext keyUsage=critical,keyCertSign,cRLSign
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.key -out server.csr \
      -subj "/CN=localhost"
    printf '%s\n' subjectAltName=DNS:localhost,IP:127.0.0.1 extendedKeyUsage=serverAuth \
      basicConstraints=critical,CA:FALSE >server.ext
    openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile server.ext -out server.crt
  ) >>"$folder/log" 2>&1 || die "no certificate: $(last_words)"
}

redis_ready() {
  local answer
  answer=$(REDISCLI_AUTH=$password timeout 2 redis-cli -h 127.0.0.1 -p "$port" ping 2>/dev/null)
  [[ $answer == PONG || $answer == NOAUTH* || $answer == NOPERM* ]]
}

redis_lines() {
  echo "URL=redis://${password:+default:$password@}127.0.0.1:$port"
  echo "HOST=127.0.0.1"
  echo "PORT=$port"
  if [[ -n $tls_port ]]; then
    echo "TLS_PORT=$tls_port"
    echo "CA=$folder/ca.crt"
  fi
  print_pid
}

# --- rabbitmq: own node name, cookie, epmd and ports ------------------------------------------------------------

rabbitmq_programs=/usr/lib/rabbitmq/bin

rabbitmq_prepare() {
  local amqp management metrics
  [[ $# -eq 0 ]] || die "up rabbitmq: unknown option '$1'"
  require "$rabbitmq_programs/rabbitmq-server" servers
  amqp=$(free_port "$name" amqp)
  management=$(free_port "$name" management)
  metrics=$(free_port "$name" metrics)
  remember amqp "$amqp"
  remember management "$management"
  remember metrics "$metrics"
  mkdir -p "$folder/data" "$folder/logs" "$folder/conf.d"
  echo '[rabbitmq_management,rabbitmq_prometheus].' >"$folder/enabled_plugins"
  cat >"$folder/rabbitmq.conf" <<CONF
listeners.tcp.default = 127.0.0.1:$amqp
management.tcp.ip = 127.0.0.1
management.tcp.port = $management
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = $metrics
default_user = guest
default_pass = guest
collect_statistics_interval = 1000
CONF
  cat >"$folder/environment" <<ENV
export HOME=$folder
export RABBITMQ_NODENAME=tb-$id-$name@localhost
export RABBITMQ_NODE_IP_ADDRESS=127.0.0.1
export RABBITMQ_NODE_PORT=$amqp
export RABBITMQ_DIST_PORT=$(free_port "$name" distribution)
export ERL_EPMD_PORT=$(free_port "$name" epmd)
export ERL_EPMD_ADDRESS=127.0.0.1
export RABBITMQ_MNESIA_BASE=$folder/data
export RABBITMQ_LOG_BASE=$folder/logs
export RABBITMQ_CONFIG_FILE=$folder/rabbitmq.conf
export RABBITMQ_CONFIG_FILES=$folder/conf.d
export RABBITMQ_ADVANCED_CONFIG_FILE=$folder/advanced.config
export RABBITMQ_ENABLED_PLUGINS_FILE=$folder/enabled_plugins
export RABBITMQ_CONF_ENV_FILE=/dev/null
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
ENV
  cat >"$folder/rabbitmqctl" <<SCRIPT
#!/bin/sh
. $folder/environment
exec $rabbitmq_programs/rabbitmqctl "\$@"
SCRIPT
  chmod +x "$folder/rabbitmqctl"
  # RUNNING_UNDER_SYSTEMD makes the script exec the virtual machine, so that our pid is the broker's own. An epmd that
  # the broker starts itself would be a daemon that outlives it; ours is there first and ends with the broker.
  start_script <<SCRIPT
#!/bin/sh
. $folder/environment
export RUNNING_UNDER_SYSTEMD=true
unset NOTIFY_SOCKET
setpriv --pdeathsig KILL epmd &
exec $rabbitmq_programs/rabbitmq-server
SCRIPT
}

rabbitmq_ready() {
  http_answers -u guest:guest "http://127.0.0.1:$management/api/health/checks/port-listener/$amqp"
}

rabbitmq_lines() {
  echo "AMQP_URL=amqp://guest:guest@127.0.0.1:$amqp/"
  echo "MANAGEMENT_URL=http://127.0.0.1:$management"
  echo "METRICS_URL=http://127.0.0.1:$metrics/metrics"
  echo "USER=guest"
  echo "PASSWORD=guest"
  echo "CTL=$folder/rabbitmqctl"
  print_pid
}

# A graceful stop takes six seconds, for data that are removed anyway.
rabbitmq_before_remove() {
  local pid
  pid=$(running_pid "$folder/pid") || return 0
  kill -KILL "$pid" && wait_gone "$pid" 10
}

# --- faultproxy: an HTTP proxy that misbehaves on demand ------------------------------------------------------

faultproxy_prepare() {
  local upstream='' port
  require python3 servers
  while [[ $# -gt 0 ]]; do
    case $1 in
      --upstream) value_of "$@"; upstream=${value#http://}; upstream=${upstream%/}; shift 2 ;;
      *) die "up faultproxy: unknown option '$1'" ;;
    esac
  done
  [[ $upstream =~ ^[A-Za-z0-9.-]+:[0-9]+$ ]] || die "up faultproxy needs --upstream HOST:PORT"
  port=$(free_port "$name" http)
  remember port "$port"
  printf '#!/bin/sh\nexec python3 %s/faultproxy.py --listen 127.0.0.1:%s --upstream %s\n' "$here" "$port" "$upstream" |
    start_script
}

faultproxy_ready() { http_answers "http://127.0.0.1:$port/__fault"; }
faultproxy_lines() { echo "URL=http://127.0.0.1:$port"; echo "PORT=$port"; print_pid; }

# --- portbridge: a port of an engine's network namespace for the outside, or the other way round -------------------

portbridge_prepare() {
  local from='' into='' engine_port='' target='' port engine
  require python3 servers
  while [[ $# -gt 0 ]]; do
    case $1 in
      --from) value_of "$@"; from=$value; shift 2 ;;
      --port) value_of "$@"; engine_port=$value; shift 2 ;;
      --into) value_of "$@"; into=$value; shift 2 ;;
      --target) value_of "$@"; target=${value#http://}; shift 2 ;;
      *) die "up portbridge: unknown option '$1'" ;;
    esac
  done
  [[ (-n $from && $engine_port =~ ^[0-9]+$ && -z $into) || (-n $into && $target =~ ^[A-Za-z0-9.-]+:[0-9]+$ && -z $from) ]] ||
    die "up portbridge needs --from ENGINE --port PORT, or --into ENGINE --target HOST:PORT"
  engine=$testbed/${from:-$into}
  [[ -s $engine/kind && $(<"$engine/kind") == engine ]] || die "no engine '${from:-$into}' in this testbed"
  port=$(free_port "$name" tcp)
  remember port "$port"
  remember into "$into"
  remember engine_netns "$(sed -n 's/^netns=//p' "$engine/settings")"
  if [[ -n $from ]]; then
    bridge_script --listen "127.0.0.1:$port" --connect "127.0.0.1:$engine_port" --connect-netns
  else
    bridge_script --listen "0.0.0.0:$port" --connect "$target" --listen-netns
  fi
}

bridge_script() {
  # shellcheck disable=SC1091
  source "$folder/settings"
  printf '#!/bin/sh\nexec python3 %s/portbridge.py %s %s\n' "$here" "$*" "$engine_netns" | start_script
}

portbridge_ready() { grep -q '^READY' "$folder/log"; }
portbridge_after_stop() { : >"$folder/log"; }

# Inside an engine, containers of the host network use 127.0.0.1, all others the gateway of their own namespace.
portbridge_lines() {
  if [[ -n $into ]]; then
    echo "HOST=$(nsenter --net="$engine_netns" ip -4 -o address show docker_gwbridge | awk '{ sub("/.*", "", $4); print $4 }')"
  else
    echo "URL=http://127.0.0.1:$port"
    echo "HOST=127.0.0.1"
  fi
  echo "PORT=$port"
  print_pid
}
