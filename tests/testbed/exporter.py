#!/usr/bin/env python3
"""Container metrics under cAdvisor's names, for Prometheus.

    exporter.py --listen 127.0.0.1:0 --docker /path/docker.sock [--docker ...] [--timestamps]

prints URL=... and serves /metrics. The numbers are real: cgroup files (v1 or v2), /proc and the Docker API. One scrape
is one list of containers per engine and some file reads. --timestamps adds explicit times, as cAdvisor does.
"""
import argparse
import collections
import http.client
import http.server
import json
import os
import re
import socket
import sys
import threading
import time

CGROUPS = '/sys/fs/cgroup'
CLOCK_TICKS = os.sysconf('SC_CLK_TCK')
INSPECT_SECONDS = 10   # how long limits, labels and the pid of a container are remembered


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__('docker', timeout=5)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Engine:
    """One Docker engine, with a short memory of its containers' details."""

    def __init__(self, path):
        self.path = path
        self.details = {}

    def get(self, path):
        connection = UnixConnection(self.path)
        try:
            connection.request('GET', path)
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise OSError(f'{path}: HTTP {response.status}')
        return json.loads(body)

    def containers(self):
        """Details of the running containers, and how many could not be read (they may just have gone)."""
        now, fresh, failed = time.monotonic(), {}, 0
        for container in self.get('/containers/json'):
            key = container['Id']
            known = self.details.get(key)
            if not known or now - known[0] > INSPECT_SECONDS:
                try:
                    known = now, self.get(f'/containers/{key}/json')
                except (OSError, http.client.HTTPException):
                    failed += 1
                    continue
            fresh[key] = known
        self.details = fresh
        return [details for _, details in fresh.values()], failed


class Families:
    """Collects samples and writes them as Prometheus text."""

    def __init__(self):
        self.rows = collections.defaultdict(list)

    def gauge(self, name, labels, value):
        self.rows[name, 'gauge'].append((labels, value))

    def counter(self, name, labels, value):
        self.rows[name, 'counter'].append((labels, value))

    def text(self, timestamp=None):
        suffix = f' {int(timestamp * 1000)}' if timestamp else ''
        lines = []
        for (name, kind), rows in self.rows.items():
            lines.append(f'# TYPE {name} {kind}')
            lines += [f'{name}{label_set(labels)} {value}{suffix}' for labels, value in rows]
        return '\n'.join(lines) + '\n'


def label_set(labels):
    def escaped(value):
        return str(value).replace('\\', r'\\').replace('"', r'\"').replace('\n', r'\n')
    return '{' + ','.join(f'{name}="{escaped(value)}"' for name, value in sorted(labels.items())) + '}'


def read(path):
    try:
        with open(path, encoding='utf-8') as file:
            return file.read()
    except OSError:
        return ''


def read_number(path):
    return int(read(path).strip() or 0)


def read_table(path):
    """A file of 'name number' lines."""
    pairs = (line.split() for line in read(path).splitlines())
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2}


def cgroups_of(pid):
    """Controller to path; the unified hierarchy's key is ''."""
    paths = {}
    for line in read(f'/proc/{pid}/cgroup').splitlines():
        _, controllers, path = line.split(':', 2)
        for controller in controllers.split(','):
            paths[controller] = path
    return paths


def add_cgroup_v1(families, labels, paths):
    def folder(controller):
        return f'{CGROUPS}/{controller}{paths[controller]}'

    for cpu, nanoseconds in enumerate(read(folder('cpuacct') + '/cpuacct.usage_percpu').split()):
        if int(nanoseconds):
            families.counter('container_cpu_usage_seconds_total', {**labels, 'cpu': f'cpu{cpu:02d}'},
                             int(nanoseconds) / 1e9)
    times = read_table(folder('cpuacct') + '/cpuacct.stat')
    families.counter('container_cpu_user_seconds_total', labels, times.get('user', 0) / CLOCK_TICKS)
    families.counter('container_cpu_system_seconds_total', labels, times.get('system', 0) / CLOCK_TICKS)
    cpu = read_table(folder('cpu') + '/cpu.stat')
    add_throttling(families, labels, cpu, cpu.get('throttled_time', 0) / 1e9)
    memory = read_table(folder('memory') + '/memory.stat')
    add_memory(families, labels, read_number(folder('memory') + '/memory.usage_in_bytes'),
               memory.get('total_inactive_file', 0), memory.get('total_rss', 0))
    families.counter('container_memory_failcnt', labels, read_number(folder('memory') + '/memory.failcnt'))


