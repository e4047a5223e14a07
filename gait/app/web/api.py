"""The same as JSON: send a recording, ask how far it is, fetch the result."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, JSONResponse, Response

from gait.app.web.answers import READING, from_options
from gait.app.web.pages import known, received, uploads_of
from gait.app.web.pool import QueueFull
from gait.app.web.uploads import Upload
from gait.errors import UsageError
from gait.language import LANGUAGES, current_language
from gait.recording import ANTERIOR_AXES, PLACEMENTS

router = APIRouter(prefix="/api/analyses", tags=["analyses"])


class Problem(BaseModel):
    """What is wrong, and what to do."""

    problem: str
    remedy: str


class Status(BaseModel):
    """How far an analysis is: waiting, analysing, ready or refused; `result` is where to fetch it."""

    id: str
    status: str
    result: str
    problem: str | None = None
    remedy: str | None = None


_OPTIONS: dict[str, dict[str, Any]] = {
    "file": {"type": "string", "format": "binary", "description": "The app's own export: text, gzip, zip, FIT."},
    "placement": {"type": "string", "enum": list(PLACEMENTS)},
    "anterior": {"type": "string", "enum": list(ANTERIOR_AXES), "description": "Device axis to the runner's front."},
    "calibrate": {"type": "string", "description": "first-run, or seconds of known forward running such as 12-40."},
    "backward_group": {"type": "string", "enum": ["A", "B"]},
    "labels": {"type": "string", "description": "JSON list of objects with start_s, end_s, direction."},
    "language": {"type": "string", "enum": list(LANGUAGES), "description": "Of the sentences in the result."},
    **{name: {"type": "string", "description": f"As --{name.replace('_', '-')} of gait analyze."} for name in READING},
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": {"type": "object", "required": ["file"], "properties": _OPTIONS}}
        },
    }
}
_PROBLEMS: dict[int | str, dict[str, Any]] = {code: {"model": Problem} for code in (404, 422)}


@router.post("", status_code=202, openapi_extra=_BODY, responses={c: {"model": Problem} for c in (413, 422, 503)})
async def send(request: Request) -> Status:
    """Send one recording with what is known about it."""
    if request.app.state.pool.full():
        raise QueueFull
    uploads = uploads_of(request)
    async with received(request) as (files, fields):
        if len(files) > 1:
            raise UsageError("more than one file was sent", "Send one request for each")
        answers, reading = from_options(fields)
        language = fields.get("language") or current_language()
        if language not in LANGUAGES:
            raise UsageError(f"there is no language {language!r}", f"Give {' or '.join(LANGUAGES)}")
        upload = await run_in_threadpool(uploads.add, files[0].filename or "", files[0].file, language)
    upload.reading = reading
    try:
        uploads.analyse(upload, answers)
    except QueueFull:
        await run_in_threadpool(uploads.delete, upload)
        raise
    return _status(upload)


@router.get("/{id}", responses=_PROBLEMS)
def status(upload: Annotated[Upload, Depends(known)]) -> Status:
    """Ask how far an analysis is."""
    return _status(upload)


@router.get("/{id}/result", response_model=None, responses=_PROBLEMS | {409: {"model": Problem}})
def result(upload: Annotated[Upload, Depends(known)]) -> Response:
    """Fetch the result: the object that `gait analyze --json` writes, schema version 1."""
    state = upload.state()
    if upload.refused is not None and state == "refused":
        code = 500 if upload.refused.own_fault else 422
        return JSONResponse({"problem": upload.refused.problem, "remedy": upload.refused.remedy}, code)
    if state != "ready":
        return JSONResponse({"problem": "The analysis is not ready yet.", "remedy": "Ask again in a second."}, 409)
    return FileResponse(upload.folder / "analysis.json", media_type="application/json")


@router.delete("/{id}", status_code=204, responses={404: {"model": Problem}})
def delete(request: Request, upload: Annotated[Upload, Depends(known)]) -> None:
    """End the work and delete the recording and everything made from it."""
    uploads_of(request).delete(upload)


def _status(upload: Upload) -> Status:
    why = upload.refused if upload.state() == "refused" else None
    return Status(
        id=upload.id, status=upload.state(), result=f"{router.prefix}/{upload.id}/result",
        problem=why.problem if why else None, remedy=why.remedy if why else None,
    )  # fmt: skip
