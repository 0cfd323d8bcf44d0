"""Does the policy page compute what the notebook does, on the same draws, in a real browser?

The page's functions are called in headless Chromium on the data it ships, and held against
`helpers.causation` on the same 500 draws. Stored numbers have nine significant digits, so medians and ends
agree to 1e-6 (asked for: 1e-3) and probabilities exactly. Without a browser these tests are skipped with the
reason; with COMPENDIUM_REQUIRE_BROWSER=1 they fail. The rest needs none.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pandas as pd
import pytest

from helpers import geography, paths, study
from helpers.causation import outcomes, policy, scenarios, simulate
from helpers.site import data_files, policy_page

SEED = 20250801
DRAWS = {"draws": outcomes.STORED, "seed": SEED}
MIDLANDS = study.choose("Midlands", seed=SEED)
CLOSE = 1e-6
SCRIPTS = ("compendium.js", "policy_model.js", "policy_chart.js", "policy_explorer.js", "policy_explorer.css")
JOINED = {"infrastructure": 0.1, "innovation": 0.2, "skills": 0.7, "private investment": 0.0}


def simulated(**given):
    return scenarios.prepare(MIDLANDS, DRAWS | given)


@pytest.fixture(scope="module")
def one():
    return simulated()


@pytest.fixture(scope="module")
def data():
    return policy_page.content(geography.resolve("Midlands"), SEED)


def page_file(folder: Path, area: str = "Midlands") -> Path:
    """The page without the theme around it: its HTML, scripts and data, laid out as in the site."""
    policy_page.write(geography.resolve(area), SEED, folder)
    static = folder / "_static"
    shutil.move(folder / "book" / "_static", static)
    for name in SCRIPTS:
        shutil.copyfile(paths.BOOK / "_static" / name, static / name)
    text = (paths.BOOK / "policy_explorer.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```\{raw\} html\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    file = folder / "book" / "policy_explorer.html"
    body = "".join(blocks)
    file.write_text(f"<!doctype html><html lang=en><meta charset=utf-8><body>{body}</body></html>", "utf-8")
    return file


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    """The page opened from the disk; a fault of a script or in its console fails the module."""
    opened, faults = browser.new_page(), []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    opened.goto(page_file(tmp_path_factory.mktemp("site")).as_uri())
    opened.locator("#policy-answer", has_text="The gap of 2045").wait_for()
    yield opened
    opened.close()
    assert faults == []


def on_page(page, **changed) -> pd.DataFrame:
    """What the page's functions give, a row per year, columns as of `helpers.causation.outcomes.by_year`."""
    rows = page.evaluate(
        """async (changed) => {
            const data = await compendium.load('policy_explorer');
            return PolicyModel.outcomes(data, {...PolicyModel.defaults(data), ...changed});
        }""",
        changed,
    )
    return pd.json_normalize(rows)


def same(rows: pd.DataFrame, one, scenario: str) -> None:
    """The page's rows are those of the notebook for a scenario and for doing nothing."""
    table = outcomes.by_year(one).set_index("scenario")
    theirs, nothing = table.loc[scenario], table.loc[policy.NOTHING]
    for name, expected in (("with", theirs), ("without", nothing)):
        for ours, column in (("median", "gap"), ("lower", "lower"), ("upper", "upper")):
            np.testing.assert_allclose(rows[f"{name}.{ours}"], expected[column], rtol=0, atol=CLOSE)
    np.testing.assert_array_equal(rows["aboveOne.p"], theirs["p_effect_above_1"])
    np.testing.assert_array_equal(rows["belowTodayWith.p"], theirs["p_gap_below_today"])
    np.testing.assert_array_equal(rows["belowTodayWithout.p"], nothing["p_gap_below_today"])
    effects = one.effects[policy.scenarios().index(scenario)]
    for ours, share in (("median", 0.5), ("lower", 0.025), ("upper", 0.975)):
        expected = np.quantile(effects, share, axis=0, method="nearest")
        np.testing.assert_allclose(rows[f"effect.{ours}"], expected, rtol=0, atol=CLOSE)


