"""The command line, nothing else: heavy modules are imported inside the commands that need them."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    import xarray as xr

    from electrosim.base.observer import Observer
    from electrosim.base.scenario import Scenario

WRONG_INPUT, NOT_SOLVED, INTERRUPTED = 2, 3, 130

app = typer.Typer(
    name="electrosim",
    help="Simulate porous battery electrodes: a scenario file in, a results folder out.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ScenarioName = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A .toml file, or the name of one that comes along.")
]
ResultPath = Annotated[Path, typer.Argument(metavar="RESULT", help="A results folder or a result.nc.")]
Overrides = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set a key, e.g. image.seed=2.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]


@app.command()
def run(
    scenario: ScenarioName,
    out: Annotated[Path | None, typer.Option(help="Results folder; default results/<scenario name>.")] = None,
    overrides: Overrides = None,
    quiet: Quiet = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an interrupted study of this stopped.")] = False,
) -> None:
    """Solve one scenario and write its results folder."""
    from electrosim.study.run import load

    folder = out or Path("results") / Path(scenario).stem
    _solve(load(scenario, _assignments(overrides)), folder, quiet=quiet, resume=resume)


@app.command()
def fit(
    fitfile: Annotated[
        str, typer.Argument(metavar="FITFILE", help="A fit, calibrate or optimise .toml file, or its name.")
    ],
    out: Annotated[Path | None, typer.Option(help="Results folder; default results/<fit file name>.")] = None,
    overrides: Overrides = None,
    quiet: Quiet = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an interrupted search stopped.")] = False,
) -> None:
    """Fit correlations or parameters of a scenario to data, or find the parameters that are best for something."""
    from electrosim.base.errors import InputError
    from electrosim.study.run import load

    loaded = load(fitfile, _assignments(overrides))
    if loaded.kind not in ("fit", "calibrate", "optimise"):
        place = loaded.place(("kind",))
        raise InputError(
            f'{place}: kind = "{loaded.kind}" is not a fit; use electrosim run, or write kind = "fit", "calibrate" or '
            '"optimise"'
        )
    _solve(loaded, out or Path("results") / Path(fitfile).stem, quiet=quiet, resume=resume)


@app.command()
def sweep(
    sweepfile: Annotated[
        str, typer.Argument(metavar="SWEEP", help='A .toml file of kind "sweep", or the name of one.')
    ],
    out: Annotated[Path | None, typer.Option(help="Results folder; default results/<sweep name>.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; 1 means this one. By default as needed.")] = None,
    dask: Annotated[str | None, typer.Option(metavar="ADDRESS", help='Of a Dask scheduler, or "local".')] = None,
    overrides: Overrides = None,
    quiet: Quiet = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an interrupted sweep of this stopped.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before a sweep of very many cases.")] = False,
) -> None:
    """Solve many cases of a scenario into one dataset."""
    from electrosim.base.errors import InputError
    from electrosim.study.run import load

    changed = {"method.jobs": jobs, "method.dask": dask}
    loaded = load(sweepfile, _assignments(overrides) | {key: value for key, value in changed.items() if value})
    if loaded.kind != "sweep":
        place = loaded.place(("kind",))
        raise InputError(f'{place}: kind = "{loaded.kind}" is not a sweep; use electrosim run, or write kind = "sweep"')
    if not yes:
        _ask(loaded)
    _solve(loaded, out or Path("results") / Path(sweepfile).stem, quiet=quiet, resume=resume)


def _ask(loaded: Scenario) -> None:
    """Ask before a sweep of very many cases, with the time and the size that it will have."""
    from electrosim.base.errors import InputError
    from electrosim.study.run import placed
    from electrosim.study.sweep.estimate import MANY, estimate

    with placed(loaded):
        if loaded.problem.count <= MANY:
            return
        expected = estimate(loaded.problem, loaded.method)
    if not sys.stdin.isatty():
        raise InputError(f"{expected}; add --yes to go on, or choose fewer values")
    typer.confirm(f"{expected}. Go on?", abort=True)


def _solve(loaded: Scenario, folder: Path, *, quiet: bool, resume: bool = False) -> None:
    """Solve a loaded scenario, write its results folder and print its table."""
    from electrosim.base.result import new_folder
    from electrosim.study import report
    from electrosim.study.run import run as solve
    from electrosim.study.unfinished import kept_until_written

    with (
        kept_until_written(folder, loaded, resume=resume) as finished,
        new_folder(folder) as partial,
        _progress(quiet) as observer,
    ):
        dataset = solve(loaded, observer=observer, throw=False, finished=finished)
        observer("writing the results", 0.0)
        report.fill(partial, dataset)
    if not quiet:
        _print_result(dataset)
        typer.echo(f"\nThe results are in {folder} (open report.html).")
    if not bool(dataset["solved"].all()):
        failed = next(
            str(line) for line, good in zip(_list(dataset["status"]), _list(dataset["solved"]), strict=True) if not good
        )
        _fail(failed, NOT_SOLVED)


@app.command()
def show(result: ResultPath) -> None:
    """Print a saved result as a table."""
    from electrosim.study.report import open as open_result

    dataset = open_result(result)
    typer.echo(f"{dataset.attrs.get('title', '')}  ({dataset.attrs['source']}, {dataset.attrs['created']})")
    _print_result(dataset)


@app.command()
def plot(
    result: ResultPath,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the pictures; default figures beside the result.")
    ] = None,
) -> None:
    """Draw the pictures of a saved result again, without solving."""
    from electrosim.base.errors import InputError
    from electrosim.study import report

    dataset = report.open(result)
    folder = out or (result if result.is_dir() else result.parent) / "figures"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        names = report.write_figures(folder, dataset)
    except OSError as error:
        raise InputError(f"{folder}: the pictures cannot be written ({error.strerror}); choose another --out") from None
    for name in names:
        typer.echo(folder / f"{name}.png")


@app.command()
def scenarios() -> None:
    """List the scenarios that come with the package, one line each."""
    import tomllib

    from electrosim.study.library import scenario_files

    for file in scenario_files():
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        typer.echo(f"{file.stem:24s} {content['kind']:14s} {content.get('title', '')}")


@app.command()
def schema() -> None:
    """Print the JSON schema of scenario files."""
    from electrosim.study.schema import schema_text

    typer.echo(schema_text(), nl=False)


@app.command()
def cite(scenario: ScenarioName) -> None:
    """Print the references behind a scenario."""
    from electrosim.study.run import load

    for line in load(scenario).citations():
        typer.echo(line)


@app.command()
def validate(
    cases: Annotated[list[str] | None, typer.Argument(metavar="CASE", help="Names of cases; all by default.")] = None,
    heavy: Annotated[bool, typer.Option("--heavy", help="Also run the cases that take minutes.")] = False,
    out: Annotated[Path, typer.Option(help="Folder of the report.")] = Path("validation-report"),
) -> None:
    """Run validation cases and write their report; exit status 1 if a case misses its threshold."""
    from electrosim.study.validate import validate as run_cases

    with _progress(quiet=False) as observer:
        outcome = run_cases(cases or [], heavy=heavy, folder=out, observer=observer)
    typer.echo(outcome.text)
    typer.echo(f"\nThe report is in {out} (report.md, report.json).")
    if not outcome.passed:
        raise typer.Exit(1)


def main() -> NoReturn:
    """Run the command line; an error is one sentence and an exit status, never a traceback."""
    from electrosim.base.errors import InputError, SolveError

    signal.signal(signal.SIGTERM, _stop)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show a letter gets its number
    try:
        code = _invoke(sys.argv[1:] or ["--help"])
        sys.stdout.flush()
    except InputError as error:
        _fail(str(error), WRONG_INPUT)
    except SolveError as error:
        _fail(str(error), NOT_SOLVED)
    except KeyboardInterrupt as interrupt:
        kept = "".join(f"; {remark}" for remark in interrupt.args)
        _fail(f"interrupted; a former result is left as it was{kept}", INTERRUPTED)
    except MemoryError:
        _fail("there is not enough memory for this; make the image smaller", WRONG_INPUT)
    except BrokenPipeError:  # whoever reads the output has seen enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        _fail(f"{error.filename or 'output'}: {error.strerror or error}", WRONG_INPUT)
    except Exception as error:
        if type(error).__module__.startswith(("click", "typer")) and hasattr(error, "format_message"):
            _fail(f"{error.format_message().rstrip('.')}; electrosim --help lists the commands", WRONG_INPUT)
        raise
    sys.exit(code)


def _invoke(words: list[str]) -> int:
    """Run a command and let all of its errors through, which typer's own way of calling does not."""
    group = typer.main.get_command(app)
    try:
        with group.make_context("electrosim", words) as context:
            group.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    return 0


