"""Do the pages of districts say what the tables say, and are only changed ones made again?

Expected figures are taken from the shipped tables with plain pandas here, without the package's own reading
of indicators; text that is expected is written by hand.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageColor

from helpers import geography, paths
from helpers.errors import AreaError
from helpers.figures import style
from helpers.site import address, district, facts, finder, pages, profile, sentences, template, verdicts

SEED = 20250801
RELEASE = 2025
UK_CODE = "K99000002"
# Places of all kinds: a city region's edge, a poor and a rural district, the smallest, two nations, and a
# name with an apostrophe.
PLACES = {
    "Solihull": ("E08000029", "Midlands"),
    "Mansfield": ("E07000174", "Midlands"),
    "Herefordshire": ("E06000019", "Midlands"),
    "Isles of Scilly": ("E06000053", "South West"),
    "Belfast": ("N09000003", "Northern Ireland"),
    "Glasgow City": ("S12000049", "Scotland"),
    "King's Lynn and West Norfolk": ("E07000146", "East Anglia"),
}


def table(name: str) -> pd.DataFrame:
    """A shipped table as it stands in its file."""
    return pd.read_csv(paths.TABLES / f"{name}.csv", keep_default_na=False, na_values={"value": [""]})


def published(name: str, indicator: str) -> pd.DataFrame:
    """Rows of one indicator, each year from the latest release that has it."""
    rows = table(name)
    rows = rows[rows["indicator"] == indicator]
    return rows[rows["release"] == rows.groupby("year")["release"].transform("max")]


@functools.cache
def profile_of(name: str) -> profile.Profile:
    """Profile of one of the `PLACES` in its area."""
    code, area = PLACES[name]
    return profile.profile(code, geography.resolve(area), SEED)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of all places."""
    folder = tmp_path_factory.mktemp("districts")
    district.write([profile_of(name) for name in PLACES], folder)
    return folder


@pytest.mark.parametrize("name", PLACES)
def test_level_rank_and_gaps_equal_the_published_table(name: str) -> None:
    code, area_name = PLACES[name]
    rows = table("productivity")
    rows = rows[(rows["indicator"] == "gva_per_hour") & (rows["release"] == RELEASE) & (rows["year"] == 2023)]
    values = rows.set_index("area_code")["value"]
    areas = pd.read_csv(paths.TABLES / "areas.csv", keep_default_na=False)
    present = areas[(areas["level"] == "district") & (areas["vintage"] == "LAD24")].set_index("code")
    inside = values[[c for c in geography.resolve(area_name).codes if c in values.index]]
    everyone = values[values.index.isin(present.index)]

    found = profile_of(name)
    assert found.now.year == 2023
    assert found.now.value == values[code]
    assert found.now.rank == int((inside > values[code]).sum()) + 1
    assert found.now.of == len(inside)
    assert found.uk_rank == int((everyone > values[code]).sum()) + 1
    assert found.uk_of == 361
    assert found.now.relative_to_uk == pytest.approx(values[code] / values[UK_CODE], rel=1e-12)
    region = present.at[code, "itl1"]
    assert found.now.relative_to_region == pytest.approx(values[code] / values[region], rel=1e-12)


@pytest.mark.parametrize("name", PLACES)
def test_lead_states_the_published_figures(name: str, made: Path) -> None:
    found = profile_of(name)
    text = (made / f"{address.slug(name)}.md").read_text(encoding="utf-8")
    rows = table("productivity")
    value = rows[
        (rows["indicator"] == "gva_per_hour")
        & (rows["release"] == RELEASE)
        & (rows["year"] == 2023)
        & (rows["area_code"] == found.code)
    ]["value"].iloc[0]
    assert f"In 2023 {name} produced £{value:.2f} per hour worked" in text


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize(
    ("file", "indicator"),
    [
        ("skills", "rqf_level3plus"),
        ("labour", "pay_weekly_residence"),
        ("income_housing", "gdhi_per_head"),
        ("broadband", "full_fibre"),
        ("population_total", "population_total"),
    ],
)
def test_facts_equal_the_tables_or_are_said_to_be_missing(name: str, file: str, indicator: str) -> None:
    found = profile_of(name)
    (fact,) = [one for one in found.facts if one.indicator == indicator]
    rows = published(file, indicator)
    own = rows[(rows["area_code"] == found.code) & rows["value"].notna()].sort_values("year")
    if own.empty:
        assert fact.year is None
        assert fact.area.verdict == verdicts.UNJUDGED
        assert fact.short in sentences.certainty(found)
        return
    last = own.iloc[-1]
    assert (fact.year, fact.value) == (last["year"], last["value"])
    same_year = rows[rows["year"] == last["year"]].set_index("area_code")["value"]
    assert fact.area.mean == pytest.approx(same_year.reindex(list(found.area.codes)).mean(), rel=1e-12)


