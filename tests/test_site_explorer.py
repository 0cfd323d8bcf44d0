"""Do the explorer and the gap page show, count and hand out what the tables hold?

The pages are opened from the disk in headless Chromium, without the theme around them, which is the harder
case: such a page may load scripts but fetch nothing. What they hand out is compared with pandas. Figures are
exact; shares agree to 1e-12 (another order of division). Without a browser those tests are skipped with the
reason; with COMPENDIUM_REQUIRE_BROWSER=1 they fail. The rest needs none.
"""

from __future__ import annotations

import gzip
import re
import shutil
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from helpers import geography, levels, paths, tables
from helpers.derived import records
from helpers.gaps import specification
from helpers.site import data_files, explorer, gap_page, pages
from helpers.sphinx_ext import offline

MIDLANDS = geography.resolve("Midlands")
WMCA = geography.resolve("WMCA")
SEED = 20250801
LETTER = {letter: status for status, letter in explorer.LETTERS.items()}
MOST = 1_500_000  # bytes of a page, packed
THEME = 880_000  # of which the theme takes about so much, its icons most of it
WRITTEN = ("gva_per_hour", "rqf_level3plus", "nvq1_men", "gva_all", "gva_education")  # what tests look at


def unpacked(content):
    """The packed figures of an indicator as a frame, by another way than the page's."""
    rows = []
    for part in content:
        for place, (code, _, _) in enumerate(part["areas"]):
            for at, year in enumerate(part["years"]):
                if part["status"][place][at] == explorer.NO_ROW:
                    continue
                ends = [part[end][place][at] if part[end] else None for end in ("lower", "upper")]
                status = LETTER[part["status"][place][at]]
                rows.append(
                    (part["release"], code, part["vintage"], year, part["value"][place][at], *ends, status)
                )
    columns = ["release", "area_code", "area_vintage", "year", "value", "lower", "upper", "status"]
    return pd.DataFrame(rows, columns=columns).astype({"value": float, "lower": float, "upper": float})


@pytest.fixture(scope="module")
def entries():
    return explorer.entries()


@pytest.mark.parametrize(
    ("indicator", "table"),
    [
        ("rqf_level3plus", "skills"),
        ("nvq1_men", "qualifications_by_group"),  # suppressed figures
        ("enterprise_deaths", "business_demography"),  # provisional ones, two releases
        ("below_30mbit", "broadband"),  # a release for each year
        ("gva_education", "industry"),
    ],
)
def test_every_figure_of_the_tables_is_there_and_nothing_else(indicator, table):
    rows = tables.load(table)
    rows = rows[(rows["indicator"] == indicator) & rows["area_code"].isin(MIDLANDS.codes)]
    key = ["release", "area_code", "year"]
    expected = rows.drop(columns="indicator").sort_values(key, ignore_index=True)
    found = unpacked(explorer.packed(explorer.figures(indicator, MIDLANDS))).sort_values(
        key, ignore_index=True
    )
    pd.testing.assert_frame_equal(found[list(expected)], expected, check_dtype=False, rtol=1e-7)
    assert found["value"].equals(expected["value"])  # as published, to the last digit


def test_productivity_has_our_band():
    found = explorer.figures("gva_per_hour", MIDLANDS)
    bands = levels.bands(MIDLANDS).query("measure == 'hour'").set_index(["area_code", "year", "release"])
    here = found.set_index(["area_code", "year", "release"])
    assert here["lower"].equals(bands["lower"].reindex(here.index))
    assert here["upper"].equals(bands["upper"].reindex(here.index))
    assert (here["lower"] <= here["value"]).all() and (here["value"] <= here["upper"]).all()


def test_a_merged_district_holds_its_former_ones():
    found = explorer.figures("gva_per_hour", geography.resolve("Cumberland"))
    named = found.groupby("release")["name"].unique().map(list)
    assert named[2022] == ["Allerdale", "Carlisle", "Copeland"] and named[2025] == ["Cumberland"]
    assert set(found["present"]) == {"E06000063"}