def add_cgroup_v2(families, labels, path):
    folder = CGROUPS + path
    cpu = read_table(folder + '/cpu.stat')
    families.counter('container_cpu_usage_seconds_total', {**labels, 'cpu': 'total'}, cpu.get('usage_usec', 0) / 1e6)
    families.counter('container_cpu_user_seconds_total', labels, cpu.get('user_usec', 0) / 1e6)
    families.counter('container_cpu_system_seconds_total', labels, cpu.get('system_usec', 0) / 1e6)
    add_throttling(families, labels, cpu, cpu.get('throttled_usec', 0) / 1e6)
    memory = read_table(folder + '/memory.stat')
    add_memory(families, labels, read_number(folder + '/memory.current'),
               memory.get('inactive_file', 0), memory.get('anon', 0))


def add_throttling(families, labels, cpu, throttled_seconds):
    families.counter('container_cpu_cfs_periods_total', labels, cpu.get('nr_periods', 0))
    families.counter('container_cpu_cfs_throttled_periods_total', labels, cpu.get('nr_throttled', 0))
    families.counter('container_cpu_cfs_throttled_seconds_total', labels, throttled_seconds)


def add_memory(families, labels, usage, inactive_file, rss):
    families.gauge('container_memory_usage_bytes', labels, usage)
    families.gauge('container_memory_working_set_bytes', labels, max(0, usage - inactive_file))
    families.gauge('container_memory_rss', labels, rss)


def add_limits(families, labels, host_config):
    quota, period = host_config.get('CpuQuota') or 0, host_config.get('CpuPeriod') or 100000
    if host_config.get('NanoCpus'):
        period = 100000
        quota = host_config['NanoCpus'] * period // 10**9
    if quota > 0:
        families.gauge('container_spec_cpu_quota', labels, quota)
        families.gauge('container_spec_cpu_period', labels, period)
    families.gauge('container_spec_cpu_shares', labels, host_config.get('CpuShares') or 1024)
    families.gauge('container_spec_memory_limit_bytes', labels, host_config.get('Memory') or 0)


def add_network(families, labels, pid):
    for line in read(f'/proc/{pid}/net/dev').splitlines()[2:]:
        interface, columns = line.split(':', 1)
        if interface.strip() == 'lo':
            continue
        columns, labelled = columns.split(), {**labels, 'interface': interface.strip()}
        families.counter('container_network_receive_bytes_total', labelled, columns[0])
        families.counter('container_network_transmit_bytes_total', labelled, columns[8])


def add_container(families, details, now):
    pid = details['State']['Pid']
    paths = cgroups_of(pid)
    if not pid or not paths:
        return
    labels = {'container_label_' + re.sub('[^a-zA-Z0-9_]', '_', name): value
              for name, value in (details['Config']['Labels'] or {}).items()}
    labels |= {'name': details['Name'].lstrip('/'), 'image': details['Config']['Image'],
               'id': paths.get('cpuacct') or paths.get('', '')}
    if 'cpuacct' in paths:
        add_cgroup_v1(families, labels, paths)
    else:
        add_cgroup_v2(families, labels, paths[''])
    add_limits(families, labels, details['HostConfig'])
    add_network(families, labels, pid)
    families.gauge('container_last_seen', labels, int(now))


class Exporter:
    def __init__(self, sockets, timestamps):
        self.engines = [Engine(path) for path in sockets]
        self.timestamps = timestamps
        self.lock = threading.Lock()

    def scrape(self):
        families, errors, now = Families(), 0, time.time()
        with self.lock:
            for engine in self.engines:
                try:
                    containers, failed = engine.containers()
                except (OSError, http.client.HTTPException, ValueError) as error:
                    print(f'{engine.path}: {error}', file=sys.stderr, flush=True)
                    containers, failed = [], 1
                errors += failed
                for details in containers:
                    add_container(families, details, now)
        own = Families()
        own.gauge('testbed_exporter_errors', {}, errors)
        return families.text(now if self.timestamps else None) + own.text()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        body = self.server.exporter.scrape().encode()
        self.send_response(200)
        self.send_header('Content-Type', 'text/plain; version=0.0.4')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    options = argparse.ArgumentParser(description="Container metrics under cAdvisor's names.")
    options.add_argument('--listen', default='127.0.0.1:0', metavar='HOST:PORT', help='port 0 takes a free one')
    options.add_argument('--docker', action='append', required=True, metavar='SOCKET', help='may be repeated')
    options.add_argument('--timestamps', action='store_true', help='explicit sample times')
    options = options.parse_args()
    host, port = options.listen.rsplit(':', 1)
    server = http.server.ThreadingHTTPServer((host, int(port)), Handler)
    server.daemon_threads = True
    server.exporter = Exporter(options.docker, options.timestamps)
    print(f'URL=http://{host}:{server.server_port}', flush=True)
    server.serve_forever()


if __name__ == '__main__':
    main()
