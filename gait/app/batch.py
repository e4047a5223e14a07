"""The commands for a season: batch, compare, trend, compact, forget."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gait.app.options import AnteriorOption, CalibrateOption, JsonOption, LanguageOption, PlacementOption
from gait.app.plain import plain_errors
from gait.errors import UsageError
from gait.language import gettext as _
from gait.language import in_language

if TYPE_CHECKING:
    from gait.batch import Counts
    from gait.store import Store

EXIT_SOME_FAILED = 3
EXIT_STOPPED = 130

ResultsPath = Annotated[Path, typer.Argument(metavar="RESULTS", help="Results folder of gait batch.")]


def batch(
    season: Annotated[list[Path], typer.Argument(metavar="SEASON...", help="Folders, zips or recordings.")],
    out: Annotated[str, typer.Option("--out", metavar="RESULTS", help="Folder for the results, or a storage address.")],
    athletes: Annotated[
        Path | None,
        typer.Option(
            "--athletes",
            metavar="FILE",
            help="Table with file or athlete, and placement, anterior, calibrate, labels, backward_group, speed, rate, "
            "unit, scale; athletes.csv in the season by default.",
        ),
    ] = None,
    placement: PlacementOption = "unknown",
    anterior: AnteriorOption = None,
    calibrate: CalibrateOption = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, metavar="N", help="Processes side by side; one per core by default."),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", metavar="ADDRESS", help="A running dask scheduler: tcp://host:8786.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Try recordings again that failed before.")] = False,
    decimal_comma: Annotated[
        bool, typer.Option("--decimal-comma", help="Tables with semicolon and decimal comma.")
    ] = False,
    language: LanguageOption = "en",
) -> None:
    """Analyse a season of recordings: tables, trends, comparisons, and a list of what failed."""
    with plain_errors(), in_language(language):
        from gait.season import find_season

        told = {"placement": placement if placement != "unknown" else "", "anterior": anterior, "calibrate": calibrate}
        found = find_season(season, athletes, known={name: value for name, value in told.items() if value})
        if not found.entries:
            raise UsageError(_("there is no recording in {places}", places=", ".join(map(str, season))),
                             _("Give the folder that holds the exports of the apps"))  # fmt: skip
        options: dict[str, Any] = {"workers": workers, "scheduler": scheduler, "language": language, "again": again}
        try:
            counts = _run(found.entries, out, options)
        except KeyboardInterrupt:
            _write_pages(out, decimal_comma)
            typer.echo(_("Stopped. The same command goes on where it stopped."), err=True)
            raise typer.Exit(EXIT_STOPPED) from None
        store = _store(out)
        if counts.done or counts.failed or not store.files.exists(store.path("index.html")):
            _write_pages(out, decimal_comma)
        _say(store, counts, found.n_other, out)
        if _n_failed(store):
            raise typer.Exit(EXIT_SOME_FAILED)


def _run(entries: Any, out: str, options: dict[str, Any]) -> Counts:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from gait.batch import run_batch

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
        TextColumn("{task.fields[source]}"), console=console, transient=True, disable=not console.is_terminal,
    ) as bar:  # fmt: skip
        job = bar.add_task(_("Analysing"), total=len(entries), source="")

        def show(counts: Counts, source: str) -> None:
            said = _("{done} done, {failed} failed, {known} from before",
                     done=counts.done, failed=counts.failed, known=counts.known)  # fmt: skip
            bar.update(job, completed=counts.done + counts.failed + counts.known, description=said, source=source)

        return run_batch(entries, out, on_progress=show, **options)


def _say(store: Store, counts: Counts, n_other: int, out: str) -> None:
    from gait.report.season import count_words
    from gait.store import read_failures, read_recordings

    recordings, failures = read_recordings(store), read_failures(store)
    typer.echo(_("{counts}.", counts=count_words(recordings, failures)))
    typer.echo(_("Now: {done} analysed, {failed} failed; {known} were known from before.",
                 done=counts.done, failed=counts.failed, known=counts.known))  # fmt: skip
    if n_other:
        typer.echo(_("{n} other files in the season are no recordings.", n=n_other))
    if len(failures):
        typer.echo(_("What failed, and what to do: {path}", path=f"{out}/failures.csv"))
    typer.echo(_("Overview: {path}", path=f"{out}/index.html"))


def compact(results: ResultsPath, language: LanguageOption = "en") -> None:
    """Merge the results of single recordings into one file, so that large seasons are read faster."""
    with plain_errors(), in_language(language):
        from gait.store import compact as merge

        typer.echo(_("{n} recordings are in one file now.", n=merge(_store(results, must_exist=True))))


def compare(
    results: ResultsPath,
    by: Annotated[str, typer.Option("--by", metavar="athlete", help="What is compared over.")] = "athlete",
    json_file: JsonOption = None,
    language: LanguageOption = "en",
) -> None:
    """Compare backward with forward running over the athletes of a season."""
    with plain_errors(), in_language(language):
        if by != "athlete":
            raise UsageError(f"--by {by!r} is not known", "Give --by athlete")
        from gait.club import compare_athletes
        from gait.store import read_bouts, read_recordings

        store = _store(results, must_exist=True)
        club = compare_athletes(read_recordings(store), read_bouts(store))
        if json_file is not None:
            import json

            tables = {name: getattr(club, name) for name in ("athletes", "summary", "excluded")}
            rows = {name: json.loads(table.to_json(orient="records")) for name, table in tables.items()}
            text = json.dumps({"sentence": club.sentence, "simulated": club.simulated, **rows}, ensure_ascii=False)
            typer.echo(text) if json_file == "-" else Path(json_file).write_text(text + "\n", encoding="utf-8")
        if json_file != "-":
            typer.echo(club.sentence)
            for row in club.summary.to_dict("records"):
                typer.echo(f"  {row['sentence']}")
            if len(club.excluded):
                typer.echo(_("Left out:"))
            for row in club.excluded.to_dict("records"):
                typer.echo(f"  {' '.join(filter(None, (row['athlete'], row['source'])))}: {row['reason']}")


def trend(
    results: ResultsPath,
    athlete: Annotated[str, typer.Option("--athlete", metavar="NAME", help="Whose trend.")],
    metric: Annotated[str, typer.Option("--metric", metavar="NAME", help="Which metric.")] = "cadence_spm",
    language: LanguageOption = "en",
) -> None:
    """Show a metric of an athlete from session to session, with the athlete's own noise."""
    with plain_errors(), in_language(language):
        from gait.nomenclature import BOUT_METRICS, direction_word, in_figures, in_words
        from gait.recording import check_choice
        from gait.store import read_bouts, read_recordings
        from gait.trend import MIN_SESSIONS
        from gait.trend import trend as find_trend

        store = _store(results, must_exist=True)
        recordings = read_recordings(store)
        check_choice("--metric", metric, BOUT_METRICS)
        check_choice("--athlete", athlete, tuple(recordings["athlete"].unique()))
        found = find_trend(recordings, read_bouts(store), athlete, metric)
        typer.echo(f"{athlete}: {in_words(metric).label} [{in_words(metric).unit}]")
        for row in found.table.to_dict("records"):
            far = " " + _("beyond the noise") if row["beyond_noise"] else ""
            low, high = in_figures(metric, row["noise_low"]), in_figures(metric, row["noise_high"])
            band = f" ({low}-{high})" if row["noise_low"] == row["noise_low"] else ""
            typer.echo(f"  {row['date']:%Y-%m-%d}  {direction_word(row['direction']):<9} "
                       f"{in_figures(metric, row['value'])}{band}{far}")  # fmt: skip
        if found.table["recording_id"].nunique() < MIN_SESSIONS:
            typer.echo(_("Fewer than three sessions with a date are no trend."))


