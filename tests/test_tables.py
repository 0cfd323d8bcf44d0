"""The shipped tables: as their description says, as their rules say, and as the raw files give them."""

import json
import shutil
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from frictionless import Package

from helpers import catalogue, paths, tables
from helpers.building import area_table, build, checks, corrections, data_coverage, datapackage
from helpers.errors import DownloadError, TableError
from helpers.sources.account import Account


def test_the_description_is_a_valid_data_package_and_the_data_fit_it():
    package = Package(str(paths.TABLES / "datapackage.json"))
    for resource in package.resources:
        # Row by row it takes minutes over the largest table; pandera sees every row of it.
        limit = 2_000 if resource.format == "parquet" else 20_000
        report = resource.validate(limit_rows=limit)
        assert report.valid, report.flatten(["title", "message"])


def test_every_check_passes():
    failed = [check for check in checks.run() if not check.passed]
    assert failed == []


@pytest.fixture(scope="module")
def built(mirror, tmp_path_factory):
    """The tables built anew: the folder, and what the build said."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copy(paths.TABLES / "indicators.csv", folder)
    return folder, build.build(mirror, folder)


def test_the_tables_follow_from_the_raw_files_to_the_byte(built):
    shipped = {p.name: p.read_bytes() for p in paths.TABLES.iterdir()}
    rebuilt = {p.name: p.read_bytes() for p in built[0].iterdir()}
    assert sorted(rebuilt) == sorted(shipped)
    assert [name for name in shipped if shipped[name] != rebuilt[name]] == []


def test_every_row_and_figure_of_every_raw_file_is_accounted_for(built):
    """Taken or left for a reason; in a table or of what no table has; each figure once."""
    _, report = built
    cards = [file.card for file in report.files]
    assert sorted([*cards, *report.unread]) == sorted(catalogue.load())
    for file in report.files:
        told = file.account
        assert told.rows == told.taken + sum(told.left.values()) and told.taken > 0, file.card
        assert file.figures == file.used + sum((file.unused or {}).values()), file.card
    rows = sum(len(tables.load(name)) for name in tables.FIGURES)
    assert sum(file.used for file in report.files) == rows == report.coverage[list(STATES)].sum().sum()


STATES = ("published", *data_coverage.ABSENT)


def test_the_coverage_of_known_indicators(built):
    """Of the release of 2022, Northern Ireland's eleven districts lack; of 2023, their jobs."""
    coverage = built[1].coverage.set_index(["table", "indicator", "level", "release"]).sort_index()
    hour = coverage.loc[("productivity", "gva_per_hour", "district")]
    assert hour[["areas", "of"]].to_numpy().tolist() == [[363, 374], [374, 374], [361, 361], [361, 361]]
    assert hour[["first_year", "last_year"]].iloc[-1].tolist() == [2004, 2023]
    jobs = coverage.loc[("hours_jobs", "jobs", "district", 2025)]
    assert jobs[["missing", "suppressed", "provisional"]].tolist() == [11, 0, 0]
    deaths = coverage.loc[("business_demography", "enterprise_deaths", "uk", 2025)]
    assert (deaths["provisional"], deaths["areas"], deaths["of"]) == (2, 1, 1)


def test_the_report_of_a_build_can_be_read_in_a_terminal(built):
    _, report = built
    lines = str(report).splitlines()
    assert max(len(line) for line in lines) <= 110
    begin = {line.split()[0] for line in lines if line and not line.startswith(" ")}
    assert {file.card for file in report.files} <= begin
    shown = set(tables.load("indicators")["indicator"]) & set(report.coverage["indicator"])
    assert shown <= begin and set(tables.FIGURES) <= begin


def test_what_a_file_gave_in_words():
    figures = pd.DataFrame({"indicator": list("aaab"), "area_code": ["E1", "E2", "E3", "E1"]})
    used = pd.Series([True, False, False, False])
    left = {"level not compared: England": 2, "level not compared: counties": 3, "notes of a kind": 1}
    file = data_coverage.from_file("a-card", Account(1_010, 1_004, left), figures, used)
    assert (file.figures, file.used) == (4, 1)
    text = data_coverage.files_text([file], ["unread-card"])
    assert "left: level not compared: England (2), counties (3); notes of a kind (1)" in text
    assert "figures not in a table: other indicators: b (1); other areas: E2, E3 (2)" in text
    assert [line.split() for line in text.splitlines() if line.startswith("a-card")] == [
        ["a-card", "1,010", "1,004", "6", "4", "1"]
    ]
    assert "unread-card" in text


