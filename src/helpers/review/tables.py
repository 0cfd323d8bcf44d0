"""Are the raw files, and the tables made of them, the ones described? Hashes, rules and a rebuild."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from helpers import catalogue, paths
from helpers.building import build, checks, raw_checks
from helpers.building.datapackage import describe
from helpers.errors import DownloadError
from helpers.review.line import Fault, Found, found

BESIDE = paths.ROOT.parent / "shared" / "data"  # where a mirror of the raw files may lie
NO_RAW = "no raw file is at hand: `compendium data fetch` brings them, `--mirror FOLDER` names them"


def mirror(given: Path | None) -> Path | None:
    """The folder of the raw files: the one given, else `data/raw`, else the one beside the repository.

    Returns
    -------
    Path or None
        None where no raw file is at hand.

    Raises
    ------
    DownloadError
        The folder given does not exist.
    """
    if given is not None and not given.is_dir():
        raise DownloadError(f"--mirror {given}: there is no such folder; name the one with the raw files.")
    if given is not None:
        return given
    cards = catalogue.load().values()
    return next((f for f in (paths.RAW, BESIDE) if any((f / card.path).is_file() for card in cards)), None)


def raw(folder: Path | None) -> Found:
    """Every raw file at hand has the size and the SHA-256 of its card, and editions of a release agree."""
    if folder is None:
        return Found(0, left_out=NO_RAW)
    cards = [card for card in catalogue.load().values() if (folder / card.path).is_file()]
    wrong = [
        Fault(card.path, difference)
        for card in cards
        if (difference := catalogue.difference(folder / card.path, card))
    ]
    if not wrong:  # readers refuse a file that is not its card's
        wrong = [
            Fault("data/catalogue", f"{check.name}: {check.detail}")
            for check in raw_checks.editions(folder)
            if not check.passed
        ]
    return found(len(cards), wrong)


def hashes() -> Found:
    """Every table has the hash that `datapackage.json` gives, and that is what tables and cards say."""
    faults = [
        Fault(f"data/tables/{file}", f"not so: {check.name}")
        for check in checks.package(paths.TABLES)
        for file in check.files
    ]
    tables = [path for path in paths.TABLES.iterdir() if path.name != build.DESCRIPTION]
    return found(len(tables), faults or _description())


def _description() -> list[Fault]:
    """Parts of `datapackage.json` other than tables and cards would make them: fields, sources, licence."""
    file = paths.TABLES / build.DESCRIPTION
    shipped = json.loads(file.read_text(encoding="utf-8"))
    made = describe(paths.TABLES, build.NEEDS, catalogue.load())
    one, other = (
        {
            **{key: whole[key] for key in whole if key != "resources"},
            **{r["path"]: r for r in whole["resources"]},
        }
        for whole in (shipped, made)
    )
    return [
        Fault(f"data/tables/{file.name}", f"{part} is not described as the tables and cards are")
        for part in [*one, *(part for part in other if part not in one)]
        if one.get(part) != other.get(part)
    ]


def soundness() -> Found:
    """Keys are unique, figures plausible, series whole, codes known, and parts add up to their totals."""
    looked = list(checks.soundness(paths.TABLES))
    return found(
        len(looked), [Fault("data/tables", f"{one.name}: {one.detail}") for one in looked if not one.passed]
    )


def rebuilt(folder: Path | None) -> Found:
    """Every table built again from the raw files, in a folder of its own, equals the shipped one."""
    if folder is None:
        return Found(0, left_out=NO_RAW)
    with tempfile.TemporaryDirectory(prefix="compendium-") as temporary:
        again = Path(temporary)
        shipped = sorted(path for path in paths.TABLES.iterdir() if path.is_file())
        for path in shipped:
            shutil.copy(path, again)
        report = build.build(folder, again).tables
        stays = [line for line in report if "stays as shipped" in line]
        differ = [path for path in shipped if (again / path.name).read_bytes() != path.read_bytes()]
        extra = sorted({path.name for path in again.iterdir()} - {path.name for path in shipped})
    faults = [Fault(f"data/tables/{path.name}", "the rebuilt file has other bytes") for path in differ]
    faults += [Fault(f"data/tables/{name}", "is built and not shipped") for name in extra]
    return found(len(report) - len(stays), faults)