def with_feedback(one, factor: float):
    """The same draws with the feedback multiplied in each of them."""
    names = [f"g_{stock}" for stock in policy.STOCKS]
    loop = replace(one.loop, **{name: factor * getattr(one.loop, name) for name in names})
    members = np.concatenate([one.region.top, one.region.bottom])
    moved = simulate.futures(
        one.region.start, loop, one.settings.draws, one.settings.horizon_year, SEED, members
    )
    answers = simulate.responses(loop, policy.programmes(one.settings, moved.years[1:]))
    return replace(one, loop=loop, futures=moved, responses=answers)


def test_stored_draws_are_the_first_of_the_notebook(one):
    whole = scenarios.prepare(MIDLANDS, {"seed": SEED})
    assert len(whole.gaps[0]) == 10_000
    np.testing.assert_array_equal(one.gaps, whole.gaps[:, : outcomes.STORED])


def test_stored_numbers_give_the_paths_back(one, data):
    """Year by year from the stored parts, by the equations as written in `helpers.causation.model`."""
    draws, steps, members = len(one.loop.rho), len(one.years) - 1, 10
    hits = np.reshape(data["hits"], (draws, steps))
    shocks = np.reshape(data["shocks"], (-1, members))
    level, passing = (np.reshape(data[name], (draws, members)) for name in ("level", "passing"))
    moves = simulate.run(one.loop, passing, np.moveaxis(shocks[hits], 0, 1))
    np.testing.assert_allclose(moves + level[:, None], one.futures.paths, rtol=0, atol=1e-8)


def test_the_notebooks_own_programmes(page, one):
    same(on_page(page), one, "integrated, lagging")
    same(on_page(page, where="evenly"), one, "integrated, evenly")
    same(on_page(page, where="top", split=[0, 0, 1, 0], joined=False), one, "skills, top")
    same(on_page(page, split=[5, 0, 0, 0], joined=False), one, "infrastructure, lagging")


@pytest.mark.parametrize("nothing", [{"budget": 0}, {"split": [0, 0, 0, 0]}, {"multiplier": 0}])
def test_a_programme_of_nothing_changes_exactly_nothing(page, one, nothing):
    rows = on_page(page, **nothing)
    assert (rows[["effect.median", "effect.lower", "effect.upper", "aboveOne.p"]] == 0).all(axis=None)
    assert (rows["belowTodayWith.p"] == rows["belowTodayWithout.p"]).all()
    same(rows, simulated(policy_budget=0.0), "integrated, lagging")


def test_a_large_budget_moves_the_probabilities(page, data):
    """Twice the budget, and twelve times, where an effect above one point is neither sure nor ruled out."""
    for times in (2, 12):
        budget = times * data["budget"]
        rows = on_page(page, budget=budget)
        same(rows, simulated(policy_budget=budget), "integrated, lagging")
    assert 0.1 < rows["aboveOne.p"].iloc[-1] < 0.9


def test_displacement_and_multiplier(page):
    same(on_page(page, displacement=0.75), simulated(displacement=0.75), "integrated, lagging")
    same(on_page(page, multiplier=0.6), simulated(multiplier_gdp=0.6), "integrated, lagging")


def test_another_split(page, monkeypatch):
    """Weights count as shares of their sum, in the order of the sliders."""
    monkeypatch.setitem(policy.INTERVENTIONS, "integrated", JOINED)
    same(on_page(page, split=[10, 20, 70, 0]), simulated(), "integrated, lagging")


@pytest.mark.parametrize("factor", [0.5, 2.0, 5.0])
def test_a_stronger_and_a_weaker_loop(page, one, factor):
    same(on_page(page, feedback=factor), with_feedback(one, factor), "integrated, lagging")


def test_without_the_loop(page, one):
    same(on_page(page, feedback=0), scenarios.without_loop(one), "integrated, lagging")


def test_the_loop_slider_gives_the_middle_the_value_shown(page, one, data):
    """L = 0.122 * 0.015 / 0.03 + 0.35 * 0.02 / 0.05 + 0.04 * 0.05 / 0.15, from the parameters' file."""
    assert data["strength"] == pytest.approx(0.061 + 0.14 + 0.04 / 3, rel=1e-12)
    wanted = 2.8  # times the notebook's feedback
    drawn = page.evaluate(
        """async (factor) => {
            const data = await compendium.load('policy_explorer');
            return [PolicyModel.strengths(data, factor), PolicyModel.unsettled(data, factor)];
        }""",
        wanted,
    )
    expected = wanted * (one.loop.of("b") * one.loop.of("g") / one.loop.of("d")).sum(axis=1)
    np.testing.assert_allclose(drawn[0], expected, rtol=1e-7, atol=1e-8)
    assert drawn[1] == (expected >= 1).mean() > 0
    page.locator("#policy-feedback").fill(str(wanted))
    told = page.inner_text("#policy-feedback-told")
    page.click("#policy-back")
    assert told.startswith("L = 0.60, 2.80 times")
    assert told.endswith(f"in {100 * drawn[1]:.1f} % of the draws leads grow without end")


