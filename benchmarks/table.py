"""The tables of docs/benchmarks.md, from the JSON alone."""

from __future__ import annotations

from typing import Any

NAMES = {
    "electrosim": "**electrosim**",
    "taufactor": "TauFactor",
    "porespy": "PoreSpy `tortuosity_fd`",
    "openimpala": "OpenImpala, multigrid of AMReX (its default)",
    "openimpala-pcg": "OpenImpala, HYPRE's PCG",
    "openimpala-plain": "OpenImpala without MPI (SciPy)",
}


def markdown(found: dict[str, Any]) -> str:
    """Return all tables."""
    images = found["images"]
    parts = [about(images[0]["machine"])]
    for entry in images:
        if len(entry["rows"]) > 1:
            parts += [f"The codes on one image ({entry['what']}):", codes(entry["rows"])]
            parts += [f"No result from {NAMES[item['code']]}: {item['reason']}" for item in entry["failed"]]
    parts += ["electrosim on all images:", of_images(images)]
    if "start" in found:
        cold, cached = found["start"]["cold"], found["start"]["cached"]
        parts.append(
            f"From starting Python to a solved image ({images[0]['what']}): {cold['processor_seconds']:.1f} s of "
            f"processor time in the first process, which compiles; {cached['processor_seconds']:.1f} s in every later "
            f"one, of which imports take {cached['import_seconds']:.1f} s."
        )
    return "\n\n".join(parts)


def about(machine: dict[str, Any]) -> str:
    """Return a sentence on the machine."""
    return (
        f"{machine['processor']}, {machine['cores']} cores; Python {machine['python']}, numba {machine['numba']}; "
        f"{machine['date']}."
    )


def codes(rows: list[dict[str, Any]]) -> str:
    """Return a line per code and number of threads."""
    lines = [
        "| code | threads | s | times ours | sweeps | B/voxel | error | stops at |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        # on several threads what counts is how long one waits
        seconds = row["processor_seconds"] if row["threads"] == "1" else row["seconds"]
        ratio = seconds / rows[0]["processor_seconds"]
        lines.append(
            f"| {NAMES[row['code']]} {row['version']} | {row['threads']} | {seconds:.3g} | {ratio:.3g} | "
            f"{row['sweeps'] * seconds / row['processor_seconds']:.0f} | {row['bytes_per_voxel']:.0f} | "
            f"{row['error']:+.0e} | {row['settings']} |"
        )
    return "\n".join(lines)


def of_images(images: list[dict[str, Any]]) -> str:
    """Return a line per image."""
    lines = ["| image | conducting | s | sweeps | iterations | B/voxel | error |", "|---|---|---|---|---|---|---|"]
    for entry in images:
        row = entry["rows"][0]
        lines.append(
            f"| {entry['what']} | {entry['conducting']:.1%} | {row['processor_seconds']:.3g} | {row['sweeps']:.0f} | "
            f"{row['iterations']} | {row['bytes_per_voxel']:.0f} | {row['error']:+.0e} |"
        )
    return "\n".join(lines)