def _stop(number: int, frame: Any) -> None:
    del number, frame
    raise KeyboardInterrupt


def _fail(sentence: str, code: int) -> NoReturn:
    typer.echo(f"electrosim: {' '.join(sentence.split())}", err=True)
    sys.exit(code)


def _assignments(overrides: list[str] | None) -> dict[str, Any]:
    """Read ``key=value`` pairs."""
    from electrosim.base.errors import InputError, shortened
    from electrosim.base.toml import parse_value, split_assignment

    values = {}
    for text in overrides or []:
        assignment = split_assignment(text)
        if assignment is None:
            raise InputError(f"--set {shortened(text)}: write --set key.path=value, for instance --set image.seed=2")
        values[assignment[0]] = parse_value(assignment[1])
    return values


@contextmanager
def _progress(quiet: bool) -> Iterator[Observer]:
    """Give an observer that draws one bar per task on the terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[remark]}"),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bars:
        known: dict[str, Any] = {}

        def observe(task: str, share: float, remark: str = "") -> None:
            if task not in known:
                known[task] = bars.add_task(task, total=1.0, remark=remark)
            bars.update(known[task], completed=share, remark=remark)

        yield observe


def _print_result(dataset: xr.Dataset) -> None:
    """Print the tables of the result's kind, or the general one."""
    from rich.console import Console
    from rich.table import Table

    from electrosim.study.report import own_tables

    tables = own_tables(dataset)
    if not tables:
        _print_table(dataset)
        return
    for item in tables:
        printed = Table(box=None, pad_edge=False)
        for head in item.heads:
            printed.add_column(head)
        for row in item.rows:
            printed.add_row(*row)
        typer.echo(f"\n{item.title}")
        Console(width=120, markup=False).print(printed)
        typer.echo(item.remark)
    typer.echo()
    for sentence in dict.fromkeys(map(str, _list(dataset["status"]))):
        typer.echo(sentence)


def _print_table(dataset: xr.Dataset) -> None:
    from rich.console import Console
    from rich.table import Table

    from electrosim.study.report import table

    heads, rows = table(dataset)
    printed = Table(box=None, pad_edge=False)
    for head in ("", *heads, "unit"):
        printed.add_column(head, justify="left" if head in ("", "unit") else "right")
    for row in rows:
        if row.name != "solved" and not row.name.endswith("status"):
            values = row.values if len(row.values) == len(heads) else (*row.values, *("",) * (len(heads) - 1))
            printed.add_row(row.name, *values, row.units if row.units != "1" else "")
    Console(width=100, markup=False).print(printed)  # names may hold brackets
    sentences = _list(dataset["status"])
    for head, sentence in zip(heads if dataset["status"].dims else [""], sentences, strict=True):
        typer.echo(f"{head}: {sentence}" if head else str(sentence))
    for row in rows:
        if row.name.endswith("_status"):
            typer.echo(" ".join(row.values))


def _list(item: Any) -> list[Any]:
    """Return the values of a variable of zero or one dimension."""
    values = item.values.tolist()
    return values if isinstance(values, list) else [values]
