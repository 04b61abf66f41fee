"""Toxiproxy's HTTP API for our proxies; needs the extra `control`.

What it lets in: programs on this machine. A web page that somebody looks at here is refused, whatever it pretends.
"""

import json
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from alertsim.clock import monotonic_s
from alertsim.errors import AlertSimError
from alertsim.proxy.control_bodies import (
    BAD,
    ProxyBody,
    ToxicBody,
    error_fields,
    proxy_fields,
    read_json,
    toxic_fields,
    toxics_fields,
)
from alertsim.proxy.controller import Controller
from alertsim.proxy.registry import RefusalError

VERSION: Final = "2.12.0"
"""The Toxiproxy whose API this is."""

MOST_BYTES: Final = 1_048_576
"""Of a body."""

_HOSTS: Final = {"127.0.0.1", "localhost", "[::1]"}

Answer = Callable[[Request], Awaitable[tuple[int, Any]]]


class _Desk:
    """One answer for each request: a status, and what is said (None: nothing)."""

    def __init__(self, controller: Controller) -> None:
        self._controller, self._registry = controller, controller.registry

    async def proxies(self, _: Request) -> tuple[int, Any]:
        return 200, {name: proxy_fields(proxy) for name, proxy in self._registry.proxies.items()}

    async def create(self, request: Request) -> tuple[int, Any]:
        proxy = ProxyBody.read(await _said(request)).proxy(self._controller.brokers)
        return 201, proxy_fields(await self._controller.create(proxy))

    async def populate(self, request: Request) -> tuple[int, Any]:
        said = await _said(request)
        if not isinstance(said, list):
            raise RefusalError(f"{BAD}expected an array of proxies")
        bodies = [ProxyBody.read(each) for each in said]
        proxies = [body.proxy(self._controller.brokers) for body in bodies]
        made = await self._controller.populate(proxies, [body.enabled for body in bodies])
        return 201, {"proxies": [proxy_fields(each) for each in made]}

    async def show(self, request: Request) -> tuple[int, Any]:
        return 200, proxy_fields(self._registry.get(_of(request, "proxy")))

    async def update(self, request: Request) -> tuple[int, Any]:
        name = _of(request, "proxy")
        self._registry.get(name)
        body = ProxyBody.read(await _said(request))
        brokers = self._controller.brokers
        return 200, proxy_fields(
            await self._controller.change(name, lambda proxy: body.changed(proxy, brokers, monotonic_s()))
        )

    async def delete(self, request: Request) -> tuple[int, Any]:
        await self._controller.delete(_of(request, "proxy"))
        return 204, None

    async def toxics(self, request: Request) -> tuple[int, Any]:
        return 200, toxics_fields(self._registry.get(_of(request, "proxy")))

    async def add_toxic(self, request: Request) -> tuple[int, Any]:
        name = _of(request, "proxy")
        self._registry.get(name)
        body = ToxicBody.read(await _said(request))
        toxic = body.toxic()
        await self._controller.change(name, lambda proxy: proxy.add(toxic, body.until_s(monotonic_s())))
        return 200, toxic_fields(toxic)

    async def toxic(self, request: Request) -> tuple[int, Any]:
        return 200, toxic_fields(self._registry.get(_of(request, "proxy")).toxic(_of(request, "toxic")))

    async def update_toxic(self, request: Request) -> tuple[int, Any]:
        name, which = _of(request, "proxy"), _of(request, "toxic")
        self._registry.get(name).toxic(which)
        body = ToxicBody.read(await _said(request))
        proxy = await self._controller.change(
            name, lambda proxy: proxy.alter(body.changed(proxy.toxic(which)), body.until_s(monotonic_s()))
        )
        return 200, toxic_fields(proxy.toxic(which))

    async def remove_toxic(self, request: Request) -> tuple[int, Any]:
        which = _of(request, "toxic")
        await self._controller.change(_of(request, "proxy"), lambda proxy: proxy.remove(which))
        return 204, None

    async def reset(self, _: Request) -> tuple[int, Any]:
        await self._controller.reset()
        return 204, None

    async def version(self, _: Request) -> tuple[int, Any]:
        return 200, {"version": VERSION, "server": "alertsim"}


def build_app(controller: Controller) -> FastAPI:
    """The API as an ASGI application."""
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    desk = _Desk(controller)
    routes: list[tuple[str, str, Answer]] = [
        ("GET", "/proxies", desk.proxies),
        ("POST", "/proxies", desk.create),
        ("POST", "/populate", desk.populate),
        ("GET", "/proxies/{proxy}", desk.show),
        ("POST PATCH", "/proxies/{proxy}", desk.update),
        ("DELETE", "/proxies/{proxy}", desk.delete),
        ("GET", "/proxies/{proxy}/toxics", desk.toxics),
        ("POST", "/proxies/{proxy}/toxics", desk.add_toxic),
        ("GET", "/proxies/{proxy}/toxics/{toxic}", desk.toxic),
        ("POST PATCH", "/proxies/{proxy}/toxics/{toxic}", desk.update_toxic),
        ("DELETE", "/proxies/{proxy}/toxics/{toxic}", desk.remove_toxic),
        ("POST", "/reset", desk.reset),
        ("GET", "/version", desk.version),
    ]
    for methods, path, answer in routes:
        app.add_route(path, _told(answer), methods.split())
    for kind in (AlertSimError, HTTPException, ClientDisconnect):
        app.add_exception_handler(kind, _refused)
    return app


def _told(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    @wraps(answer)
    async def respond(request: Request) -> Response:
        _no_pages(request)
        return _response(*await answer(request))

    return respond


def _no_pages(request: Request) -> None:
    """RefusalError where a browser asks: any page that somebody has open could otherwise steer the proxies."""
    host, headers = request.headers.get("host", "localhost"), request.headers
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    if "origin" in headers or headers.get("user-agent", "").startswith("Mozilla/") or name.lower() not in _HOSTS:
        raise RefusalError("requests of web pages, or to another name than localhost, are not answered", 403)


def _of(request: Request, which: str) -> str:
    return str(request.path_params[which])


async def _said(request: Request) -> Any:
    """The body, and what the address adds to it."""
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > MOST_BYTES:
            raise RefusalError(f"{BAD}more than {MOST_BYTES:,} bytes", 413)
    said, passing = read_json(data), request.query_params.get("for")
    if passing is None:
        return said
    if not isinstance(said, dict):
        raise RefusalError("for: only one fault at a time can pass by itself")
    try:
        return said | {"for": float(passing)}
    except ValueError:
        raise RefusalError(f"for: expected seconds, found {passing[:100]!r}") from None


def _response(status: int, said: Any) -> Response:
    if said is None:
        return Response(status_code=status)
    return Response(json.dumps(said), status, media_type="application/json")


async def _refused(_: Request, error: Exception) -> Response:
    match error:
        case RefusalError():
            return _response(error.status, error_fields(str(error), error.status))
        case HTTPException():
            return _response(error.status_code, error_fields(error.detail, error.status_code))
        case AlertSimError():
            return _response(400, error_fields(str(error), 400))
        case _:
            return _response(400, error_fields("the request broke off", 400))
