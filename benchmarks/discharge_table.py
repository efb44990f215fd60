"""The tables of the discharge solver in docs/benchmarks.md, from the JSON alone."""

from __future__ import annotations

from typing import Any

NAMES = {"electrosim": "**electrosim**", "pybamm": "PyBaMM"}


def markdown(found: dict[str, Any]) -> str:
    """Return all tables."""
    writers = {"codes": codes, "rates": rates, "variants": variants, "sweep": sweep, "start": start}
    return "\n\n".join(
        f"{about(found[name])}\n\n{write(found[name])}" for name, write in writers.items() if name in found
    )


def about(part: dict[str, Any]) -> str:
    """Return a sentence on the machine."""
    machine = part["machine"]
    return (
        f"{machine['processor']}, {machine['cores']} cores, load {machine['load']:.1f}; Python {machine['python']}, "
        f"numba {machine['numba']}; {machine['date']}."
    )


def codes(part: dict[str, Any]) -> str:
    """Return a line per code and setting."""
    lines = [
        f"Chen 2020 at 1C (the refined solution ends at {part['reference_end']:.2f} s); *as accurate*: the cheapest "
        "mesh of PyBaMM whose error is not above that of electrosim's default:",
        "",
        "| code | setting | ms | times ours | error (mV) | after 30 s (mV) | end (s) |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in part["rows"]:
        mark = ", *as accurate*" if row.get("as_good") else ""
        lines.append(
            f"| {NAMES[row['code']]} {row['version']} | {row['setting']}{mark} | {1e3 * row['seconds']:.3g} | "
            f"{row['times_ours']:.3g} | {1e3 * row['error']:.2f} | {1e3 * row['late_error']:.2f} | {row['end']:.2f} |"
        )
    if not any(row.get("as_good") for row in part["rows"]):
        lines.append("\nNone of PyBaMM's meshes above is as accurate as electrosim's default.")
    return "\n".join(lines)


def rates(part: dict[str, Any]) -> str:
    """Return a line per rate and code."""
    lines = [
        "| rate | code | setting | ms | times ours | error (mV) | after 30 s (mV) | end (s) | refined end (s) |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['rate']:g}C | {NAMES[row['code']]} | {row['setting']} | {1e3 * row['seconds']:.3g} | "
        f"{row['times_ours']:.3g} | {1e3 * row['error']:.2f} | {1e3 * row['late_error']:.2f} | {row['end']:.2f} | "
        f"{part['reference_ends'][format(row['rate'], 'g')]:.2f} |"
        for row in part["rows"]
    ]
    return "\n".join(lines)


def variants(part: dict[str, Any]) -> str:
    """Return a line per variant."""
    lines = ["| electrosim, 1C | ms | over one layer | steps | cells | error (mV) |", "|---|---|---|---|---|---|"]
    for row in part["rows"]:
        error = f"{1e3 * row['error']:.2f}" if "error" in row else ""
        lines.append(
            f"| {row['setting']} | {1e3 * row['seconds']:.3g} | {row['times_ours']:.3g} | {row['steps']} | "
            f"{row['cells']} | {error} |"
        )
    return "\n".join(lines)


def sweep(part: dict[str, Any]) -> str:
    """Return a sentence."""
    times = " and ".join(
        f"{part[f'seconds_on_{n}']:.3g} s on {words} ({part[f'processor_seconds_on_{n}']:.3g} s of processor time)"
        for n, words in ((1, "one thread"), (2, "two"))
    )
    return (
        f"{part['cases']} bilayers of random thickness, split, conductivities and rate: {times}; {part['failed']} "
        f"failed; the voltage of every fiftieth is within {1e3 * part['error']:.2f} mV of that at rtol 1e-6."
    )


def start(part: dict[str, Any]) -> str:
    """Return a sentence."""
    cold, cached = part["cold"], part["cached"]
    return (
        f"From starting Python to a discharge: {cold['seconds']:.1f} s ({cold['processor_seconds']:.1f} s of processor "
        f"time) in the first process, which compiles; {cached['seconds']:.2f} s ({cached['processor_seconds']:.2f} s) "
        f"in every later one, of which imports take {cached['import_seconds']:.2f} s."
    )
