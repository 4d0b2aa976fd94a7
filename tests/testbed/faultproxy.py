#!/usr/bin/env python3
"""An HTTP proxy that misbehaves on demand, for tests of clients.

    faultproxy.py --listen 127.0.0.1:0 --upstream 127.0.0.1:9090

prints URL=... and then passes every request on. A JSON object PUT to /__fault changes that; GET shows the fault
in force with the number of requests seen ("total") and spoilt ("faulted") since it was set:

    mode      ok        pass everything on
              latency   answer correctly, but `seconds` late
              status    answer `status` (503) without asking upstream
              garbage   200 with random bytes                     html    200 with an HTML error page
              empty     a successful query without any series     nan     one series whose value is `value` ("NaN")
              truncate  the first half of the body, then close    stall   the same, closing only after `seconds`
              drip      the whole body, spread over `seconds`     hang    no answer; close after `seconds`
              reset     reset the connection
    match     only requests whose path (with query) contains this text       ("" = all)
    ratio     the share of these that is hit                                  (1.0)
    count     how many to spoil before everything is passed on again          (-1 = no limit)
    seconds   3
"""
import argparse
import http.client
import http.server
import json
import random
import socket
import struct
import threading
import time

MODES = {'ok', 'latency', 'status', 'garbage', 'html', 'empty', 'nan', 'truncate', 'stall', 'drip', 'hang', 'reset'}
DEFAULTS = {'mode': 'ok', 'seconds': 3, 'status': 503, 'value': 'NaN', 'match': '', 'ratio': 1.0, 'count': -1}
HOP_BY_HOP = {'host', 'connection', 'accept-encoding', 'transfer-encoding', 'content-length'}


class Faults:
    """The fault in force and what it has done so far."""

    def __init__(self):
        self.lock = threading.Lock()
        self.set({})

    def set(self, wanted):
        unknown = set(wanted) - set(DEFAULTS)
        if unknown or wanted.get('mode', 'ok') not in MODES:
            raise ValueError(f'unknown mode or key: {json.dumps(wanted)}')
        with self.lock:
            self.fault, self.total, self.faulted = {**DEFAULTS, **wanted}, 0, 0

    def next(self, path):
        """The fault for a request of this path; its mode is ok when the request is to be left alone."""
        with self.lock:
            self.total += 1
            fault = dict(self.fault)
            spared = (fault['mode'] == 'ok' or fault['match'] not in path
                      or random.random() >= fault['ratio'] or fault['count'] == 0)
            if spared:
                return {**fault, 'mode': 'ok'}
            self.faulted += 1
            if fault['count'] > 0:
                self.fault['count'] -= 1
            return fault

    def report(self):
        with self.lock:
            return {**self.fault, 'total': self.total, 'faulted': self.faulted}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def answer(self, status, body, content_type='application/json', length=None):
        self.send_response(status)
        self.send_header('Content-Type', content_type)
        self.send_header('Content-Length', str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def answer_json(self, value, status=200):
        self.answer(status, json.dumps(value).encode())

    def handle_request(self):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        if self.path == '/__fault':
            self.control(body)
        else:
            fault = self.server.faults.next(self.path)
            if not self.answer_without_upstream(fault):
                self.pass_on(body, fault)

    def control(self, body):
        try:
            if self.command == 'PUT':
                self.server.faults.set(json.loads(body))
            self.answer_json(self.server.faults.report())
        except (ValueError, AttributeError) as error:
            self.answer_json({'error': str(error)}, 400)

    def answer_without_upstream(self, fault):
        mode = fault['mode']
        if mode == 'hang':
            time.sleep(fault['seconds'])
            self.close_connection = True
        elif mode == 'reset':
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            self.connection.close()
            self.close_connection = True
        elif mode == 'status':
            self.answer_json({'status': 'error', 'errorType': 'unavailable', 'error': 'injected'}, fault['status'])
        elif mode == 'garbage':
            self.answer(200, random.randbytes(200))
        elif mode == 'html':
            self.answer(200, b'<html><body>502 Bad Gateway</body></html>', 'text/html')
        elif mode == 'empty':
            self.answer_json(vector([]))
        elif mode == 'nan':
            self.answer_json(vector([{'metric': {}, 'value': [time.time(), fault['value']]}]))
        else:
            return False
        return True

    def pass_on(self, request_body, fault):
        mode, seconds = fault['mode'], fault['seconds']
        if mode == 'latency':
            time.sleep(seconds)
        try:
            status, content_type, body = self.ask_upstream(request_body)
        except (OSError, http.client.HTTPException) as error:
            self.answer_json({'error': f'upstream: {error}'}, 502)
            return
        if mode in ('truncate', 'stall'):
            self.answer(status, body[:len(body) // 2], content_type, len(body))
            if mode == 'stall':
                time.sleep(seconds)
            self.close_connection = True
        elif mode == 'drip':
            self.answer(status, b'', content_type, len(body))
            for byte in body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(seconds / len(body))
        else:
            self.answer(status, body, content_type)

    def ask_upstream(self, body):
        upstream = http.client.HTTPConnection(self.server.upstream, timeout=60)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            upstream.request(self.command, self.path, body or None, headers)
            response = upstream.getresponse()
            return response.status, response.getheader('Content-Type', ''), response.read()
        finally:
            upstream.close()

    do_GET = do_POST = do_PUT = do_DELETE = handle_request

    def log_message(self, *_):
        pass


def vector(result):
    return {'status': 'success', 'data': {'resultType': 'vector', 'result': result}}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass   # clients that went away, and connections that were reset on purpose


def main():
    options = argparse.ArgumentParser(description='An HTTP proxy that misbehaves on demand.')
    options.add_argument('--listen', default='127.0.0.1:0', metavar='HOST:PORT', help='port 0 takes a free one')
    options.add_argument('--upstream', required=True, metavar='HOST:PORT')
    options = options.parse_args()
    host, port = options.listen.rsplit(':', 1)
    server = Server((host, int(port)), Handler)
    server.upstream, server.faults = options.upstream, Faults()
    print(f'URL=http://{host}:{server.server_port}', flush=True)
    server.serve_forever()


if __name__ == '__main__':
    main()