def test_monte_carlo_error_by_hand(page):
    """Of 4 hits in 16: sqrt(0.25 * 0.75 / 16). Wilson's ends (1927) solve |p - x| = z sqrt(x (1 - x) / n).

    Of a median of 500 draws: the 228th and the 273rd of the sorted ones, 250 -+ 1.96 sqrt(500) / 2 rounded
    outwards and, above, one further (Conover 1999, Practical Nonparametric Statistics, section 3.2).
    """
    error = page.evaluate("PolicyModel.probability(4, 16)")
    assert error["p"] == 0.25 and error["error"] == pytest.approx(np.sqrt(0.25 * 0.75 / 16), rel=1e-12)
    for end in (error["lower"], error["upper"]):
        assert abs(0.25 - end) == pytest.approx(1.959964 * np.sqrt(end * (1 - end) / 16), rel=1e-9)
    none = page.evaluate("PolicyModel.probability(0, 500)")
    z2 = 1.959964**2
    assert none["error"] == 0 and none["lower"] == 0 and none["upper"] == pytest.approx(z2 / (500 + z2))
    assert page.evaluate("PolicyModel.medianError(Array.from({length: 500}, (_, i) => i + 1))") == [228, 273]


@pytest.mark.parametrize("draws", [500, 501, 502, 503])
def test_quantiles_are_numpys(page, draws):
    """Also where the place lies half way between two draws, as the median of an even number does."""
    values = np.sort(np.random.default_rng(draws).normal(size=draws))
    for share in (0.025, 0.25, 0.5, 0.975):
        ours = page.evaluate(
            "([values, share]) => PolicyModel.quantile(values, share)", [values.tolist(), share]
        )
        assert ours == np.quantile(values, share, method="nearest")


def test_sliders_move_the_page_by_keyboard(page, one):
    """One step of the budget slider; the table, the sentence and what a screen reader hears follow."""
    before = page.inner_text("#policy-summary")
    page.focus("#policy-budget")
    page.keyboard.press("End")
    assert page.input_value("#policy-budget") == "2"
    assert page.inner_text("#policy-summary") != before  # at once
    assert "2045" in page.inner_text("#policy-brief")
    expected = simulated(policy_budget=0.02 * float(one.region.gva.sum()))
    row = outcomes.summary(expected, expected).set_index("scenario").loc["integrated, lagging"]
    cells = page.locator("#policy-summary tbody tr").nth(2).locator("td").all_inner_texts()
    assert cells[0] == f"{row['effect']:.3f} points"
    assert cells[1] == f"{row['effect_lower']:.3f} to {row['effect_upper']:.3f}"
    told = page.get_attribute("#policy-budget", "aria-valuetext")
    assert told == page.inner_text("#policy-budget-told") and "2.00 % of the area's GVA" in told
    page.locator("#policy-answer", has_text=f"{row['effect']:.2f} points narrower").wait_for()
    assert page.get_attribute("#policy-answer", "aria-live") == "polite"
    page.click("#policy-back")
    page.locator("#policy-budget-told", has_text="(0.15 %").wait_for()
    assert page.inner_text("#policy-summary") == before


def test_every_control_has_a_name_and_defaults_of_the_notebook(page, one):
    page.click("#policy-back")
    controls = page.locator("#policy-form input, #policy-form select")
    assert controls.count() == 10
    for number in range(controls.count()):
        assert controls.nth(number).evaluate(
            "one => one.labels.length === 1 && one.labels[0].innerText.length > 3"
        )
    assert page.input_value("#policy-multiplier") == "1.6"
    assert page.input_value("#policy-displacement") == "0.25"
    assert page.input_value("#policy-split-3") == "25" and page.is_checked("#policy-joined")
    assert len(page.locator("#policy-assumptions li").all()) == len(policy_page.assumptions(MIDLANDS, one))


