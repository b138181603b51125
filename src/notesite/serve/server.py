"""A socket and the app -> answers, in a thread of its own, until it is closed."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable
from threading import Event, Thread

from uvicorn import Config, Server

from notesite.serve.app import Site, app
from notesite.serve.events import Tabs
from notesite.serve.safety import Names

TRIED = 100  # ports, from the one that was asked for
PATIENCE = 2.0  # seconds for the thread to end; it is left alone then


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens there, at the next free port if this one is taken. OSError if none
    is."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    for number in range(port, min(port + TRIED, 65535) + 1):
        try:
            return socket.create_server((address[0], number), family=family, backlog=2048)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or number == min(port + TRIED, 65535):
                raise
    raise OSError(errno.EADDRINUSE, "no port is free")


class Serving:
    """Answers requests from the moment that it is made."""

    def __init__(self, site: Site, tabs: Tabs, listening: socket.socket, host: str) -> None:
        self._tabs = tabs
        self._socket = listening
        self._server = Server(
            Config(
                app(site, Names(host)), http="h11", ws="none", lifespan="off", loop="asyncio",
                access_log=False, log_config=None, log_level="critical", proxy_headers=False,
                server_header=False, timeout_graceful_shutdown=0,
            )
        )  # fmt: skip
        self._started = Event()
        self._thread = Thread(target=self._run, name="serving", daemon=True)
        self._thread.start()
        self._started.wait()

    def soon(self, call: Callable[[], object]) -> None:
        """Have it called in the thread of the server, to which the tabs belong."""
        self._loop.call_soon_threadsafe(call)

    def close(self) -> None:
        """End all streams and the thread."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self.soon(self._tabs.close)
            self._thread.join(PATIENCE)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._started.set()
        await self._server.serve(sockets=[self._socket])