def test_scilly_has_no_survey_and_the_page_says_so(made: Path) -> None:
    found = profile_of("Isles of Scilly")
    never = {fact.indicator for fact in found.facts if fact.year is None}
    assert {"rqf_level3plus", "employment_rate"} <= never
    text = (made / "isles-of-scilly.md").read_text(encoding="utf-8")
    assert "not published" in text
    assert not re.search(r"\bnan\b", text.casefold())


@pytest.mark.parametrize("name", PLACES)
def test_no_page_or_file_shows_nan(name: str, made: Path) -> None:
    slug = address.slug(name)
    for file in [made / f"{slug}.md", *sorted((made / "files" / slug).glob("*.csv"))]:
        assert not re.search(r"\bnan\b", file.read_text(encoding="utf-8").casefold()), file.name


def test_investment_is_that_of_the_itl3_area_which_is_named() -> None:
    found = profile_of("Mansfield")
    rows = published("capital_formation", "gfcf_all")
    areas = pd.read_csv(paths.TABLES / "areas.csv", keep_default_na=False)
    lad = areas[(areas["vintage"] == "LAD23") & (areas["code"] == found.code)].iloc[0]
    hours = published("hours_itl", "hours_per_week")
    pick = {"area_code": lad["itl3"], "year": 2020}
    capital, worked = (
        frame[(frame["area_code"] == pick["area_code"]) & (frame["year"] == pick["year"])]["value"].iloc[0]
        for frame in (rows, hours)
    )
    (last,) = [one for one in found.invested if one.year == 2020]
    assert last.value == pytest.approx(capital * 1e6 / (worked * 52), rel=1e-12)
    assert last.where == "North Nottinghamshire"
    assert "ITL3 area North Nottinghamshire" in sentences.investment(found)


def test_a_district_in_two_itl3_areas_shows_both() -> None:
    found = profile.profile("E06000063", geography.resolve("North West"), SEED)
    assert {one.where for one in found.invested} == {"West Cumbria", "East Cumbria"}
    assert found.change is not None
    assert found.change.pairs < 6  # it was made in 2023, so earlier releases have no figure of it
    assert "only" in " ".join(sentences.place(found))


def test_a_district_of_another_area_is_refused() -> None:
    with pytest.raises(AreaError, match="no district of Wales"):
        profile.profile("E08000029", geography.resolve("Wales"), SEED)


@pytest.mark.parametrize(
    ("below", "ends", "better", "expected"),
    [
        (0.9, (11.0, 12.0), "higher", "strong"),
        (0.9, (11.0, 12.0), "lower", "weak"),
        (0.1, (1.0, 2.0), "higher", "weak"),
        (0.9, (9.0, 12.0), "higher", "we cannot tell"),  # its interval meets that of the others' mean
        (0.9, (np.nan, np.nan), "higher", "strong"),  # none is published for anyone
        (0.5, (11.0, 12.0), "higher", "in the middle"),
        (0.8, (11.0, 12.0), "", "high"),
        (0.2, (1.0, 2.0), "", "low"),
    ],
)
def test_verdicts(below: float, ends: tuple[float, float], better: str, expected: str) -> None:
    value = verdicts.Beside(10.0, 20, (below, np.nan, np.nan), "")
    assert verdicts.judge(value, better, ends, (9.5, 10.5)) == expected


def test_overlapping_bands_are_told_in_plain_words() -> None:
    found = profile_of("Solihull")
    low, high = (
        found.now.relative_to_uk * end for end in (found.now.relative_lower, found.now.relative_upper)
    )
    assert low < 1 < high
    assert "we cannot tell these apart" in sentences.lead(found)
    worst = profile_of("Mansfield")
    assert worst.now.relative_to_uk * worst.now.relative_upper < 1
    assert "we cannot tell these apart" not in sentences.lead(worst)


def test_rank_bands_hold_the_rank_and_are_those_of_the_draws() -> None:
    found = profile_of("Solihull")
    assert found.rank_band[0] <= found.now.rank <= found.rank_band[1]
    assert found.uk_rank_band[0] <= found.uk_rank <= found.uk_rank_band[1]
    assert "is not firm" in " ".join(sentences.place(found))