def test_releases_with_the_same_areas_stand_together_and_others_apart():
    areas = pd.DataFrame({"code": ["A", "B"], "vintage": "LAD24", "level": "district"})
    row = {"indicator": "i", "area_vintage": "LAD24", "year": 2020, "lower": None, "upper": None}
    rows = [
        row | {"release": release, "area_code": code, "value": value, "status": status}
        for release, code, value, status in (
            (2021, "A", 1.0, "published"),
            (2021, "B", float("nan"), "missing"),
            (2022, "A", 1.0, "published"),
            (2022, "B", float("nan"), "suppressed"),
            (2023, "A", 1.0, "published"),
            (2023, "B", 0.0, "provisional"),
        )
    ]
    coverage = data_coverage.of_tables({"t": pd.DataFrame(rows)}, areas)
    assert coverage[["areas", "of", "published"]].to_numpy().tolist() == [[1, 2, 1], [1, 2, 1], [2, 2, 1]]
    lines = [line.split() for line in data_coverage.tables_text(coverage).splitlines() if " 2020 " in line]
    assert lines == [
        ["i", "district", "1/2", "2020", "2021-2022", "1", "1", "0"],
        ["district", "2/2", "2020", "2023", "0", "0", "1"],
    ]


def test_an_indicator_without_any_figure_has_no_years():
    areas = pd.DataFrame({"code": ["A"], "vintage": ["LAD24"], "level": ["district"]})
    row = {"indicator": "i", "release": 2021, "area_code": "A", "area_vintage": "LAD24", "year": 2020}
    nothing = pd.DataFrame([row | {"value": float("nan"), "status": "suppressed"}])
    coverage = data_coverage.of_tables({"t": nothing}, areas)
    assert coverage["first_year"].isna().all() and coverage["areas"].tolist() == [0]
    assert data_coverage.tables_text(coverage).splitlines()[-1].split()[2:4] == ["0/1", "none"]


def test_towns_lie_in_the_regions_of_their_file(mirror):
    """Every town of the workbook as openpyxl reads it; the file writes one region in two ways."""
    areas = tables.load("areas")
    towns = areas[areas["level"] == "town"].set_index("code")["itl1"]
    names = areas[(areas["level"] == "itl1") & (areas["vintage"] == "ITL25")].set_index("code")["name"]
    path = mirror / catalogue.get("graduate-mobility-towns").path
    page = openpyxl.load_workbook(path, read_only=True)["Graduates"]
    header, *rows = page.iter_rows(values_only=True)
    at = header.index("Region")
    regions = {row[0]: row[at].casefold() for row in rows if row[0] in towns.index}
    assert len(regions) == len(towns) == 1102
    assert {code: names[itl1].casefold() for code, itl1 in towns.items()} == regions


def test_an_area_in_two_regions_is_refused():
    rows = pd.DataFrame(
        {"area_code": "T", "area_vintage": "BUA11", "area_name": "A", "level": "town", "itl1": ["TLF", "TLG"]}
    )
    with pytest.raises(TableError, match="T lies in several regions"):
        area_table._others(rows, pd.DataFrame({"code": [], "vintage": []}))


def test_every_check_passes_with_the_raw_files(mirror):
    found = checks.run(mirror)
    assert [check for check in found if not check.passed] == []
    assert not [check for check in found if check.left_out]


def spoil(tmp_path, name, change):
    """A copy of the shipped folder with one table changed."""
    folder = tmp_path / "tables"
    shutil.copytree(paths.TABLES, folder)
    frame = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
    frame = change(frame)
    frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