def test_the_address_holds_the_programme(page, browser):
    page.click("#policy-back")
    page.select_option("#policy-where", "evenly")
    page.uncheck("#policy-joined")
    page.focus("#policy-multiplier")
    page.keyboard.press("ArrowRight")
    page.focus("#policy-split-2")
    page.keyboard.press("Home")
    settings = {"where": "evenly", "joined": "no", "multiplier": "1.7", "split-2": "0", "split-3": "25"}
    address = page.evaluate("location.href")
    kept = dict(parse_qsl(urlsplit(address).fragment))
    assert kept | settings == kept
    assert len(kept) == 10
    other = browser.new_page()
    other.goto(address)
    other.locator("#policy-answer", has_text="The gap of 2045").wait_for()
    assert other.inner_text("#policy-summary") == page.inner_text("#policy-summary")
    # Back and forth between addresses; what no control can take is as in the notebook
    other.evaluate("location.hash = '#multiplier=3&budget=abc&where=moon&feedback='")
    other.locator("#policy-multiplier-told", has_text="GBP 3.00").wait_for()
    assert other.input_value("#policy-where") == "lagging"
    assert other.input_value("#policy-budget") == "0.15"
    assert other.input_value("#policy-feedback") == "1"
    other.close()


def test_the_download_holds_what_is_shown(page, one, tmp_path):
    page.click("#policy-back")
    with page.expect_download() as waiting:
        page.click("#policy-download")
    waiting.value.save_as(tmp_path / "policy.csv")
    table = pd.read_csv(tmp_path / "policy.csv")
    expected = outcomes.by_year(one).set_index("scenario").loc["integrated, lagging"]
    np.testing.assert_allclose(table["gap_with"], expected["gap"], rtol=0, atol=CLOSE)
    np.testing.assert_array_equal(table["p_gap_below_today_with"], expected["p_gap_below_today"])
    p = table["p_gap_below_today_with"]
    np.testing.assert_allclose(table["p_gap_below_today_with_error"], np.sqrt(p * (1 - p) / 500), atol=1e-12)
    assert table["loop_strength"].iloc[0] == pytest.approx(0.214333, abs=1e-6)
    shown = page.locator("#policy-years tbody tr").all_text_contents()
    assert len(shown) == len(table) == 23


def test_an_area_without_groups_says_so(browser, tmp_path):
    opened = browser.new_page()
    opened.goto(page_file(tmp_path, "Nottingham").as_uri())
    opened.wait_for_function(
        "document.querySelector('#policy-state').textContent.includes('too few districts')"
    )
    assert not opened.is_visible("#policy-form") and not opened.is_visible("#policy-results")
    opened.close()


def test_without_its_data_the_page_says_so(browser, tmp_path):
    file = page_file(tmp_path)
    (tmp_path / "_static" / data_files.DATA.name / "policy_explorer.js").unlink()
    opened = browser.new_page()
    opened.goto(file.as_uri())
    opened.locator("#policy-state", has_text="The data of this page are not there").wait_for()
    assert not opened.is_visible("#policy-form")
    opened.close()


def test_at_phone_width_nothing_sticks_out(browser, tmp_path):
    opened = browser.new_page(viewport={"width": 360, "height": 800})
    opened.goto(page_file(tmp_path).as_uri())
    opened.wait_for_selector("#policy-fan svg")
    assert opened.evaluate("document.documentElement.scrollWidth") <= 360
    opened.close()


def test_assumptions_follow_the_settings(one):
    told = " ".join(policy_page.assumptions(MIDLANDS, one))
    assert "13 districts share it" in told and "20 % of the gain" in told and "0.21" in told
    within = replace(one, settings=replace(one.settings, financing="within"))
    assert "pay for it in proportion" in " ".join(policy_page.assumptions(MIDLANDS, within))


def test_the_data_are_light(tmp_path):
    """A page may weigh 1.5 MB; its data take a sixth of that before they are packed."""
    policy_page.write(MIDLANDS.area, SEED, tmp_path)
    file = tmp_path / data_files.DATA / "policy_explorer.js"
    assert file.stat().st_size < 250_000
    assert data_files.read(file)["draws"] == outcomes.STORED
