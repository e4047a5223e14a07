"""The directive ``{from-code}``: pages that are read from the package when the documentation is built.

``metrics``, ``tables``, ``glossary``, ``settings``, ``formats``, ``command-line``, ``placements``, ``public`` and
``modules PACKAGE``. What stands in the code is said once and cannot grow old here.
"""

import csv
import importlib
import inspect
import pkgutil
import re
import types
from pathlib import Path

from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective
from sphinx.util.parsing import nested_parse_to_nodes

HERE = Path(__file__).parents[1]
RATES_HZ = {"cadence": 15, "direction": 20, "contacts": 50, "peaks": 50, "slope": 100, "tibial": 200}
NEEDS = {
    "cadence_spm": "cadence",
    "slope_g_per_s": "slope",
    "pta_res_g": "tibial",
    "peak_res_g": "peaks",
    "dyn_load_g": "peaks",
}
"""Which capability a metric needs; all others need contacts."""


def row(*cells):
    """One row of a Markdown table."""
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def table(head, rows):
    """A Markdown table."""
    return "\n".join([row(*head), row(*["---"] * len(head)), *(row(*cells) for cells in rows)])


def metrics():
    """Every metric: what it means, how far to trust it, where it can be told."""
    from gait import nomenclature as names
    from gait.quality import capabilities
    from gait.recording import PLACEMENTS
    from gait.settings import AnalysisSettings

    settings = AnalysisSettings()
    parts = []
    for name in dict.fromkeys((*names.BOUT_METRICS, *names.STEP_METRICS)):
        quantity = names.QUANTITIES[name]
        need = NEEDS.get(name, "contacts")
        allowed = [
            names.place_words(place)
            for place in PLACEMENTS
            if not capabilities(
                place, 400.0, has_gravity=True, has_gyroscope=True, **settings.keywords(capabilities)
            )[need]
        ]  # fmt: skip
        cutoff = settings.low_pass_hz(name, 100.0)
        filtered = "none of its own" if cutoff != cutoff else f"{cutoff:g} Hz at 100 readings a second"
        if name.startswith("p_"):
            filtered = "the band itself"
        known = [
            ("Unit", ("%" if quantity.as_percent else quantity.unit) or "none"),
            ("Column", f"`{name}`"),
            ("Read it with care", quantity.caution),
            ("Status", "estimated by a model" if name in names.ESTIMATED else "measured"),
            ("Low-pass", filtered),
            ("Readings a second", f"{RATES_HZ[need]} or more"),
            ("Where worn", "anywhere" if len(allowed) == len(PLACEMENTS) else ", ".join(allowed)),
            ("Source", quantity.source),
        ]
        lines = "\n".join(f"- **{what}:** {said}" for what, said in known if said)
        parts.append(f"## {quantity.label}\n\n{quantity.meaning}\n\n{lines}\n")
    return "\n".join(parts)


def tables():
    """The columns of every table."""
    from gait import nomenclature as names

    parts = []
    for name, columns in names.TABLES.items():
        rows = [
            (f"`{column}`", q.label, "%" if q.as_percent else q.unit, q.meaning)
            for column in columns
            for q in [names.QUANTITIES[column]]
        ]
        parts.append(f"### {name}\n\n{table(('column', 'label', 'unit', 'meaning'), rows)}\n")
    return "\n".join(parts)


def glossary():
    """Words of the field, and every name in the list of names."""
    from gait import nomenclature as names

    said = {}
    for quantity in names.QUANTITIES.values():
        unit = f" Unit: {quantity.unit}." if quantity.unit else ""
        said.setdefault(quantity.label, []).append(f"{quantity.meaning}{unit} Column `{quantity.name}`.")
    terms = [f"{label}\n: {' '.join(texts)}\n" for label, texts in sorted(said.items(), key=lambda e: e[0].lower())]
    return "\n".join(terms)


def settings():
    """Every threshold with its default and what its documentation says of it."""
    from gait.settings import AnalysisSettings

    text = inspect.getdoc(AnalysisSettings) or ""
    entries = re.findall(r"^(\w+(?:, \w+)*)(?: : .*)?\n((?: {4}.*\n?)+)", text.split("----------\n")[1], re.M)
    default = AnalysisSettings()
    rows = []
    for name, said in entries:
        values = ", ".join(str(getattr(default, one.strip())) for one in name.split(","))
        rows.append((", ".join(f"`{one.strip()}`" for one in name.split(",")), values, " ".join(said.split())))
    return table(("threshold", "default", "what it is, and where it comes from"), rows)


