"""The pages: form, questions, report, guide."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, RedirectResponse, Response

from gait.app.web import view
from gait.app.web.answers import athlete_name, from_form, reading_options
from gait.app.web.guard import is_local
from gait.app.web.pool import QueueFull
from gait.app.web.uploads import Upload, Uploads
from gait.app.web.work import BODY, REPORT, TABLES
from gait.errors import UsageError
from gait.language import current_language
from gait.language import gettext as _

MAX_FILES = 20
DOWNLOADS = (REPORT, *TABLES)
_KINDS = {"html": "text/html; charset=utf-8", "csv": "text/csv; charset=utf-8", "json": "application/json"}
_REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-downloads"

router = APIRouter(include_in_schema=False)


class Gone(Exception):
    """There is no such upload, or no longer."""


def uploads_of(request: Request) -> Uploads:
    """Return the uploads of the server."""
    found: Uploads = request.app.state.uploads
    return found


def known(request: Request) -> Upload:
    """Return the upload that the address names.

    Raises
    ------
    Gone
        If there is none.
    """
    upload = uploads_of(request).get(request.path_params["id"])
    if upload is None:
        raise Gone
    return upload


@asynccontextmanager
async def received(request: Request) -> AsyncIterator[tuple[list[UploadFile], dict[str, str]]]:
    """Read a form to the end and yield its files and its fields; large files are on disk until the block ends.

    Raises
    ------
    UsageError
        If there is no file in it, or too many.
    """
    try:
        form = await request.form(max_files=MAX_FILES, max_fields=1000)
    except HTTPException as error:
        if "Too many files" not in str(error.detail):
            raise
        problem = _("More than {n} files were chosen at once", n=MAX_FILES)
        raise UsageError(problem, _("Give fewer at a time, or use gait batch for a season")) from error
    try:
        files = [value for __, value in form.multi_items() if isinstance(value, UploadFile) and value.filename]
        if not files:
            raise UsageError(_("No file was chosen"), _("Choose the file that your app exported, then send the form"))
        if not any(file.size for file in files):
            raise UsageError(_("The file is empty"), _("Export the recording again"))
        yield [file for file in files if file.size], {k: v for k, v in form.items() if isinstance(v, str)}
    finally:
        await form.close()


async def fields_of(request: Request) -> dict[str, str]:
    """Read a form without files."""
    async with request.form(max_files=0, max_fields=5000) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


@router.get("/")
def start(request: Request) -> Response:
    """Show the form."""
    deleted = "deleted" in request.query_params
    here = request.client is not None and is_local(request.client.host)
    return view.page(
        "start.html", deleted=deleted, here=here, max_bytes=request.app.state.max_bytes, keep=request.app.state.keep
    )


@router.post("/")
async def take(request: Request) -> Response:
    """Take one file or several."""
    uploads = uploads_of(request)
    if request.app.state.pool.full():
        raise QueueFull
    taken: list[Upload] = []
    async with received(request) as (files, __):
        try:
            for file in files:
                taken.append(await run_in_threadpool(uploads.add, file.filename or "", file.file, current_language()))
                uploads.look(taken[-1])
        except QueueFull:
            for upload in taken:
                await run_in_threadpool(uploads.delete, upload)
            raise
    if len(taken) == 1:
        return _see(f"/r/{taken[0].id}")
    return _see(f"/several/{uploads.add_series(taken)}")


@router.get("/several/{id}")
def several(request: Request) -> Response:
    """List the files that came together."""
    there = uploads_of(request).series(request.path_params["id"])
    if not there:
        raise Gone
    busy = any(upload.state() in ("waiting", "reading", "analysing") for upload in there)
    return view.page("several.html", uploads=there, busy=busy)


@router.get("/r/{id}")
def result(request: Request, upload: Annotated[Upload, Depends(known)]) -> Response:
    """Show how far the work has come, the questions, the report, or why there is none."""
    uploads_of(request).say_in(upload, current_language())
    state = upload.state()
    if state == "refused":
        return _refused(upload)
    if state == "asking":
        return _questions(upload)
    if state == "ready":
        return _report(request, upload)
    return view.page("progress.html", upload=upload, state=state)


@router.get("/r/{id}/progress")
def progress(request: Request) -> Response:
    """Answer a page that asks whether the work is done; it is also done when somebody deleted the upload."""
    upload = uploads_of(request).get(request.path_params["id"])
    state = "ready" if upload is None else upload.state()
    if state in ("waiting", "reading", "analysing"):
        return view.page("progress_line.html", upload=upload, state=state)
    return Response(headers={"HX-Refresh": "true"})


@router.get("/r/{id}/questions")
def questions(upload: Annotated[Upload, Depends(known)]) -> Response:
    """Show the questions again, with the answers given."""
    if upload.looked is None:
        return _see(f"/r/{upload.id}")
    return _questions(upload)


@router.post("/r/{id}")
async def answer(request: Request, upload: Annotated[Upload, Depends(known)]) -> Response:
    """Take answers and have the analysis made, or made anew."""
    fields = await fields_of(request)
    await run_in_threadpool(uploads_of(request).analyse, upload, from_form(fields, upload.answers))
    return _see(f"/r/{upload.id}")


@router.post("/r/{id}/reading")
async def read_again(request: Request, upload: Annotated[Upload, Depends(known)]) -> Response:
    """Read a refused file once more, with what it does not say itself."""
    upload.reading = reading_options(await fields_of(request))
    await run_in_threadpool(uploads_of(request).look, upload)
    return _see(f"/r/{upload.id}")


@router.post("/r/{id}/keep")
async def keep(request: Request, upload: Annotated[Upload, Depends(known)]) -> Response:
    """Keep the numbers of the result for the season, where the server was started so."""
    if not request.app.state.keep or upload.state() != "ready":
        raise Gone
    athlete = athlete_name((await fields_of(request)).get("athlete", ""))
    await run_in_threadpool(uploads_of(request).keep, upload, athlete)
    return _see(f"/r/{upload.id}")


@router.post("/r/{id}/delete")
def delete(request: Request, upload: Annotated[Upload, Depends(known)]) -> Response:
    """End the work and delete everything about an upload."""
    uploads_of(request).delete(upload)
    return _see("/?deleted=1")


@router.get("/r/{id}/{name}")
def download(upload: Annotated[Upload, Depends(known)], name: str) -> Response:
    """Give the report or a table as a file."""
    if name not in DOWNLOADS or upload.state() != "ready":
        raise Gone
    stem = upload.name.split(".")[0] or "recording"
    kind = _KINDS[name.rsplit(".", 1)[1]]
    headers = {"Content-Security-Policy": _REPORT_POLICY}
    return FileResponse(upload.folder / name, media_type=kind, filename=f"{stem}_{name}", headers=headers)


@router.get("/guide")
def guide() -> Response:
    """Show how to record."""
    steps = view.protocol()
    return view.page("guide.html", steps=steps, total_s=sum(seconds for _text, _call, seconds in steps))


def _questions(upload: Upload) -> Response:
    return view.page(
        "questions.html", upload=upload, looked=upload.looked, answers=upload.answers,
        places=view.place_choices(), fronts=view.front_choices(),
    )  # fmt: skip


def _report(request: Request, upload: Upload) -> Response:
    body = upload.folder.joinpath(BODY).read_text("utf-8")
    said = {(start_s, end_s): word for start_s, end_s, word in upload.answers.labels}
    found: dict[str, Any] = dataclasses.asdict(upload.analysed) if upload.analysed else {"bouts": [], "kept_as": ""}
    for bout in found["bouts"]:
        bout["said"] = said.get((bout["start_s"], bout["end_s"]), "")
    return view.page(
        "report.html", policy=view.report_policy(body), upload=upload, body=view.trusted(body), bouts=found["bouts"],
        downloads=DOWNLOADS, keep=request.app.state.keep, kept_as=found["kept_as"],
    )  # fmt: skip


def _refused(upload: Upload) -> Response:
    assert upload.refused is not None
    status = 500 if upload.refused.own_fault else 422
    given = dict.fromkeys(("rate_hz", "unit", "scale", "time_column", "acc_columns"), "") | upload.reading
    return view.page("refused.html", status, upload=upload, refused=upload.refused, given=given)


def _see(address: str) -> RedirectResponse:
    return RedirectResponse(address, 303)
