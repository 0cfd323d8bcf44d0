"""A further release is added without code: made by perturbing the latest one, on a copy of the project.

The release is made from the raw file where there is one beside the repository, and from the shipped
table otherwise, in the layout of the producer's file.
"""

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from helpers import catalogue, geography, paths, tables
from helpers.building import add_release, new_release, staging
from helpers.errors import ParameterError, SourceError, TableError

RAW_2025 = paths.ROOT.parent / "shared" / "data" / "productivity" / "lad_gva_per_hour_release_2025.csv"
REVISED_FROM = 2022
NEW_YEAR = 2024
GUIDE_TOP = geography.guide_groups()["top"]
NEW_AUTHORITY = ("E47000099", "Somewhere New")
PRESENT = ["AREACD", "AREANM", "Geography", "Indicator", "Period", "Observation", "Measure", "Unit"]
BLANK = ["Lower Confidence Interval (95%)", "Upper Confidence Interval (95%)", "Observation Status", "Notes"]


def latest():
    """The release of 2025 as the producer's file has it."""
    if RAW_2025.is_file():
        return pd.read_csv(RAW_2025, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return from_the_table()


@cache
def from_the_table():
    """The same from the shipped table, without the areas that the table leaves out."""
    rows = tables.load("productivity").query("indicator == 'gva_per_hour' and release == 2025")
    names = tables.load("areas").set_index(["code", "vintage"])["name"]
    keys = zip(rows["area_code"], rows["area_vintage"], strict=True)
    written = {
        "AREACD": rows["area_code"],
        "AREANM": [names[key] for key in keys],
        "Geography": "",
        "Indicator": "Gross value added per hour worked",
        "Period": rows["year"].astype(str),
        "Observation": rows["value"].map("{:.15g}".format),
        "Measure": "Pounds",
        "Unit": "£",
    }
    return pd.DataFrame(written | dict.fromkeys(BLANK, ""))[[*PRESENT, *BLANK]]


def perturbed(raw):
    """The last years revised a little, a year more, and an authority that no look-up lists.

    In the new year the guide's most productive districts fall by a third, so that the gap narrows far
    below that of 2004, where the first releases have it widen.
    """
    year, value = raw["Period"].astype(int), raw["Observation"].astype(float)
    little = np.exp(np.random.default_rng(1).normal(0, 0.005, len(raw)))
    revised = (value * np.where(year >= REVISED_FROM, little, 1)).round(2)
    raw = raw.assign(Observation=[f"{v:.2f}" if y >= REVISED_FROM else o for o, v, y in
                                  zip(raw["Observation"], revised, year, strict=True)])  # fmt: skip
    last = raw[year == year.max()]
    fall = np.where(last["AREACD"].isin(GUIDE_TOP), 2 / 3, 1.03)
    value = (last["Observation"].astype(float) * fall).map("{:.2f}".format)
    raw = pd.concat([raw, last.assign(Period=str(NEW_YEAR), Observation=value)])
    code, name = NEW_AUTHORITY
    return pd.concat([raw, raw[raw["AREACD"] == "E47000006"].assign(AREACD=code, AREANM=name)])


def write(raw, folder, name="release.csv"):
    raw.to_csv(folder / name, index=False)
    return folder / name


def hashes(folder):
    return {p.relative_to(folder): catalogue.sha256(p) for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project in which paths lead to the copy, as they follow the package."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(paths.ROOT / "src", root / "src")
    shutil.copytree(paths.DATA, root / "data", ignore=shutil.ignore_patterns("raw", ".staged-*"))
    return root


def python(project, *words):
    environment = os.environ | {"PYTHONPATH": str(project / "src")}
    return subprocess.run(
        [sys.executable, *words], cwd=project, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def added(project, tmp_path_factory):
    """The command's result, the file, and the data folder's hashes before."""
    file = write(perturbed(latest()), tmp_path_factory.mktemp("download"))
    before = hashes(project / "data")
    words = ("-m", "helpers.cli", "data", "add-release", str(file), "--release", "2026")
    return python(project, *words), file, before


def test_the_command_tells_what_changed(added):
    done, file, _ = added
    assert done.returncode == 0, done.stderr
    assert catalogue.sha256(file) in done.stdout
    assert f"Districts' figures that are new: 361 of {NEW_YEAR}." in done.stdout
    # 361 districts in 2022 and 2023; a few round to the figure they had
    changed = int(done.stdout.split("differ from the release of 2025: ")[1].split(" of ")[0].replace(",", ""))
    assert 650 <= changed <= 722
    assert "“The gap narrowed from 2004 to the last year: too close” became" in done.stdout
    assert "“The gap narrowed from 2004 to the last year: flips” (2026: holds)" in done.stdout


def test_only_the_tables_concerned_the_card_and_the_raw_file_change(project, added):
    now = hashes(project / "data")
    changed = {path.as_posix() for path in now if now[path] != added[2].get(path)}
    assert changed == {
        "catalogue/gva-per-hour-lad-2026.yml",
        "raw/productivity/lad_gva_per_hour_release_2026.csv",
        "tables/areas.csv",
        "tables/datapackage.json",
        "tables/indicators.csv",
        "tables/productivity.csv",
    }
    assert set(added[2]) <= set(now)


def test_the_card_says_what_is_known_and_no_more(project, added):
    card = catalogue.load(project / "data" / "catalogue")["gva-per-hour-lad-2026"]
    assert (card.release, card.geography_vintage, card.years) == (2026, "LAD24", f"2004-{NEW_YEAR}")
    assert card.url is None and card.published is None
    assert catalogue.difference(added[1], card) is None
    catalogue.verify(project / "data" / "raw" / card.path, card)
    assert "release.csv" in card.caveats[0]


def test_the_rows_are_those_of_the_file_and_the_others_stay(project):
    table = tables.load("productivity", project / "data" / "tables")
    new = table["release"] == 2026
    pd.testing.assert_frame_equal(table[~new].reset_index(drop=True), tables.load("productivity"))
    solihull = table[new & (table["area_code"] == "E08000029")].set_index("year")["value"]
    was = tables.wide("productivity", "gva_per_hour", 2025).loc["E08000029"]
    assert (solihull[[2004, 2021]] == was[[2004, 2021]]).all()
    assert solihull[NEW_YEAR] == pytest.approx(solihull[2023] * 2 / 3, abs=0.005)
    indicators = tables.load("indicators", project / "data" / "tables").set_index("indicator")
    assert "gva-per-hour-lad-2025|gva-per-hour-lad-2026|" in indicators.at["gva_per_hour", "cards"]


ASK = """
import json
from helpers import catalogue, paths, series, study, tables
from helpers.building import build, datapackage
from helpers.recipes import TABLES
chosen = study.choose()
package = json.loads((paths.TABLES / "datapackage.json").read_text(encoding="utf-8"))
areas = tables.load("areas").set_index("code")
print(json.dumps({
    "releases": series.releases("hour"),
    "window": [chosen.release, chosen.last_year],
    "cards": [part.card for part in TABLES["productivity"]][:5],
    "described": datapackage.describe(paths.TABLES, build.NEEDS, catalogue.load()) == package,
    "hours": bool(chosen.panel.hours[2024].isna().all() and chosen.panel.hours[2023].notna().all()),
    "area": bool(chosen.panel.area_value.notna().all()),
    "prices": series.price_ratio(2004, 2024),
    "authority": areas.loc["E47000099", ["name", "level"]].tolist(),
}))
"""


def test_every_part_of_the_project_knows_the_release(project, added):
    asked = python(project, "-c", ASK)
    found = json.loads(asked.stdout)
    assert found.pop("cards") == [f"gva-per-hour-lad-{year}" for year in range(2022, 2027)]
    assert np.isnan(found.pop("prices"))  # the deflator's table ends in 2023
    assert found == {
        "releases": [2022, 2023, 2024, 2025, 2026],
        "window": [2026, NEW_YEAR],
        "described": True,
        "hours": True,
        "area": True,
        "authority": ["Somewhere New", "later_authority"],
    }


def test_a_release_from_the_shipped_table_alone_is_accepted(tmp_path):
    found = new_release.inspect(write(perturbed(from_the_table()), tmp_path), 2026)
    assert found.districts.shape == (361, 21)
    assert found.notes == ()


def test_districts_with_the_codes_of_2025_are_recognised(tmp_path):
    raw = perturbed(from_the_table())
    recoded = tables.load("areas").query("level == 'district' and vintage == 'LAD24' and successor != ''")
    codes = dict(zip(recoded["code"], recoded["successor"], strict=True))
    assert codes
    found = new_release.inspect(write(raw.replace({"AREACD": codes}), tmp_path), 2026)
    assert found.card.geography_vintage == "LAD25"
    new, old = codes.popitem()[::-1]
    present = new_release.in_present_codes(found.districts, "LAD25")
    assert old in present.index and new not in present.index


@pytest.mark.parametrize("release", [2025, 2023, 2021])
def test_a_release_must_come_after_all_others(tmp_path, release):
    file = write(from_the_table(), tmp_path)
    with pytest.raises(ParameterError, match=str(release)):
        new_release.inspect(file, release)


def without(code):
    return lambda raw: raw[raw["AREACD"] != code]


def in_pence(raw):
    return raw.assign(Observation=(raw["Observation"].astype(float) * 100).map("{:.0f}".format))


def swapped(raw):
    """One district's figures three times as high in all years."""
    value = raw["Observation"].astype(float)
    return raw.assign(Observation=value.where(raw["AREACD"] != "E08000029", value * 3).map("{:.2f}".format))


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (lambda raw: raw.drop(columns="Observation"), SourceError, "observation"),
        (lambda raw: raw.assign(Indicator="Median pay"), SourceError, "Median pay"),
        (lambda raw: raw.assign(Indicator="Gross value added per filled job"), SourceError, "gva_per_hour"),
        (without("E08000029"), SourceError, "E08000029"),
        (without("TLG"), SourceError, "TLG"),
        (without("K99000002"), SourceError, "K99000002"),
        (lambda raw: raw[raw["Period"] != "2023"], SourceError, "2023"),
        (lambda raw: raw.drop(index=raw.index[raw["AREACD"] == "E08000029"][3]), SourceError, "E08000029"),
        (lambda raw: raw.assign(Period=(raw["Period"].astype(int) + 3).astype(str)), SourceError, "2004"),
        (in_pence, TableError, "100 times"),
        (swapped, TableError, "E08000029"),
    ],
)  # fmt: skip
def test_what_is_no_such_release_is_refused_by_name(tmp_path, change, error, said):
    with pytest.raises(error, match=said):
        new_release.inspect(write(change(from_the_table()), tmp_path), 2026)


def test_a_file_that_is_not_there_or_is_here_already_is_refused(tmp_path, mirror):
    with pytest.raises(SourceError, match="no such file"):
        new_release.inspect(tmp_path / "none.csv", 2026)
    with pytest.raises(SourceError, match="gva-per-hour-lad-2025, byte for byte"):
        new_release.inspect(RAW_2025, 2026)


def test_nothing_is_moved_when_a_check_fails_in_the_copy(tmp_path, monkeypatch):
    @contextmanager
    def copy():
        yield Path(shutil.copytree(paths.DATA, tmp_path / "data", ignore=shutil.ignore_patterns("raw")))

    failed = subprocess.CompletedProcess([], 1, "", "productivity: plausible ranges")
    monkeypatch.setattr(staging, "copy", copy)
    monkeypatch.setattr(staging, "run", lambda *_: failed)
    monkeypatch.setattr(staging, "move", lambda *_: pytest.fail("moved"))
    with pytest.raises(TableError, match="plausible ranges"):
        add_release.add(write(perturbed(from_the_table()), tmp_path), 2026)


def test_a_table_that_was_changed_by_hand_is_not_described_as_built(tmp_path):
    folder = Path(shutil.copytree(paths.TABLES, tmp_path / "tables"))
    card = catalogue.load()["gva-per-hour-lad-2025"]
    with (folder / "hours_jobs.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    before = hashes(folder)
    with pytest.raises(TableError, match=r"hours_jobs\.csv"):
        add_release._describe(card, folder, {"productivity.csv", "indicators.csv", "areas.csv"})
    assert hashes(folder) == before


def test_a_move_that_fails_half_way_is_undone(tmp_path, monkeypatch):
    data, staged = tmp_path / "data", tmp_path / "staged"
    for folder, text in ((data, "old"), (staged, "new")):
        folder.mkdir()
        (folder / "table.csv").write_text(text)
    (staged / "card.yml").write_text("new")
    before = hashes(data)
    monkeypatch.setattr(paths, "DATA", data)
    with pytest.raises(FileNotFoundError):
        staging.move(staged, [Path("table.csv"), Path("card.yml"), Path("never-made.csv")])
    assert hashes(data) == before


def test_the_card_is_valid_yaml_of_all_fields(project, added):
    text = (project / "data" / "catalogue" / "gva-per-hour-lad-2026.yml").read_text(encoding="utf-8")
    shipped = (paths.CATALOGUE / "gva-per-hour-lad-2025.yml").read_text(encoding="utf-8")
    assert list(yaml.safe_load(text)) == list(yaml.safe_load(shipped))
