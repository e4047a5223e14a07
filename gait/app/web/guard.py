"""What every request must pass: host, key, origin, size; and the headers that every answer carries."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gait.language import LANGUAGES, in_language
from gait.language import gettext as _

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""Content-Security-Policy of every page: nothing from elsewhere, no script and no style inside the page."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # not "no-referrer": browsers would then send "Origin: null" with forms, and the origin could not be checked
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
MAX_FORM_BYTES = 1_000_000
"""Longest body of a request that holds no recording [bytes]."""
_LISTEN_ON_S = 60.0
"""So long the rest of a body that is too large is read and dropped, because browsers show no answer before [s]."""
LANGUAGE_COOKIE = "gait_language"
_KEY = "key"
_COOKIE = "gait_key"

Say = Callable[[Scope, int, str, str], Response]


class BodyRefused(Exception):
    """The body is longer than allowed, or too much arrives at one time."""


class Keys:
    """The keys for other devices of the network: each opens the page once and leaves a cookie there.

    Parameters
    ----------
    announce : callable
        Is told every new key.
    """

    def __init__(self, announce: Callable[[str], None]) -> None:
        self._announce = announce
        self._cookies: set[str] = set()
        self._next()

    def redeem(self, key: str) -> str | None:
        """Exchange a key for the value of a cookie; the key is then used up and a new one is announced."""
        if not secrets.compare_digest(key.encode(), self._key.encode()):
            return None
        cookie = secrets.token_urlsafe(24)
        self._cookies.add(cookie)
        self._next()
        return cookie

    def accepts(self, cookie: str) -> bool:
        """Whether a cookie was given out by this server."""
        return cookie in self._cookies

    def _next(self) -> None:
        self._key = secrets.token_urlsafe(12)
        self._announce(self._key)


class Guard:
    """The outermost layer of the application.

    Parameters
    ----------
    app : ASGI application
        What is guarded.
    say : callable
        Makes the answer to a refused request from the scope, a status, the problem and the remedy.
    hosts : iterable of str
        Names and addresses under which the page may be asked for; other names point to an attack by DNS rebinding.
    max_bytes, max_total_bytes : int
        Longest body of an upload, and of all that are being received at one time [bytes].
    keys : Keys, optional
        Needed by requests of other computers.
    """

    def __init__(
        self, app: ASGIApp, *, say: Say, hosts: Iterable[str], max_bytes: int, max_total_bytes: int, keys: Keys | None
    ) -> None:
        self._app = app
        self._say = say
        self._hosts = frozenset(hosts)
        self._max_bytes, self._max_total_bytes = max_bytes, max_total_bytes
        self._arriving_bytes = 0
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        asked, language = asked_language(scope), choose_language(scope)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if asked is not None:
                    headers.append("Set-Cookie", f"{LANGUAGE_COOKIE}={asked}; Path=/; SameSite=Lax; Max-Age=31536000")
            await send(message)

        with in_language(language):
            refusal = self._refuse(scope)
            if refusal is not None:
                await refusal(scope, receive, send_guarded)
            else:
                await self._limited(scope, receive, send_guarded)

    def _refuse(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = _host_of(headers.get("host", ""))
        if host not in self._hosts:
            return self._say(scope, 400, _("This page is not known under the name in the address."),
                             _("Open it under the address that gait serve printed."))  # fmt: skip
        if scope["method"] not in ("GET", "HEAD") and not _same_origin(headers):
            return self._say(scope, 403, _("The request came from another page."), _("Open the upload page anew."))
        if self._keys is not None and not is_local((scope.get("client") or ("",))[0]):
            return self._check_key(scope, headers, self._keys)
        return None

    def _check_key(self, scope: Scope, headers: Headers, keys: Keys) -> Response | None:
        if keys.accepts(_cookie(headers, _COOKIE)):
            return None
        query = parse_qsl(scope["query_string"].decode("latin-1"))
        given = keys.redeem(dict(query).get(_KEY, "")) if scope["method"] == "GET" else None
        if given is None:
            return self._say(scope, 403, _("This page opens only with the key that gait serve shows."),
                             _("Scan the code in the terminal once more; each one works once."))  # fmt: skip
        rest = urlencode([(name, value) for name, value in query if name != _KEY])
        response = RedirectResponse(scope["path"] + (f"?{rest}" if rest else ""), 303)
        response.set_cookie(_COOKIE, given, httponly=True, samesite="lax", path="/")
        return response

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application read so many bytes and no more, whatever the request says about its length."""
        takes_file = scope["method"] == "POST" and scope["path"] in ("/", "/api/analyses")
        limit = self._max_bytes + MAX_FORM_BYTES if takes_file else MAX_FORM_BYTES
        seen = 0
        started = ended = False
        refused: tuple[int, str, str] | None = None

        async def receive_limited() -> Message:
            nonlocal seen, ended, refused
            message = await receive()
            size = len(message.get("body", b""))
            seen += size
            self._arriving_bytes += size
            ended = not message.get("more_body", False)
            if seen > limit:
                refused = self._too_large()
            elif self._arriving_bytes > self._max_total_bytes:
                refused = 503, _("Too much is waiting already."), _("Try again in a minute.")
            if refused is not None:
                raise BodyRefused
            return message

        async def send_noted(message: Message) -> None:
            nonlocal started, ended
            if refused is not None and not started:
                return  # an answer of the application to its broken body
            if takes_file and not ended:
                ended = True
                await _listen_on(receive)
            started = True
            await send(message)

        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and int(length) > limit:
            refused = self._too_large()
        try:
            if refused is None:
                await self._app(scope, receive_limited, send_noted)
        except BodyRefused:
            pass
        finally:
            self._arriving_bytes -= seen
        if refused is not None and not started:
            if not ended:
                await _listen_on(receive)
            await self._say(scope, *refused)(scope, receive, send)

    def _too_large(self) -> tuple[int, str, str]:
        return (
            413, _("The file is larger than {limit:.0f} MB, the limit of this page.", limit=self._max_bytes / 1e6),
            _("Compress it as zip or gzip, cut it into parts, or start gait serve with a larger --max-mb."),
        )  # fmt: skip