def test_a_figure_of_ours_says_why_it_is_absent():
    """The producer withholds industries of Cornwall and the Isles of Scilly, each year."""
    found = explorer.figures("share_digital", geography.resolve("South West")).set_index("name")
    assert set(found.loc["Isles of Scilly", "status"]) == {"suppressed"}
    assert found.loc["Isles of Scilly", "value"].isna().all()
    assert set(found.loc["Plymouth", "status"]) == {"published", "provisional"}


def test_every_indicator_of_districts_can_be_chosen_once(entries):
    areas = tables.load("areas").query("level == 'district'")[["code", "vintage"]]
    expected = {name for name, record in records().items() if record["level"] == "district"}
    for name in tables.FIGURES:
        rows = tables.load(name)[["indicator", "area_code", "area_vintage"]].drop_duplicates()
        of_districts = rows.merge(areas, left_on=["area_code", "area_vintage"], right_on=["code", "vintage"])
        expected |= set(of_districts["indicator"])
    ids = [entry.id for entry in entries]
    assert sorted(ids) == sorted(expected)
    listed = [
        measure["id"]
        for topic in explorer.contents(WMCA)["topics"]
        for one in topic["indicators"]
        for measure in one["measures"]
    ]
    assert sorted(listed) == sorted(expected)


@pytest.mark.parametrize("name", ["Midlands", "Northern Ireland", "Isles of Scilly"])
def test_productivity_is_first_set_against_what_the_area_has(name):
    area = geography.resolve(name)
    chosen = explorer.contents(area)["against"]
    assert explorer.figures(chosen, area)["value"].notna().any() and not chosen.startswith("gva")
    assert (chosen == explorer.AGAINST) == (name == "Midlands")


def test_measures_of_one_indicator_have_different_names():
    for topic in explorer.contents(WMCA)["topics"]:
        names = [one["label"] for one in topic["indicators"]]
        assert len(set(names)) == len(names)
        for one in topic["indicators"]:
            words = [measure["label"] for measure in one["measures"]]
            assert len(set(words)) == len(words), one["label"]


def test_text_in_data_cannot_end_a_script(tmp_path):
    file = data_files.write(tmp_path, "odd", {"name": "</script>\u2028<b>"})
    text = file.read_text(encoding="utf-8")
    assert "<" not in text and "\u2028" not in text
    assert data_files.read(file) == {"name": "</script>\u2028<b>"}


def test_the_site_gets_the_pages_data():
    assert explorer.write in pages.WRITERS and gap_page.write in pages.WRITERS


# ---- the gap page's data


@pytest.fixture(scope="module")
def curve():
    return specification.specification_curve(WMCA, SEED)


def test_the_curve_is_shortened_without_loss_of_a_choice_or_verdict(curve):
    content = gap_page.contents(curve, WMCA)
    for name in gap_page.CODED:
        places = [int(letter, 36) for letter in content["columns"][name]]
        assert [content["codes"][name][place] for place in places] == list(curve[name].astype(str))
    for name in ("change", "lower", "upper"):
        found = pd.Series(content[name], dtype=float)
        pd.testing.assert_series_equal(found, curve[name], check_names=False, rtol=5 * 10**-gap_page.DIGITS)


def test_short_words_of_different_options_differ(curve):
    short = [
        option[2] for choice in gap_page.contents(curve, WMCA)["choices"] for option in choice["options"]
    ]
    assert len(set(short)) == len(short)
    assert set(gap_page.SHORT["rule"]) == set(gap_page.RULE_WORDS)


def test_the_own_choice_at_first_is_that_of_the_notebook(curve):
    own = gap_page.contents(curve, WMCA)["own"]
    row = curve[(curve[list(own)].astype(str) == pd.Series(own)).all(axis=1)]
    assert len(row) == 1 and row["rule"].item() == "mean"


def test_too_few_districts_have_no_choice():
    area = geography.resolve("TVCA")  # five districts
    content = gap_page.contents(specification.specification_curve(area, SEED), area)
    assert content["own"] is None and content["change"] == []