def test_policy_rows_are_read_when_the_run_has_them(tmp_path: Path) -> None:
    code, area_name = PLACES["Solihull"]
    area = geography.resolve(area_name)
    without = profile.profile(code, area, SEED, tmp_path)
    assert without.policy is None
    assert "does not cover Solihull" in sentences.policy(without)
    file = tmp_path / "with" / profile.POLICY_TABLE
    file.parent.mkdir(parents=True)
    file.write_text(
        "allocation,area_code,name,effect,lower,upper\n"
        f"lagging,{code},Solihull,-0.1,-0.4,0.2\nevenly,{code},Solihull,0.8,0.3,1.4\n"
        "evenly,E07000174,Mansfield,9,8,10\n"
    )
    told = sentences.policy(profile.profile(code, area, SEED, tmp_path / "with"))
    assert (
        "-0.1 % (-0.4 to +0.2) if the money goes to lagging districts, which we cannot tell from nothing"
        in told
    )
    assert "+0.8 % (+0.3 to +1.4) if the money is spread over all districts alike" in told
    assert "9.0" not in told


def test_only_changed_pages_are_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = profile_of("Mansfield"), profile_of("Isles of Scilly")
    assert district.write([one, other], tmp_path).made == ("mansfield", "isles-of-scilly")
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    assert district.write([one, other], tmp_path).kept == ("mansfield", "isles-of-scilly")

    moved = dataclasses.replace(one, uk_rank=one.uk_rank - 1)
    again = district.write([moved, other], tmp_path)
    assert (again.made, again.kept) == (("mansfield",), ("isles-of-scilly",))
    (tmp_path / "isles-of-scilly.md").unlink()
    assert district.write([moved, other], tmp_path).made == ("isles-of-scilly",)
    # The same inputs give the same bytes, pictures too
    assert district.write([one, other], tmp_path).made == ("mansfield",)
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before

    monkeypatch.setattr(district, "_code", lambda: "another template")
    assert district.write([one], tmp_path).made == ("mansfield",)
    assert not (tmp_path / "isles-of-scilly.md").exists()  # no longer asked for
    assert not (tmp_path / "files" / "isles-of-scilly").exists()


def test_every_district_has_an_address_of_its_own() -> None:
    slugs = geography.names().map(address.slug)
    assert slugs.is_unique
    assert slugs.map(lambda text: re.fullmatch(r"[a-z]+(-[a-z]+)*", text) is not None).all()
    assert address.slug("King's Lynn and West Norfolk") == "kings-lynn-and-west-norfolk"
    assert address.slug("Na h-Eileanan Siar") == "na-h-eileanan-siar"
    assert address.slug("St. Helens") == "st-helens"


def test_names_are_escaped(made: Path) -> None:
    found = profile_of("King's Lynn and West Norfolk")
    text = (made / "kings-lynn-and-west-norfolk.md").read_text(encoding="utf-8")
    assert "# King's Lynn and West Norfolk\n" in text
    assert "King&#x27;s Lynn and West Norfolk</th>" in text
    odd = dataclasses.replace(found, name='A "B" <script> & {{ C }} [D](e)')
    page = template.page(odd, {}, "odd").split("---\n", 2)[2]  # what follows the settings of the page
    assert "<script>" not in page
    markdown = re.sub(r"```\{raw\} html\n.*?```", "", page, flags=re.DOTALL)
    assert "[D](e)" not in markdown
    assert "{{ C }}" not in markdown
    assert template.escape("a_b*c`d$e") == r"a\_b\*c\`d\$e"


def test_links_of_a_page_lead_to_files_that_are_there(made: Path) -> None:
    text = (made / "solihull.md").read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)]+)\)", text)
    files = [target for target in targets if target.startswith("files/")]
    assert len(files) == 7  # three pictures, their data, and every figure of the page
    assert all((made / target).is_file() for target in files)
    names = {address.slug(geography.names()[code]) + ".md" for code in geography.resolve("Midlands").codes}
    assert {target for target in targets if target.endswith(".md")} <= names


def test_a_small_palette_keeps_the_colours_of_few_dots(made: Path) -> None:
    picture = Image.open(made / "files" / "mansfield" / "mansfield-standing.png").convert("RGB")
    there = {colour for _, colour in picture.getcolors(256)}
    for wanted in (style.TOP, style.BOTTOM):
        assert ImageColor.getrgb(wanted) in there


