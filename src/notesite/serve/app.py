"""A request -> the answer: a page rendered, a file, a redirect, or what changed, as it changes.

URL -> output by look-up alone. HTML gets one script more than what a build writes; all else is the
same to the byte.
"""

from __future__ import annotations

import asyncio
import html
import time
from collections.abc import Callable
from importlib.resources import files
from mimetypes import MimeTypes
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.staticfiles import NotModifiedResponse

from notesite.cards import draw
from notesite.index.links import href
from notesite.model import Contexts, Copy, Drawn, Problem, Resized, Shard, Template, Written
from notesite.names import DOT_FOLDER
from notesite.resizing import Refused, resized
from notesite.serve.addresses import Elsewhere, decoded, found
from notesite.serve.events import Tabs
from notesite.serve.files import Copied, Files, is_unchanged, read
from notesite.serve.rendering import Page, Rendering
from notesite.serve.safety import Guard, Names, is_own_origin
from notesite.serve.snapshot import Snapshot

SCRIPT, EVENTS = f"{DOT_FOLDER}/live.js", f"{DOT_FOLDER}/events"
HTML = "text/html"
PATIENCE = 1.0  # seconds until the site must know what was just saved
AGAIN = 0.02  # seconds between two looks for that
_HERE = files("notesite.serve")
_FAILED = b"<!doctype html>\n<html>\n<title>notesite</title>\n<body></body>\n</html>\n"
_TYPES = MimeTypes(filenames=())  # the same on every machine
for _end, _type in {
    ".atom": "application/atom+xml", ".avif": "image/avif", ".flac": "audio/flac",
    ".ico": "image/vnd.microsoft.icon", ".js": "text/javascript", ".m4a": "audio/mp4",
    ".map": "application/json", ".md": "text/markdown", ".mjs": "text/javascript",
    ".ogg": "audio/ogg", ".opus": "audio/ogg", ".otf": "font/otf", ".rss": "application/rss+xml",
    ".svg": "image/svg+xml", ".ttf": "font/ttf", ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json", ".webp": "image/webp", ".woff": "font/woff",
    ".woff2": "font/woff2", ".xml": "application/xml", ".yaml": "text/plain",
}.items():  # fmt: skip
    _TYPES.add_type(_type, _end)


def app(site: Site, names: Names) -> Starlette:
    """Answers GET and HEAD under its own names."""
    route = Route("/{path:path}", site.answer, methods=["GET"])
    return Starlette(routes=[route], middleware=[Middleware(Guard, names=names)])


class Site:
    """What is served. `on_problem` is told of a page that cannot be rendered."""

    def __init__(
        self, root: Path, tabs: Tabs, rendering: Rendering, on_problem: Callable[[Problem], None]
    ) -> None:
        self._root = root
        self._tabs = tabs
        self._rendering = rendering
        self._on_problem = on_problem
        self._files = Files()
        self._script = (_HERE / "live.js").read_bytes()
        self._waiting = (_HERE / "waiting.html").read_text("utf-8")

    async def answer(self, request: Request) -> Response:
        """A file that is just being saved is waited for: a picture that did not come stays broken,
        since nobody tells a page to ask again for bytes that are what they were."""
        end = time.monotonic() + PATIENCE
        while (answer := await self._answer(request)) is None:
            if time.monotonic() > end:
                text = "This file has changed just now.\n"
                return PlainTextResponse(text, 503, {"retry-after": "1"})
            await asyncio.sleep(AGAIN)
        return answer

    async def _answer(self, request: Request) -> Response | None:
        """None while a file is not what the plan names."""
        path = decoded(request.scope["raw_path"]) or ""
        snapshot = self._tabs.snapshot
        if path == snapshot.base_path + EVENTS:
            return self._events(request)
        if path == snapshot.base_path + SCRIPT:
            return Response(self._script, media_type="text/javascript")
        if not snapshot.ready:
            return self._wait(snapshot)
        where = found(path, snapshot.base_path, snapshot.outputs)
        if isinstance(where, Elsewhere):
            query = request.url.query
            return RedirectResponse(where.url + (f"?{query}" if query else ""), 301)
        if where.path:
            return await self._output(request, snapshot, where.path, snapshot.key(where.path))
        answer = await self._output(request, snapshot, "404.html", key="")
        if answer is not None:
            answer.status_code = 404
        return answer

    async def _output(
        self, request: Request, snapshot: Snapshot, path: str, key: str
    ) -> Response | None:
        """`key` is what the page says it is: "" for one that stands in for what is not there."""
        kind = media_type(path)
        tag = {"etag": f'"{key}"'} if key else {}
        recipe, status = snapshot.outputs[path].recipe, 200
        as_it_is = isinstance(recipe, Copy) and kind != HTML
        if key and not as_it_is and is_unchanged(Response(headers=tag), request.scope):
            return NotModifiedResponse(Response(headers=tag).headers)
        match recipe:
            case Copy(source):
                handle = await run_in_threadpool(self._files.opened, source)
                if handle is None:
                    return None
                if as_it_is:
                    return Copied(handle, source, kind)
                content = await run_in_threadpool(read, handle)
            case Resized() as smaller:
                content, kind = await run_in_threadpool(self._resized, smaller, kind)
            case Written(content):
                pass
            case Drawn():
                content = await run_in_threadpool(draw, recipe)
            case Template() | Contexts() | Shard():
                page = await asyncio.wrap_future(self._rendering.page(path, snapshot))
                content = page.content
                if page.problem:
                    if snapshot is not self._tabs.snapshot:
                        return await self._answer(request)
                    tag, status = {}, 200 if content else 500
                    self._failed(path, page)
        if kind == HTML:
            content = self._with_script(content or _FAILED, snapshot.base_path, key)
        return Response(content, status, tag, kind)

    def _resized(self, recipe: Resized, kind: str) -> tuple[bytes, str]:
        """The smaller image; the image itself where it cannot be made."""
        try:
            return resized(recipe, self._root).read_bytes(), kind
        except (Refused, OSError):
            handle = self._files.opened(recipe.source)
            return (read(handle) if handle else b""), media_type(recipe.source.path)

    def _failed(self, path: str, page: Page) -> None:
        if page.problem and self._tabs.failed(path, page.key, page.problem):
            self._on_problem(page.problem)

    def _with_script(self, content: bytes, base_path: str, key: str) -> bytes:
        base = html.escape(href("/", base_path))
        data = f'data-base="{base}" data-key="{key}" data-since="{self._tabs.id}"'
        script = f'<script src="{base}{SCRIPT}" {data} defer></script>'
        at = content.lower().rfind(b"</body>")
        at = len(content) if at < 0 else at
        return content[:at] + script.encode() + content[at:]

    def _events(self, request: Request) -> Response:
        if not is_own_origin(request.headers):
            return PlainTextResponse("Only pages of this server are told what changed.\n", 403)
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        asked = request.query_params
        stream = self._tabs.stream(asked.get("path", ""), asked.get("since", ""))
        return StreamingResponse(stream, media_type="text/event-stream")

    def _wait(self, snapshot: Snapshot) -> Response:
        """The site is still being read, or there is none: its settings are broken."""
        base = html.escape(href("/", snapshot.base_path))
        page = self._waiting.replace("{events}", base + EVENTS)
        return Response(page, 503, {"retry-after": "1"}, HTML)


def media_type(path: str) -> str:
    """By the end of its name; Starlette adds the encoding to text."""
    kind, encoding = _TYPES.guess_type(path)
    return kind if kind and not encoding else "application/octet-stream"