def forget(results: ResultsPath, athlete: Annotated[str, typer.Argument(metavar="ATHLETE", help="Whom.")],
           language: LanguageOption = "en") -> None:  # fmt: skip
    """Remove everything about a person from the results, and say what was looked through."""
    with plain_errors(), in_language(language):
        from gait.report.season import write_season
        from gait.store import forget as remove
        from gait.store import traces

        store = _store(results, must_exist=True)
        removed, _left = remove(store, athlete)
        if not removed:
            raise UsageError(_("nobody called {athlete} is in the results", athlete=athlete), _("Check the name"))
        write_season(store)
        typer.echo(_("Removed: {n} recordings of {athlete}.", n=len(removed), athlete=athlete))
        if left := traces(store, {athlete, *removed}):
            raise UsageError(
                _("the name still stands in {files}", files=", ".join(left)), _("Remove these files by hand")
            )
        typer.echo(_("All files of the results were searched: neither the name nor the recordings are left. The "
                     "recordings themselves, and copies elsewhere, are yours to remove."))  # fmt: skip


def _store(results: str | Path, *, must_exist: bool = False) -> Store:
    from gait.store import open_store

    if must_exist and "://" not in str(results) and not (Path(results) / "recordings").is_dir():
        raise UsageError(f"{results} holds no results", "Give the folder that gait batch wrote")
    return open_store(results)


def _write_pages(out: str, decimal_comma: bool) -> None:
    from gait.report.season import write_season

    write_season(_store(out), decimal_comma=decimal_comma)


def _n_failed(store: Store) -> int:
    from gait.store import failed_ids

    return len(failed_ids(store))
