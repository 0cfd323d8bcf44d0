"""The notebooks' own code: every parameter is read, every number is in a table, any area runs."""

import json
import re

import nbformat
import pandas as pd
import pytest
import yaml
from accounts import NOTEBOOKS, PARAMETERS, code, declared, run

from helpers import geography, paths
from helpers.gaps import gap_table
from helpers.running import codecheck

OTHER = {
    "area": "North West",
    "measure": "job",
    "release": 2024,
    "grouping": "rechosen",
    "group_size": 3,
    "first_year": 2010,
    "last_year": 2019,
    "seed": 1,
}


@pytest.fixture(scope="module")
def defaults(tmp_path_factory):
    """What each notebook writes with its defaults."""
    written = {}
    with pytest.MonkeyPatch.context() as patch:
        for stem in NOTEBOOKS:
            folder = tmp_path_factory.mktemp("runs") / stem
            written[stem] = run(stem, folder, patch)
    return written


def data_of(written):
    """Files that hold results: pictures may differ in bytes for other reasons."""
    return {name: body for name, body in written.items() if not name.endswith(".png")}


# Those of the loop and the policies are changed one by one in test_policy_parameters: there are many, and
# whole notebooks take long.
CHOICES = [name for name, record in PARAMETERS.items() if "kind" not in record]


WHOLE = {"02_productivity": "tables/levels.csv", "03_divergence": "tables/gap.csv"}


def test_every_parameter_has_another_value_to_try():
    assert set(OTHER) == set(CHOICES)


@pytest.mark.parametrize(
    ("stem", "name"), [(stem, name) for stem in NOTEBOOKS for name in declared(stem) if name in CHOICES]
)
def test_a_parameter_changes_what_is_told(stem, name, defaults, tmp_path, monkeypatch):
    changed = run(stem, tmp_path, monkeypatch, **{name: OTHER[name]})
    assert data_of(changed) != data_of(defaults[stem])
    whole = WHOLE.get(stem)
    if whole and name in ("release", "measure", "grouping", "first_year", "last_year"):
        assert changed[whole] == defaults[stem][whole], "the table holds everything, whatever is told"


# The first six, which are least alike, for every notebook; the rest for those that take seconds
SETTINGS = (
    {"area": "Northern Ireland", "measure": "job"},
    {"area": "United Kingdom"},
    {"area": ["E06000063", "E06000064"], "release": 2022},
    {"area": "Isles of Scilly"},
    {"area": "Tees Valley Combined Authority"},
    {"measure": "job", "first_year": 2002, "last_year": 2003},
    {"area": "Wales"},
    {"area": "Scotland", "measure": "job"},
    {"area": "London", "release": 2022},
    {"area": "WMCA"},
    {"area": "Yorks, Humber & North East", "release": 2023},
    {"area": ["E06000063", "E06000064"]},
    {"area": "Birmingham"},
    {"area": "Cumberland; Blackpool", "release": 2022},
    {"release": 2022, "first_year": 2012, "last_year": 2015},
)
SLOW = ("03_divergence", "06_skills_and_people", "07_cumulative_causation")


@pytest.mark.parametrize(
    ("values", "stem"),
    [(values, stem) for stem in NOTEBOOKS for values in SETTINGS[: 6 if stem in SLOW else None]],
    ids=lambda asked: asked if isinstance(asked, str) else "-".join(map(str, asked.values())),
)
def test_any_area_runs_without_an_edit(stem, values, tmp_path, monkeypatch):
    taken = {name: value for name, value in values.items() if name in declared(stem)}
    written = run(stem, tmp_path, monkeypatch, **taken)
    sentences = json.loads(written["numbers.json"])
    told = [json.loads(body)["what"] for name, body in written.items() if name.startswith("exhibits/")]
    assert not re.search(
        r"\bnan\b|--|£-|\b1 (?:most|least)|\b1 districts", " ".join([*sentences.values(), *told])
    )
    for name, body in written.items():
        if name.endswith(".csv"):
            assert body.count(b"\n") >= 1, name