def test_pictures_say_what_they_show_and_are_small(made: Path) -> None:
    for picture in sorted((made / "files").rglob("*.png")):
        assert picture.stat().st_size < 80_000, picture.name
    for name in PLACES:
        text = (made / f"{address.slug(name)}.md").read_text(encoding="utf-8")
        assert all(len(alt) > 60 for alt in re.findall(r"!\[(.*?)\]\(", text))


@pytest.mark.parametrize(
    ("area", "former", "page"),
    [
        ("Midlands", "Kettering", "north-northamptonshire"),
        ("Midlands", "Daventry", "west-northamptonshire"),
        ("Midlands", "Herefordshire, County of", "herefordshire"),
        ("North West", "Carlisle", "cumberland"),
        ("South West", "Poole", "bournemouth-christchurch-and-poole"),
        ("Yorkshire and The Humber", "Hull", "kingston-upon-hull"),
    ],
)
def test_former_and_other_names_lead_to_the_present_page(area: str, former: str, page: str) -> None:
    (entry,) = [one for one in finder.index(geography.resolve(area)) if one["name"] == former]
    assert entry["page"] == page
    assert address.slug(entry["now"]) == page


def test_every_former_district_is_found_and_others_are_told_where_they_lie() -> None:
    known = {one["name"]: one for one in finder.index(geography.resolve("Midlands"))}
    areas = pd.read_csv(paths.TABLES / "areas.csv", keep_default_na=False)
    assert set(areas[areas["level"] == "former_district"]["name"]) <= set(known)
    assert {name for name, one in known.items() if "now" not in one} == set(geography.names())
    assert known["Leeds"] == {"name": "Leeds", "region": "Yorkshire and The Humber"}
    own = {one["page"] for one in known.values() if "page" in one}
    assert own == {address.slug(geography.names()[code]) for code in geography.resolve("Midlands").codes}


class Links(HTMLParser):
    """Links and titles of a fragment."""

    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.titles: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.hrefs.append(str(dict(attrs)["href"]))
        self.inside = tag == "title"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.titles.append(data)
            self.inside = False


def test_the_map_has_a_named_link_for_each_district() -> None:
    area = geography.resolve("East Anglia")
    links = Links()
    links.feed(finder.atlas(area, finder.ranking(area)))
    assert sorted(links.hrefs) == sorted(
        f"districts/{address.slug(geography.names()[code])}.html" for code in area.codes
    )
    assert any(title.startswith("King's Lynn and West Norfolk: £") for title in links.titles)


def test_json_in_a_page_cannot_close_its_element() -> None:
    text = finder.embedded({"name": "</script><script>"})
    assert "<" not in text
    assert json.loads(text) == {"name": "</script><script>"}


def test_a_district_without_a_figure_is_on_the_map_without_a_shade() -> None:
    area = geography.resolve("East Anglia")
    rows = finder.ranking(area)
    rows.loc[rows["name"] == "Norwich", ["value", "relative_to_uk"]] = np.nan
    rows.loc[rows["name"] == "Norwich", "rank"] = pd.NA
    assert 'class="fifth-0"><title>Norwich: no figure</title>' in finder.atlas(area, rows)
    assert "no figure" in finder.list_of_pages(area, rows)


def test_the_book_takes_area_and_seed_from_its_run(tmp_path: Path) -> None:
    assert pages.of(tmp_path) is None
    file = tmp_path / "03_divergence" / "run.json"
    file.parent.mkdir()
    used = {"area": "Wales", "seed": 7}
    file.write_text(json.dumps({"notebooks": {"03_divergence": {"parameters": {"used": used}}}}))
    run = pages.of(tmp_path)
    assert run is not None
    assert (run.area.name, run.seed) == ("Wales", 7)


def test_every_shown_indicator_exists_and_is_shown_once() -> None:
    found = profile_of("Solihull")
    assert {fact.indicator for fact in found.facts} == {row[1] for row in facts.SHOWN}
    assert len({row[1] for row in facts.SHOWN}) == len(facts.SHOWN)


def test_a_fifth_of_one_district_is_one_figure_in_the_legend():
    area = geography.resolve("TVCA")  # five districts, so that each is a fifth
    legend = finder._legend(finder.ranking(area))
    assert len(re.findall(r"fifth: £\d\d\.\d\d<", legend)) == 5