def test_the_runs_own_table_is_taken(tmp_path, curve):
    file = tmp_path / gap_page.CURVE
    file.parent.mkdir(parents=True)
    tables.write(curve.head(7), file)
    gap_page.write(WMCA, SEED, tmp_path)
    assert len(data_files.read(tmp_path / data_files.DATA / "gap_explorer.js")["change"]) == 7


# ---- in the browser


@pytest.fixture(scope="module")
def site(tmp_path_factory, curve):
    """Both pages without the theme: their HTML, scripts and data, laid out as in the site."""
    folder = tmp_path_factory.mktemp("site")
    data_files.write(folder, "explorer", explorer.contents(MIDLANDS))
    for name in WRITTEN:
        data_files.write(folder, f"explorer/{name}", explorer.packed(explorer.figures(name, MIDLANDS)))
    data_files.write(folder, "gap_explorer", gap_page.contents(curve, WMCA))
    offline.write_vega(SimpleNamespace(outdir=folder), None)
    shutil.move(folder / data_files.DATA, folder / "_static" / data_files.DATA.name)
    for file in (paths.BOOK / "_static").glob("*.*s"):
        shutil.copyfile(file, folder / "_static" / file.name)
    for page in ("explorer", "gap_explorer"):
        text = (paths.BOOK / f"{page}.md").read_text(encoding="utf-8")
        blocks = "".join(re.findall(r"^```\{raw\} html\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
        html = f"<!doctype html><html lang=en><meta charset=utf-8><body>{blocks}</body></html>"
        (folder / "book" / f"{page}.html").write_text(html, encoding="utf-8")
    return folder


@pytest.fixture
def visit(browser, site):
    """Open a page at an address and wait until it has drawn; any fault fails the test at its end."""
    opened, faults = [], []

    def go(page, address="", width=1280):
        tab = browser.new_page(viewport={"width": width, "height": 900}, accept_downloads=True)
        tab.on("console", lambda m: m.type in ("error", "warning") and faults.append(m.text))
        tab.on("requestfailed", lambda r: faults.append(r.url))
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.on("request", lambda r: r.url.startswith(("http:", "https:")) and faults.append(r.url))
        tab.goto((site / "book" / f"{page}.html").as_uri() + address)
        ready(tab)
        opened.append(tab)
        return tab

    yield go
    for tab in opened:
        tab.close()
    assert faults == []


def ready(tab):
    tab.set_default_timeout(10_000)
    tab.wait_for_function("(document.body.dataset.explorer || document.body.dataset.gap) === 'ready'")


def downloaded(tab, button):
    with tab.expect_download() as waiting:
        tab.click(button)
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    return pd.read_csv(
        StringIO(text), keep_default_na=False, na_values={"value": [""], "lower": [""], "upper": [""]}
    )


def test_what_is_downloaded_is_the_table(visit):
    tab = visit("explorer", "#measure=nvq1_men")
    tab.select_option("#explorer-from", "2018")
    ready(tab)
    tab.select_option("#explorer-to", "2020")
    ready(tab)
    tab.click("#explorer-choices summary")
    tab.click("#explorer-none")
    ready(tab)
    wanted = ["E07000037", "E07000218", "E08000025"]  # High Peak, North Warwickshire, Birmingham
    for code in wanted:
        tab.check(f"input[value={code}]")
        ready(tab)
    found = downloaded(tab, "#explorer-save")
    rows = tables.load("qualifications_by_group").query("indicator == 'nvq1_men' and 2018 <= year <= 2020")
    rows = rows[rows["area_code"].isin(wanted)]
    key = ["area_code", "year"]
    expected = rows.sort_values(key, ignore_index=True)
    assert "suppressed" in set(expected["status"])
    found = found.sort_values(key, ignore_index=True)
    pd.testing.assert_frame_equal(found[tables.COLUMNS], expected, check_dtype=False)
    assert set(found["unit"]) == {"persons"} and set(found["interval"]) == {"sampling"}
    tab.click("#explorer-details summary")
    tab.locator("#explorer-table tbody tr").first.wait_for()
    assert tab.locator("#explorer-table tbody tr").count() == len(expected)
    assert (
        tab.locator("#explorer-table td", has_text="suppressed").count()
        == (expected["status"] == "suppressed").sum()
    )


def test_a_release_is_chosen(visit):
    tab = visit("explorer", "#release=2022")
    found = downloaded(tab, "#explorer-save")
    rows = tables.load("productivity").query("indicator == 'gva_per_hour' and release == 2022")
    rows = rows[rows["area_code"].isin(MIDLANDS.codes)]
    key = ["area_code", "year"]
    expected = rows.set_index(key)["value"].sort_index()
    assert found.set_index(key)["value"].sort_index().equals(expected)


def test_the_slider_moves_the_year_by_keyboard(visit):
    tab = visit("explorer")
    tab.focus("#explorer-year")
    for _ in range(3):
        tab.keyboard.press("ArrowLeft")
    tab.wait_for_function("document.querySelector('#explorer-year-shown').textContent === '2020'")
    ready(tab)
    values = tables.wide("productivity", "gva_per_hour", 2025, MIDLANDS.codes)[2020].rename(geography.names())
    caption = tab.locator("#explorer-ranking").get_attribute("aria-label")
    assert (
        f"Highest: {values.idxmax()} ({values.max():g}); lowest: {values.idxmin()} ({values.min():g})"
        in caption
    )
    shown = tab.evaluate(
        "[...document.querySelectorAll('#explorer-ranking svg .role-axis-label text')].map(one =>"
        " [one.getBoundingClientRect().y, one.textContent]).sort((a, b) => a[0] - b[0]).map(pair => pair[1])"
    )
    assert [name for name in shown if not re.fullmatch(r"\d+", name)] == list(
        values.sort_values(ascending=False).index
    )


def test_the_address_holds_what_is_shown(visit):
    first = visit("explorer")
    first.select_option("#explorer-indicator", "GVA by industry")
    ready(first)
    first.select_option("#explorer-measure", "gva_education")
    ready(first)
    first.select_option("#explorer-mark", "E07000037")
    ready(first)
    second = visit("explorer", first.evaluate("location.hash"))
    for name in ("measure", "release", "from", "to", "year", "mark", "with"):
        assert second.input_value(f"#explorer-{name}") == first.input_value(f"#explorer-{name}"), name
    assert downloaded(second, "#explorer-save").equals(downloaded(first, "#explorer-save"))


def test_a_click_in_one_figure_marks_the_district_in_all(visit):
    tab = visit("explorer")
    nottingham = "E06000018"
    path = tab.evaluate_handle(
        "code => [...document.querySelectorAll('#explorer-map svg path')].find(path => {"
        " const item = path.__data__; return item && item.datum && item.datum.code === code; })",
        nottingham,
    )
    path.as_element().click()
    tab.wait_for_function("document.querySelector('#explorer-mark').value === 'E06000018'")
    assert f"mark={nottingham}" in tab.evaluate("location.hash")
    for name in ("lines", "scatter"):
        bold = tab.locator(f"#explorer-{name} svg text[font-weight=bold]").all_text_contents()
        assert "Nottingham" in bold, name


def test_absent_figures_are_told_apart_in_the_ranking(visit):
    tab = visit("explorer", "#measure=nvq1_men&year=2019")
    rows = tables.load("qualifications_by_group").query("indicator == 'nvq1_men' and year == 2019")
    rows = rows[rows["area_code"].isin(MIDLANDS.codes)]
    suppressed = (rows["status"] == "suppressed").sum()
    assert suppressed > 0
    told = tab.locator("#explorer-ranking svg text", has_text="suppressed")
    assert told.count() == suppressed


@pytest.mark.parametrize("page", ["explorer", "gap_explorer"])
def test_nothing_sticks_out_on_a_phone_and_every_control_has_a_name(visit, page):
    tab = visit(page, width=360)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    nameless = tab.evaluate(
        "[...document.querySelectorAll('select, input')].filter(one => !one.labels.length).map(one => one.id)"
    )
    assert nameless == []
    assert tab.locator("[role=status]").first.inner_text() != ""


def test_a_page_is_light(site):
    """What a page loads at first, packed as servers pack it, and room for the theme."""
    static = site / "_static"
    data = static / data_files.DATA.name
    common = [static / "vega" / "bundle.js", static / "compendium.js", static / "explore.css"]
    first = [
        data / "explorer.js",
        *(data / "explorer" / f"{name}.js" for name in WRITTEN[:2]),
        static / "explorer.js",
    ]
    assert sum(len(gzip.compress(file.read_bytes())) for file in [*common, *first]) < MOST - THEME
    # The curve of an area with the guide's groups and every size is about six times that of the WMCA
    gap = len(gzip.compress((data / "gap_explorer.js").read_bytes()))
    assert sum(len(gzip.compress(file.read_bytes())) for file in common) + 6.5 * gap < MOST - THEME


def shares(tab):
    return downloaded(tab, "#gap-save").replace("", float("nan")).set_index(["choice", "option"])


@pytest.mark.parametrize(
    ("filters", "once"),
    [({"rule": "end"}, True), ({"measure": "job", "weights": "hours"}, False), ({}, True)],
)
def test_the_shares_are_those_of_the_notebook(visit, curve, filters, once):
    tab = visit("gap_explorer")
    tab.select_option("#gap-filter-series", "")
    for name, value in filters.items():
        tab.select_option(f"#gap-filter-{name}", value)
    tab.set_checked("#gap-once", once)
    ready(tab)
    chosen = curve[(curve[list(filters)].astype(str) == pd.Series(filters)).all(axis=1)] if filters else curve
    chosen = specification.distinct(chosen) if once else chosen
    expected = specification.summary(chosen)
    several = expected.groupby("choice")["option"].transform("size").gt(1) | (expected["choice"] == "all")
    expected = expected[several].set_index(["choice", "option"])
    found = shares(tab)
    assert set(found.index) == set(expected.index)
    for column in expected:
        left = found[column].astype(float).reindex(expected.index)
        assert left.tolist() == pytest.approx(
            expected[column].astype(float).tolist(), abs=1e-12, nan_ok=True
        ), column
    known = expected.loc[("all", "all")]
    assert f"{known['share widened'] * 100:.1f} % widened" in tab.inner_text("#gap-status")


def test_the_own_choice_is_told_and_marked(visit, curve):
    tab = visit("gap_explorer")
    own = {
        "rule": "end",
        "group_size": "3",
        "weights": "hours",
        "definition": "ratio",
        "window": "2010 to 2019",
    }
    for name, value in own.items():
        tab.select_option(f"#gap-own-{name}", value)
    ready(tab)
    fixed = {"series": "smoothed", "measure": "hour", "release": "2025"}
    wanted = pd.Series(own | fixed)
    row = curve[(curve[list(wanted.index)].astype(str) == wanted).all(axis=1)].iloc[0]
    told = tab.inner_text("#gap-verdict")
    assert f"Verdict: {row['verdict']}." in told
    change = f"{row['change']:+.3f} as a ratio".replace("-", "−")
    assert change in told
    drawn = curve[(curve["series"] == "smoothed") & (curve["definition"] == "ratio")]
    below = (drawn["change"] < row["change"]).mean()
    assert f"Of the {len(drawn):,} specifications" in told
    assert float(re.search(r"([\d.]+) % give a lower change", told).group(1)) == pytest.approx(
        below * 100, abs=0.1
    )
    tab.select_option("#gap-filter-rule", "start")
    ready(tab)
    assert "not among the specifications" in tab.inner_text("#gap-verdict")


def test_without_their_data_the_pages_say_so(browser, site, tmp_path):
    shutil.copytree(site, tmp_path / "bare", ignore=shutil.ignore_patterns(data_files.DATA.name))
    for page, status in (("explorer", "#explorer-status"), ("gap_explorer", "#gap-status")):
        tab = browser.new_page()
        tab.goto((tmp_path / "bare" / "book" / f"{page}.html").as_uri())
        tab.locator(status, has_text="cannot be loaded").wait_for()
        tab.close()
