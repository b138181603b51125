"""A request -> a sentence why not, or the answer, with headers that keep it here.

A page of another site can make a browser send requests to this computer. It may not read the
answers: its name is not ours (DNS rebinding), its origin is not ours, and no header invites it.
"""

from __future__ import annotations

import socket
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from notesite.serve.addresses import decoded

_OWN = frozenset({"localhost", "127.0.0.1", "[::1]"})
_ANY = ("0.0.0.0", "::", "")
_HEADERS = {
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}


class Names:
    """The host names that a server which listens at `host` answers to."""

    def __init__(self, host: str) -> None:
        bare = host.lower().strip("[]")
        self._any_address = bare in _ANY
        given = f"[{bare}]" if ":" in bare else bare
        machine = {socket.gethostname().lower()} if self._any_address else set()
        self._own = _OWN | {given} | machine

    def __contains__(self, header: str) -> bool:
        """Whether a Host header names this server, at whatever port."""
        name, _, port = header.lower().rpartition(":") if _has_port(header) else (header, "", "0")
        name = name.lower()
        if not (port.isascii() and port.isdigit()):
            return False
        return name in self._own or (self._any_address and _is_address(name))


def is_own_origin(headers: Headers) -> bool:
    """Whether a page of this server asks, as far as the browser tells: the Host header, which is
    ours, is what its origin has to be."""
    origin = headers.get("origin")
    if origin is not None and origin.lower() != f"http://{headers['host']}".lower():
        return False
    return headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


class Guard:
    """The app, but for requests under a strange name or for what is no path; its answers with the
    headers above."""

    def __init__(self, app: ASGIApp, names: Names) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        if Headers(scope=scope).get("host", "") not in self._names:
            text = "This server answers to its own names only. Open the address that it printed.\n"
            await PlainTextResponse(text, 421)(scope, receive, with_headers)
        elif decoded(scope["raw_path"]) is None:
            text = "This is not the path of a page.\n"
            await PlainTextResponse(text, 400)(scope, receive, with_headers)
        else:
            await self._app(scope, receive, with_headers)


def _has_port(header: str) -> bool:
    return ":" in header.rpartition("]")[2]


def _is_address(name: str) -> bool:
    try:
        return ip_address(name.strip("[]")).compressed != ""
    except ValueError:
        return False
