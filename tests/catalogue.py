"""The catalogues of translations: which messages there are, and the files that are made from them.

``python -m tests.catalogue`` brings ``gait/locales`` up to date with the source: messages that are new stand in
``gait.po`` without a translation, messages that are gone are removed, and ``gait.mo`` is compiled anew.
"""

import datetime
import io
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from gait.language import LANGUAGES
from gait.nomenclature import QUANTITIES

GAIT = Path(__file__).parents[1] / "gait"
EPOCH = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
"""Written as the date of every catalogue, so that the files change only with their words."""
KEYWORDS = {"_": None, "mark": None, "ngettext": (1, 2)}

Message = str | tuple[str, str]


def messages() -> dict[Message, str]:
    """Every message of the package, with the file in which it is first said."""
    found: dict[Message, str] = {}
    for path in sorted([*GAIT.rglob("*.py"), *(GAIT / "templates").rglob("*.html")]):
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        with path.open("rb") as file:
            for _line, message, _comments, _context in extract(method, file, keywords=KEYWORDS):
                key = (message[0], message[1]) if isinstance(message, tuple) else message
                found.setdefault(key, path.relative_to(GAIT).as_posix())
    for quantity in QUANTITIES.values():
        for text in filter(None, (quantity.label, quantity.unit, quantity.meaning, quantity.caution)):
            found.setdefault(text, "nomenclature.py")
    return found


def po_path(code: str) -> Path:
    """The catalogue of a language, as people edit it."""
    return GAIT / "locales" / code / "LC_MESSAGES" / "gait.po"


def read_catalogue(code: str) -> Catalog:
    """The catalogue of a language as it is on disk; empty where there is none."""
    path = po_path(code)
    if not path.exists():
        return Catalog(locale=code)
    with path.open("rb") as file:
        return read_po(file, locale=code)


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue in the form that programs read."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def update(code: str) -> None:
    """Bring the two files of a language up to date."""
    old, new = read_catalogue(code), Catalog(locale=code, project="retrogait", charset="utf-8", fuzzy=False)
    new.header_comment = f"# Words of retrogait in the language {code!r}. See CONTRIBUTING.md, Translate."
    new.creation_date = new.revision_date = EPOCH
    new.last_translator, new.language_team = "the authors of retrogait", code
    for message, place in messages().items():
        known = old.get(message if isinstance(message, str) else message[0])
        same = known is not None and (known.id == message)
        new.add(message, known.string if same and known else None, auto_comments=[place])
    po_path(code).parent.mkdir(parents=True, exist_ok=True)
    with po_path(code).open("wb") as file:
        write_po(file, new, width=120)
    po_path(code).with_suffix(".mo").write_bytes(compiled(read_catalogue(code)))


if __name__ == "__main__":
    for language in LANGUAGES:
        if language != "en":
            update(language)