def test_the_answer_is_in_the_table(defaults):
    """The percentages, pounds and widest year of the first paragraph, looked up in gap.csv."""
    sentence = json.loads(defaults["03_divergence"]["numbers.json"])["answer_sentence"]
    table = pd.read_csv(pd.io.common.BytesIO(defaults["03_divergence"]["tables/gap.csv"]))
    told = table.query(
        "measure == 'hour' and release == 2025 and rule == 'guide' and weights == 'unweighted'"
    ).pivot(index="year", columns="definition", values="value")
    share, pounds = told["share_of_top"], told["absolute"]
    for number in (
        f"{share[2023] * 100:.1f} %",
        f"{share[2004] * 100:.1f} %",
        f"widest in {share.idxmax()}, at {share.max() * 100:.1f} %",
        f"{(share[2023] - share[2004]) * 100:+.1f} points",
        f"£{pounds[2004]:.2f} to £{pounds[2023]:.2f}",
    ):
        assert number in sentence


def test_the_level_sentence_is_in_the_table(defaults):
    sentence = json.loads(defaults["02_productivity"]["numbers.json"])["level_sentence"]
    table = pd.read_csv(pd.io.common.BytesIO(defaults["02_productivity"]["tables/levels.csv"]))
    here = table.query("measure == 'hour' and release == 2025 and year == 2022")
    first, last = here.loc[here["value"].idxmax()], here.loc[here["value"].idxmin()]
    assert f"{first['name']} had the highest" in sentence and f"£{first['value']:.2f}" in sentence
    assert f"{last['name']} the lowest, £{last['value']:.2f}" in sentence
    assert f"{(here['relative_to_uk'] < 1).sum()} of {len(here)} districts" in sentence


def test_result_tables_have_the_agreed_columns(defaults):
    gap = defaults["03_divergence"]["tables/gap.csv"].splitlines()[0].decode()
    assert gap == "area,measure,release,rule,group_size,weights,definition,year,value,lower,upper"
    levels = defaults["02_productivity"]["tables/levels.csv"].splitlines()[0].decode()
    assert levels == "area_code,name,year,release,measure,value,rank,relative_to_area,relative_to_uk"


def test_the_manifest_lists_what_the_notebooks_wrote(defaults, tmp_path):
    for stem, written in defaults.items():
        for name, body in written.items():
            (tmp_path / stem / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / stem / name).write_bytes(body)
    committed = yaml.safe_load(codecheck.FILE.read_text(encoding="utf-8"))["manifest"]
    assert codecheck.manifest(tmp_path) == committed
    for entry in committed:
        assert (tmp_path / entry["file"]).exists()


@pytest.mark.parametrize("stem", NOTEBOOKS)
def test_no_number_is_typed_into_a_notebooks_prose(stem):
    """Years, counts that name a definition and figure numbers may stand; statistics may not."""
    notebook = nbformat.read(paths.NOTEBOOKS / f"{stem}.ipynb", as_version=4)
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert re.findall(r"£\s?\d|\d+(?:\.\d+)?\s?%|\d+\.\d+", prose) == []


def test_notebooks_hold_no_loop_over_data_and_no_branch():
    for stem in NOTEBOOKS:
        for source, _ in code(stem):
            assert not re.search(r"^\s*(if|while|def|lambda)\b", source, re.M)


def test_the_guides_claim_is_searched_over_all_shares(defaults):
    """For the guide's groups 2010 rounds to 34, 35, 36 and 36 % from release to release, by hand from
    the printed figures (35.5 % in that of 2024); no combination gives both ends."""
    found = pd.read_csv(pd.io.common.BytesIO(defaults["03_divergence"]["tables/guide_search.csv"]))
    table = gap_table.build(geography.resolve("Midlands"), [3, 5, 10], 20250801)
    shares = table[table["definition"].str.startswith("share")]
    keys = ["measure", "release", "rule", "group_size", "weights", "definition"]
    assert len(found) == len(shares.drop_duplicates(keys))
    own = found.query(
        "rule == 'guide' and measure == 'hour' and weights == 'unweighted' and definition == 'share_of_top'"
    ).set_index("release")
    assert own["value_2010"].round(3).to_dict() == {2022: 0.339, 2023: 0.349, 2024: 0.355, 2025: 0.356}
    assert not (found["gives_2010"] & found["gives_2023"]).any()
