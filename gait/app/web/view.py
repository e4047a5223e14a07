"""Pages from templates: where devices are worn, which side faced the front, and how a refusal looks."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Scope

import gait
from gait.app.web.guard import POLICY
from gait.language import current_language, ngettext
from gait.language import gettext as _
from gait.nomenclature import direction_word

STATIC = Path(gait.__file__).parent / "static"
API = "/api/"

PLACES = ("lower_back", "waist", "hip", "chest", "pocket", "thigh", "shank", "foot", "wrist", "upper_arm", "hand",
          "bag", "unknown")  # fmt: skip
FRONTS = ("first", "+z", "-z", "-x", "+x", "+y", "-y", "unknown")


def place_choices() -> list[tuple[str, str]]:
    """Where a device may be worn, with words."""
    words = {
        "lower_back": _("Low back, in a running belt"), "waist": _("Belt or waistband, in front"),
        "hip": _("Hip, at the side"),
        "chest": _("Chest"), "pocket": _("Trouser pocket"), "thigh": _("Thigh"), "shank": _("Shank, above the ankle"),
        "foot": _("Foot or shoe"), "wrist": _("Wrist"), "upper_arm": _("Upper arm"), "hand": _("In the hand"),
        "bag": _("Bag or backpack"), "unknown": _("I don't know"),
    }  # fmt: skip
    return [(place, words[place]) for place in PLACES]


def front_choices() -> list[tuple[str, str]]:
    """How forward may be known, with words."""
    words = {
        "first": _("I ran forward first"), "+z": _("The screen faced my front"),
        "-z": _("The back of the phone faced my front"),
        "-x": _("The left edge faced my front"), "+x": _("The right edge faced my front"),
        "+y": _("The top edge faced my front"), "-y": _("The bottom edge faced my front"), "unknown": _("I don't know"),
    }  # fmt: skip
    return [(front, words[front]) for front in FRONTS]


def protocol() -> list[tuple[str, str, int]]:
    """The steps of the recording protocol: what to do, how it is called out, and for how long [s]."""
    steps = [
        (_("Start the recording and stand still."), _("Stand still"), 5),
        (_("Run forward in a straight line."), _("Run forward"), 25),
        (_("Stop."), _("Stop"), 5),
    ]
    for last in (False, False, True):
        steps += [
            (_("Run backward. Mind what is behind you, or let someone watch."), _("Run backward"), 25),
            (_("Stop."), _("Stop"), 5),
            (_("Run forward, about as fast."), _("Run forward"), 25),
        ]
        steps += [] if last else [(_("Stop."), _("Stop"), 5)]
    return [*steps, (_("Stop the recording."), _("Finished. Stop the recording"), 0)]


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("gait"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {"_": _, "ngettext": ngettext, "direction_word": direction_word}
    return environment


def page(name: str, status: int = 200, *, policy: str = POLICY, **values: Any) -> HTMLResponse:
    """Return a page made from a template.

    Parameters
    ----------
    name : str
        Name of the template in ``templates/web``.
    status : int, optional
        HTTP status.
    policy : str, optional
        Content-Security-Policy.
    **values : object
        What the template needs.
    """
    text = _environment().get_template(f"web/{name}").render(values, lang=current_language())
    return HTMLResponse(text, status, {"Content-Security-Policy": policy, "Vary": "Accept-Language, Cookie"})


def report_policy(body: str) -> str:
    """Return the policy of a page with a report in it: it allows the figures' own style, known by its hash.

    Parameters
    ----------
    body : str
        The part of the page that holds the figures.
    """
    styles = sorted(set(re.findall(r"<style[^>]*>(.*?)</style>", body, re.DOTALL)))
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in styles)
    return f"{POLICY}; style-src-elem 'self' {hashes}; style-src-attr 'unsafe-inline'"


def refusal(scope: Scope, status: int, problem: str, remedy: str) -> Response:
    """Return what is wrong and what to do: as JSON to users of the JSON API, else as a page.

    Parameters
    ----------
    scope : dict
        Of the request.
    status : int
        HTTP status, 4xx or 5xx.
    problem, remedy : str
        One sentence each.
    """
    if scope["path"].startswith(API):
        return JSONResponse({"problem": problem, "remedy": remedy}, status)
    return page("problem.html", status, problem=problem, remedy=remedy)


def trusted(text: str) -> Markup:
    """Mark HTML that a worker rendered from an escaping template."""
    return Markup(text)
