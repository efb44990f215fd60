"""Named public files, images and solutions of other codes: where each lies, its hash, its licence, whom to cite."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from electrosim.base.errors import InputError, nearest

FOLDER_VARIABLE = "ELECTROSIM_DATA"
"""Environment variable with a folder that is searched before anything is downloaded."""


@dataclass(frozen=True)
class PublicFile:
    """An image, or a solution of another code, that others have published.

    Parameters
    ----------
    file : str
        Name of the file.
    address : str or None
        Public address of this very version; None if it was made from a published one and lies nowhere itself.
    sha256 : str
        Hash of the content, hexadecimal.
    licence : str
        Licence it is given under.
    citation : str
        Whom to cite, in one line.
    key : str, optional
        Name of the array inside a .npz file.
    """

    file: str
    address: str | None
    sha256: str
    licence: str
    citation: str
    key: str | None = None


IMAGES: dict[str, PublicFile] = {
    "berea": PublicFile(
        file="berea_100_to_300.npz",
        address="https://raw.githubusercontent.com/PMEAL/OpenPNM/c6c2d5c6f39402e4a943dc090bf0286ef4e93601/"
        "tests/fixtures/berea_100_to_300.npz",
        sha256="0c55fa043b95724000f2c56d9d947409932ba72230413ed5d738410c86838d66",
        licence="MIT",
        citation="Berea sandstone, micro-CT of Imperial College London, cutout of the OpenPNM test fixtures; "
        "Gostick et al., Comput. Sci. Eng. 18 (2016) 60, doi:10.1109/MCSE.2016.49",
        key="im",
    ),
    "fiberform": PublicFile(
        file="100_fiberform.tif",
        address="https://raw.githubusercontent.com/nasa/puma/65a05d7d693924590e8433f2f402c04c5031845c/"
        "python/pumapy/data/100_fiberform.tif",
        sha256="1386f825c71272f2cac7a7dbf8c82a25387b70c379655c02a843f6150edbe861",
        licence="NASA-1.3",
        citation="FiberForm carbon fibres, micro-CT of the PuMA examples; "
        "Ferguson et al., SoftwareX 7 (2018) 81, doi:10.1016/j.softx.2018.03.001",
    ),
    "nmc-carbon-binder": PublicFile(
        file="nmc-1-cal_generatedCBD_bridge.tif",
        address="https://raw.githubusercontent.com/NREL/MATBOX_Microstructure_analysis_toolbox/"
        "904b8de59df362adc37ad3351961b27516a067b0/Data_example/"
        "From%20computed%20tomography%20with%20additives%20numerically%20generated/nmc-1-cal_generatedCBD_bridge.tif",
        sha256="0197a8da2b6def10265e8fa2f3ce6a4c9b9a4f11af6c40c13d9dcbb7861eaf08",
        licence="BSD-3-Clause",
        citation="Calendered NMC electrode, micro-CT with a generated carbon-binder domain, MATBOX examples; "
        "Usseglio-Viretta et al., SoftwareX 17 (2022) 100915, doi:10.1016/j.softx.2021.100915",
    ),
}

SOLUTIONS: dict[str, PublicFile] = {
    f"comsol-marquis-{rate}": PublicFile(
        file=f"comsol_dfn_marquis2019_{rate}.npz",
        address=None,
        sha256=sha256,
        licence="BSD-3-Clause",
        citation="Discharge of the porous-electrode model with the parameters of Marquis 2019, solved by COMSOL; "
        "pybamm/input/comsol_results of PyBaMM 24.1; "
        "Sulzer et al., J. Open Res. Softw. 9 (2021) 14, doi:10.5334/jors.309",
    )
    for rate, sha256 in (
        ("01C", "e250a4938660d51825a228db222cf85d8190e8df558080ab038f3a1073f146f8"),
        ("1C", "7caf1504d3f28d6605d6ca5a94a6821e54b780e30426694383922528bb288133"),
        ("3C", "c3ae4c8fd9ac138dfd7d4e0ab676d2a06631b92e1f65716db50573439f49c3af"),
    )
}


def locate(name: str) -> Path:
    """Return a named public file, downloading it once if need be.

    The folder in the environment variable ``ELECTROSIM_DATA`` is searched first, then the user's cache; the content
    is checked against the registry's hash in either. No partial file is ever left behind.

    Parameters
    ----------
    name : str
        A key of `IMAGES` or of `SOLUTIONS`.

    Returns
    -------
    Path
        The file, its hash checked.

    Raises
    ------
    InputError
        If the name is unknown, ``ELECTROSIM_DATA`` is not a folder, the content has another hash, or the file has no
        address or could not be downloaded.
    """
    known = IMAGES | SOLUTIONS
    if name not in known:
        raise InputError(f'"{name}" is not a named file; {nearest(name, known)}')
    public = known[name]
    given = os.environ.get(FOLDER_VARIABLE)
    if given:
        folder = Path(given).expanduser()
        if not folder.is_dir():
            raise InputError(f'{FOLDER_VARIABLE} = "{given}" is not a folder; correct it or unset it')
        path = folder / public.file
        if path.is_file():
            if _sha256(path) != public.sha256:
                raise InputError(
                    f"{path} is not the published {name} file: its sha256 differs from {public.sha256}; "
                    "remove or replace the file"
                )
            return path
    return _download(name, public)


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); change its permissions") from None


def _download(name: str, public: PublicFile) -> Path:
    """Fetch into pooch's cache; pooch writes beside, checks the hash, then renames."""
    import pooch

    if public.address is None:
        raise InputError(
            f"{public.file} lies at no public address of its own; set {FOLDER_VARIABLE} to a folder that holds it"
        )
    by_hand = f"download {public.address} by hand into a folder and set {FOLDER_VARIABLE} to that folder"
    try:
        with _quiet(pooch.get_logger()):
            found = pooch.retrieve(
                public.address,
                known_hash=f"sha256:{public.sha256}",
                fname=public.file,
                path=pooch.os_cache("electrosim"),
                downloader=pooch.HTTPDownloader(timeout=30),
            )
    except ValueError:
        raise InputError(
            f"the download of the {name} file has another sha256 than {public.sha256} and was discarded; try again, "
            f"or {by_hand}"
        ) from None
    except OSError as error:  # no network, a refusal of the server, a cache that cannot be written
        raise InputError(
            f"the {name} file could not be downloaded ({type(error).__name__}); check the network, or {by_hand}"
        ) from None
    return Path(found)


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """Keep a library's log to itself for a while."""
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)