async def _listen_on(receive: Receive) -> None:
    try:
        async with asyncio.timeout(_LISTEN_ON_S):
            while (await receive()).get("more_body", False):
                pass
    except TimeoutError:
        pass


def asked_language(scope: Scope) -> str | None:
    """Return the language that the address asks for with ``?lang=``, if it is one that is spoken."""
    asked = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("lang", "")
    return asked if asked in LANGUAGES else None


def choose_language(scope: Scope) -> str:
    """Return the language of the answer: asked for in the address, chosen before, or preferred by the browser."""
    headers = Headers(scope=scope)
    if asked := asked_language(scope):
        return asked
    if (chosen := _cookie(headers, LANGUAGE_COOKIE)) in LANGUAGES:
        return chosen
    wishes = []
    for place, part in enumerate(headers.get("accept-language", "").split(",")[:20]):
        code, __, weight = part.strip().partition(";q=")
        try:
            wishes.append((-float(weight or 1), place, code.split("-")[0].lower()))
        except ValueError:
            continue
    return next((code for weight, __, code in sorted(wishes) if code in LANGUAGES and weight < 0), LANGUAGES[0])


def _cookie(headers: Headers, name: str) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return found.value if found is not None else ""


def _host_of(text: str) -> str:
    """Return the name in a Host header, without the port."""
    try:
        return (urlsplit(f"//{text}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _same_origin(headers: Headers) -> bool:
    """Whether a request that changes something comes from a page of this server, or from a program."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")


def is_local(address: str) -> bool:
    """Whether a request from this address comes from this computer."""
    return address in ("127.0.0.1", "::1")
