#!/usr/bin/env python3
"""Forwards TCP connections from one network namespace to another.

    portbridge.py --listen HOST:PORT [--listen-netns FILE] --connect HOST:PORT [--connect-netns FILE]

A socket belongs for ever to the namespace it was made in, so this process enters the other one only to make sockets.
Prints READY once it listens. Needs root.
"""
import argparse
import asyncio
import contextlib
import ctypes
import os
import socket

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def enter(file):
    if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f'cannot enter {file.name}: {os.strerror(error)}')


@contextlib.contextmanager
def inside(netns):
    """Runs its body in that network namespace (None: stays in its own). The body must not await."""
    if netns is None:
        yield
        return
    with open('/proc/self/ns/net', 'rb') as own, open(netns, 'rb') as other:
        enter(other)
        try:
            yield
        finally:
            enter(own)


def new_socket(netns):
    with inside(netns):
        new = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    new.setblocking(False)
    return new


async def pump(reader, writer):
    """Copies until one side ends, and passes the end on."""
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()


class Bridge:
    def __init__(self, address, netns):
        self.address, self.netns = address, netns

    async def serve(self, reader, writer):
        outgoing = new_socket(self.netns)
        try:
            await asyncio.get_running_loop().sock_connect(outgoing, self.address)
            far_reader, far_writer = await asyncio.open_connection(sock=outgoing)
        except OSError:
            outgoing.close()
            writer.transport.abort()   # the client sees a reset, as near as this gets to "refused"
            return
        try:
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
        finally:
            far_writer.close()
            writer.close()


def address(text):
    host, port = text.rsplit(':', 1)
    return host, int(port)


async def main():
    options = argparse.ArgumentParser(description='Forwards TCP between network namespaces.')
    options.add_argument('--listen', type=address, required=True, metavar='HOST:PORT')
    options.add_argument('--listen-netns', metavar='FILE')
    options.add_argument('--connect', type=address, required=True, metavar='HOST:PORT')
    options.add_argument('--connect-netns', metavar='FILE')
    options = options.parse_args()
    listening = new_socket(options.listen_netns)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(options.listen)
    bridge = Bridge(options.connect, options.connect_netns)
    server = await asyncio.start_server(bridge.serve, sock=listening)
    print('READY', flush=True)
    await server.serve_forever()


if __name__ == '__main__':
    asyncio.run(main())