def set_value(text):
    def change(frame):
        frame.loc[0, "value"] = text
        return frame

    return change


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (set_value("1912"), "plausible ranges"),
        (set_value(""), "schema"),
        (lambda frame: frame.drop(index=5), "without holes"),
        (lambda frame: frame[frame["area_code"] != "E06000001"], "names every district"),
        (lambda frame: pd.concat([frame, frame.head(1)]), "schema"),
        (lambda frame: frame.replace({"area_code": {"E06000001": "E06999999"}}), "in areas.csv"),
        (lambda frame: frame.replace({"indicator": {"gva_per_job": "gva_per_head"}}), "indicators"),
    ],
)
def test_a_spoilt_table_fails_the_check_that_names_it(tmp_path, change, named):
    folder = spoil(tmp_path, "productivity", change)
    tables.load.cache_clear()
    failed = [check.name for check in checks.run(folder=folder) if not check.passed]
    assert any(named in name for name in failed), failed
    assert "tables have the hashes of datapackage.json" in failed


def test_a_status_must_agree_with_its_value():
    row = {
        "indicator": "i", "release": 2025, "area_code": "E06000001", "area_vintage": "LAD24", "year": 2020,
        "value": 1.0, "lower": None, "upper": None, "status": "missing",
    }  # fmt: skip
    with pytest.raises(TableError, match="status missing"):
        tables.tidy(pd.DataFrame([row]))
    with pytest.raises(TableError, match="stand twice"):
        tables.tidy(pd.DataFrame([row | {"status": "published"}] * 2))


def test_northern_irelands_jobs_of_2023_are_missing_not_zero():
    rows = tables.load("hours_jobs").query("indicator == 'jobs' and release == 2025 and year == 2023")
    irish = rows[rows["area_code"].str.startswith("N09")]
    assert len(irish) == 11
    assert (irish["status"] == "missing").all() and irish["value"].isna().all()


def test_a_correction_ends_when_its_source_is_mended():
    fix = next(c for c in corrections.load() if c.id == "northern-ireland-jobs-2023")
    rows = pd.DataFrame(
        {
            "indicator": ["jobs"] * 11 + ["gva_per_job"] * 11,
            "area_code": [f"N090000{i:02}" for i in range(1, 12)] * 2,
            "year": 2023,
            "value": 0.0,
            "status": "published",
        }
    )
    assert (corrections.apply(rows, fix.card, [fix])["status"] == "missing").all()
    assert (corrections.apply(rows, "another-card", [fix])["status"] == "published").all()
    mended = rows.assign(value=[0.0] * 21 + [58_000.0])
    with pytest.raises(TableError, match="northern-ireland-jobs-2023"):
        corrections.apply(mended, fix.card, [fix])


def test_without_raw_files_the_build_says_what_to_fetch(tmp_path):
    with pytest.raises(DownloadError, match="compendium data fetch"):
        build.build(tmp_path, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_table_that_nobody_can_download_stays_as_shipped(mirror, tmp_path, monkeypatch):
    cards = catalogue.load()
    lost = {id: cards[id] for id in ("productivity-ca-workbook-2025", "graduate-mobility-towns")}
    raw = tmp_path / "raw"
    for other in cards.values():
        (raw / other.path).parent.mkdir(parents=True, exist_ok=True)
        if other.id not in lost:
            (raw / other.path).symlink_to(mirror / other.path)
    alone = {id: replace(card, url=None) for id, card in lost.items()}
    monkeypatch.setattr(catalogue, "load", lambda: cards | alone)
    out = tmp_path / "tables"
    shutil.copytree(paths.TABLES, out)
    report = build.build(raw, out)
    for name in ("city_regions", "graduate_towns"):
        assert any(line.startswith(f"{name}: stays as shipped") for line in report.tables)
        assert name in set(report.coverage["table"])
    assert not set(lost) & {file.card for file in report.files}
    for name in ("city_regions.csv", "graduate_towns.csv", "areas.csv", "productivity.csv"):
        assert (out / name).read_bytes() == (paths.TABLES / name).read_bytes()


def test_every_shipped_file_is_described_and_small():
    package = json.loads((paths.TABLES / "datapackage.json").read_text(encoding="utf-8"))
    assert {r["path"] for r in package["resources"]} == {
        p.name for p in paths.TABLES.iterdir() if p.name != "datapackage.json"
    }
    assert max(p.stat().st_size for p in paths.TABLES.iterdir()) < 5_000_000
    assert datapackage.describe(paths.TABLES, build.NEEDS, catalogue.load()) == package
