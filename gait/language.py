"""The language of words: every sentence is made in the language that is asked for at that moment.

Messages in the source are English, in the manner of GNU gettext. The catalogues stand in ``gait/locales``; column
names, codes and everything else that a program reads stay English in every language.
"""

from __future__ import annotations

import functools
import gettext as catalogues
import numbers
import string
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.resources import files
from typing import Any

from gait.errors import UsageError

LANGUAGES = ("en", "de")
DECIMAL_COMMA = ("de",)

_asked: ContextVar[str] = ContextVar("language", default="en")


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Let everything that is said inside of the ``with`` block be said in a language.

    Parameters
    ----------
    code : str
        One of ``LANGUAGES``.

    Raises
    ------
    UsageError
        If there is no such language.
    """
    if code not in LANGUAGES:
        raise UsageError(f"there is no language {code!r}", f"Give {' or '.join(LANGUAGES)}")
    before = _asked.set(code)
    try:
        yield
    finally:
        _asked.reset(before)


def current_language() -> str:
    """Return the code of the language that is asked for."""
    return _asked.get()


def gettext(message: str, /, **values: object) -> str:
    """Say a message, with the values put in where it names them.

    Parameters
    ----------
    message : str
        English, with names in braces as for `str.format`.
    **values : object
        Numbers are written as the language writes them.
    """
    text = _catalogue(_asked.get()).gettext(message) if message else ""
    return _Filler().vformat(text, (), values) if values else text


def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    """Say a message that depends on a number, which it may name as ``{n}``.

    Parameters
    ----------
    one, many : str
        English for one and for any other number.
    n : int
        The number.
    **values : object
        Further values.
    """
    return _Filler().vformat(_catalogue(_asked.get()).ngettext(one, many, n), (), {"n": n, **values})


def mark(message: str) -> str:
    """Return a message as it is; it stands in the catalogues and is translated where it is said.

    Parameters
    ----------
    message : str
        The text in English, a constant of its module.
    """
    return message


def spell(value: float, spec: str) -> str:
    """Write a number by a format specification, with the decimal mark of the language.

    Parameters
    ----------
    value : float
        The number.
    spec : str
        As for `format`, e.g. ``".1f"``.
    """
    text = format(value, spec)
    return text.replace(".", ",") if _asked.get() in DECIMAL_COMMA else text


def duration(seconds: float) -> str:
    """Write a length of time [s] as a person would, e.g. ``4 min 1 s``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    if minutes:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{rest} s"


class _Filler(string.Formatter):
    """Puts values in, numbers with the decimal mark of the language."""

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs[str(key)]

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, numbers.Real):
            return spell(float(value) if not isinstance(value, numbers.Integral) else int(value), format_spec)
        return format(value, format_spec)


@functools.cache
def _catalogue(code: str) -> catalogues.NullTranslations:
    if code == "en":
        return catalogues.NullTranslations()
    with files("gait").joinpath("locales", code, "LC_MESSAGES", "gait.mo").open("rb") as file:
        return catalogues.GNUTranslations(file)