def formats():
    """Known layouts, what is verified on real files, and how to export."""
    with (HERE / "formats.csv").open(encoding="utf-8") as file:
        entries = list(csv.DictReader(file))
    parts = []
    for entry in entries:
        count = int(entry["real_files"])
        read = f"{count} real file{'s' if count > 1 else ''} read" if count else "**no real file at hand**"
        parts.append(f"{entry['layout']}\n: {read}; holds {entry['carries']}. To export: {entry['export']}.\n")
    return "\n".join(parts)


def command_line():
    """Every command with its arguments and options, from the application itself."""
    import typer

    from gait.app.cli import app

    group = typer.main.get_command(app)
    parts = []
    for name, command in sorted(group.commands.items()):
        usage = command.get_usage(typer.Context(command, info_name=f"gait {name}"))
        lines = []
        for parameter in command.params:
            names = [*parameter.opts, *parameter.secondary_opts]
            words = [", ".join(names) if names[0].startswith("-") else "", parameter.metavar or ""]
            lines.append(f"`{' '.join(filter(None, words)) or parameter.name}`\n: {parameter.help}\n")
        help_text = inspect.cleandoc(command.help or "")
        usage = " ".join(usage.removeprefix("Usage: ").split())
        parts.append(f"## gait {name}\n\n{help_text}\n\n```text\n{usage}\n```\n\n" + "\n".join(lines))
    return "\n".join(parts)


def placements():
    """Where a device was worn against what can be told there."""
    from gait.nomenclature import place_words
    from gait.quality import capabilities
    from gait.recording import PLACEMENTS
    from gait.settings import AnalysisSettings

    default = AnalysisSettings()
    rows = []
    for place in PLACEMENTS:
        can = capabilities(place, 400.0, has_gravity=True, has_gyroscope=True, **default.keywords(capabilities))
        rows.append((f"`{place}`", place_words(place), *("no" if can[key] else "yes" for key in RATES_HZ)))
    head = ("`--placement`", "in words", "cadence", "direction", "contacts", "peaks", "slope", "shank peak")
    return table(head, rows)


def public():
    """The public names of the package."""
    import gait

    lines = ["```{eval-rst}", ".. currentmodule:: gait", ""]
    for name in gait.__all__:
        thing = getattr(gait, name)
        kind = "autofunction" if inspect.isfunction(thing) else "autoclass"
        lines += [f".. {kind}:: {name}", *(["   :members:"] if kind == "autoclass" else []), ""]
    return "\n".join([*lines, "```"])


def modules(package):
    """Every module of a package, or the modules beside the packages for ``gait`` itself."""
    import gait

    found = importlib.import_module(package)
    parts = []
    for module in sorted(pkgutil.iter_modules(found.__path__), key=lambda each: each.name):
        if module.ispkg or module.name.startswith("_"):
            continue
        name = f"{package}.{module.name}"
        members = vars(importlib.import_module(name))
        aliases = [one for one, value in members.items() if isinstance(value, types.GenericAlias)]
        elsewhere = [one for one in gait.__all__ if getattr(gait, one).__module__ == name] + aliases
        # public names have a page of their own, names of types none, and two methods are written by scikit-learn
        elsewhere += ["set_fit_request", "set_score_request"]
        lines = [f".. automodule:: {name}", "   :members:", f"   :exclude-members: {', '.join(elsewhere)}"]
        parts.append("\n".join([f"## {name}", "", "```{eval-rst}", *lines, "```", ""]))
    return "\n".join(parts)


PAGES = {
    "metrics": metrics, "tables": tables, "glossary": glossary, "settings": settings, "formats": formats,
    "command-line": command_line, "placements": placements, "public": public,
}  # fmt: skip


class FromCode(SphinxDirective):
    """Put what a function of this module returns, as Markdown."""

    required_arguments = 1
    optional_arguments = 1
    final_argument_whitespace = False

    def run(self):
        """Return the nodes."""
        text = modules(self.arguments[1]) if self.arguments[0] == "modules" else PAGES[self.arguments[0]]()
        self.env.note_dependency(__file__)
        content = StringList(text.splitlines(), source=f"{self.env.docname} ({self.arguments[0]})")
        return nested_parse_to_nodes(self.state, content, offset=self.content_offset, allow_section_headings=True)


def setup(app):
    """Register the directive."""
    app.add_directive("from-code", FromCode)
    return {"parallel_read_safe": True}
