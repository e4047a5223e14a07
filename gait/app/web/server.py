"""The application: what it consists of, how it begins and how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from gait import __version__
from gait.app.web import api, pages, view
from gait.app.web.guard import LOCAL_HOSTS, Guard, Keys
from gait.app.web.pages import Gone
from gait.app.web.pool import Pool, QueueFull
from gait.app.web.uploads import Uploads
from gait.app.web.work import perform, prepare, refused
from gait.errors import UsageError
from gait.language import gettext as _

_SWEEP_S = 30.0


@dataclass(frozen=True)
class ServerSettings:
    """How the server is run.

    Attributes
    ----------
    hosts : tuple of str
        Names and addresses under which it may be asked.
    max_bytes : int
        Largest upload [bytes].
    keep_for_s : float
        An upload that nobody asked for so long is deleted [s].
    time_limit_s : float
        Longest reading or analysis [s].
    memory_limit_bytes : int
        Address space of one analysis [bytes]; a text file of 500 MB needs about half of it.
    workers, waiting : int
        Analyses at one time, and how many may wait.
    total_uploads : int
        Uploads of the largest size that may be on the disk at one time.
    folder : Path, optional
        Where the private folder of this server is made; the system's folder for temporary files by default.
    keep : str
        Results folder of a season for results that somebody wants to be kept; empty where nothing is kept.
    """

    hosts: tuple[str, ...] = LOCAL_HOSTS
    max_bytes: int = 500_000_000
    keep_for_s: float = 3600.0
    time_limit_s: float = 300.0
    memory_limit_bytes: int = 6 << 30
    workers: int = max(1, min(4, os.cpu_count() or 1))
    waiting: int = 64
    total_uploads: int = 8
    folder: Path | None = None
    keep: str = ""


def create_app(
    settings: ServerSettings | None = None,
    *,
    keys: Keys | None = None,
    work: Callable[[Any], Any] = perform,
    ready: Callable[[], None] = prepare,
) -> ASGIApp:
    """Return the application with its guard around it.

    Parameters
    ----------
    settings : ServerSettings, optional
        How it is run.
    keys : Keys, optional
        Needed by requests of other computers.
    work, ready : callable, optional
        What the workers do, and how they prepare.
    """
    settings = settings or ServerSettings()

    @contextlib.asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        pool = Pool(
            work, ready, workers=settings.workers, waiting=settings.waiting, time_limit_s=settings.time_limit_s,
            memory_limit_bytes=settings.memory_limit_bytes,
        )  # fmt: skip
        uploads = Uploads(
            pool, keep_for_s=settings.keep_for_s, max_bytes=settings.total_uploads * settings.max_bytes,
            parent=settings.folder, keep=settings.keep,
        )  # fmt: skip
        app.state.pool, app.state.uploads = pool, uploads
        sweeping = asyncio.create_task(_sweep(uploads, min(_SWEEP_S, settings.keep_for_s)))
        try:
            yield
        finally:
            sweeping.cancel()
            pool.close()
            uploads.close()

    app = FastAPI(
        title="retrogait", version=__version__, lifespan=life, docs_url=None, redoc_url=None,
        openapi_url="/api/openapi.json", description="Backward and forward running from accelerometer recordings.",
    )  # fmt: skip
    app.state.max_bytes, app.state.keep = settings.max_bytes, settings.keep
    app.include_router(api.router)
    app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=view.STATIC))
    _handle_errors(app)
    return Guard(
        app, say=view.refusal, hosts=settings.hosts, max_bytes=settings.max_bytes,
        max_total_bytes=settings.total_uploads * settings.max_bytes, keys=keys,
    )  # fmt: skip


async def _sweep(uploads: Uploads, every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        await asyncio.to_thread(uploads.sweep)


def _handle_errors(app: FastAPI) -> None:
    """Let every error be a page, or JSON under ``/api``, with problem and remedy."""

    def gone(request: Request, _error: Exception) -> Response:
        return view.refusal(request.scope, 404, _("There is nothing here, or it was deleted."),
                            _("Uploads are deleted an hour after their last use. Give the file again."))  # fmt: skip

    def busy(request: Request, _error: Exception) -> Response:
        answer = view.refusal(request.scope, 503, _("Too much is waiting already."), _("Try again in a minute."))
        answer.headers["Retry-After"] = "60"
        return answer

    def misused(request: Request, error: Exception) -> Response:
        assert isinstance(error, UsageError)
        why = refused(error)
        return view.refusal(request.scope, 422, why.problem, why.remedy)

    def http(request: Request, error: Exception) -> Response:
        code = error.status_code if isinstance(error, HTTPException) else 422
        if code == 404:
            return gone(request, error)
        return view.refusal(request.scope, code, _("The request could not be understood."), _("Open the page anew."))

    def left(_request: Request, _error: Exception) -> Response:
        return Response(status_code=400)  # nobody is there to read it

    def broken(request: Request, _error: Exception) -> Response:
        return view.refusal(
            request.scope, 500, _("The page failed through a fault of its own."), _("Please report it.")
        )

    app.add_exception_handler(Gone, gone)
    app.add_exception_handler(QueueFull, busy)
    app.add_exception_handler(UsageError, misused)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, http)
    app.add_exception_handler(ClientDisconnect, left)
    app.add_exception_handler(Exception, broken)
