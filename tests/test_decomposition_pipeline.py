"""From files to components: faults have names, and the same records give the same answer as they may come."""

import errno
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from scipy import sparse
from scipy.sparse import csgraph

from helpers import cli
from helpers.decomposition import (
    columns,
    command,
    connected,
    disclosure,
    estimate,
    events,
    leverages,
    pipeline,
    sorting,
    steps,
    synthetic,
    validate,
    windows,
)
from helpers.decomposition.fixed_effects import Effects
from helpers.decomposition.matches import Matches
from helpers.errors import DecompositionError, ParameterError

MAP = columns.ColumnMap("worker", "firm", "year", "log_pay", "place", controls=("part_time",))


@pytest.fixture(scope="module")
def country(tmp_path_factory):
    folder = tmp_path_factory.mktemp("country")
    synthetic.simulate(synthetic.Country(800, 5, 0.3), 4, folder)
    return folder


@pytest.fixture(scope="module")
def panel(country):
    return pd.read_parquet(country / "panel.parquet").astype({"place": str})


@pytest.fixture(scope="module")
def answer(country, tmp_path_factory):
    return estimate.estimate(country / "panel.parquet", MAP, tmp_path_factory.mktemp("answer"))


def write(frame, path):
    frame.to_parquet(path, index=False)
    return path


def run(frame, tmp_path, names=MAP, **settings):
    path = write(frame, tmp_path / "records.parquet")
    return estimate.estimate(path, names, tmp_path / "out", estimate.Settings(**settings))


def same(one, two, tolerance=1e-10):
    pd.testing.assert_frame_equal(one, two, rtol=0, atol=tolerance)


# The same answer


def test_command_line_writes_what_it_promises(country, answer, tmp_path, capsys):
    words = ["--columns", str(country / "map.yml"), "--out", str(tmp_path), "--memory", "1GB", "--events"]
    assert cli.main(["akm", "estimate", str(country / "panel.parquet"), *words]) == 0
    table = pd.read_csv(tmp_path / "components.csv")
    assert table.columns.tolist() == ["component", "plug_in", "homoskedastic", "leave_out", "mc_se"]
    assert table["component"].tolist() == [
        *("var_worker", "var_firm", "cov_worker_firm", "var_residual"),
        *("between_place_var_worker", "between_place_var_firm"),
        *("between_place_cov_worker_firm", "between_place_var_residual"),
    ]
    same(table, answer)
    truth = pd.read_csv(country / "truth.csv")
    assert truth.columns.tolist() == ["component", "population", "leave_out_set"]
    assert truth["component"].tolist() == table["component"].tolist()
    record = json.loads((tmp_path / "run.json").read_text())
    assert record["records"] == 4_000 and record["leverages"] == "exact"
    assert [s["set"] for s in record["sets"]] == ["all", "largest connected set", "leave-match-out set"]
    assert record["coefficients"]["part_time"] == pytest.approx(-0.1, abs=0.03)
    assert (tmp_path / "events_symmetry.csv").exists()


def test_controls_and_years_are_those_of_least_squares_with_all_dummies(panel, tmp_path):
    """Coefficients by regression on worker, firm and year dummies, within the kept set; to 1e-9."""
    run(panel, tmp_path)
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    keep = np.load(tmp_path / "out/steps/set/keep.npy")
    pairs = panel[["worker", "firm"]].drop_duplicates().sort_values(["worker", "firm"])[keep]
    kept = panel.merge(pairs)
    dummies = pd.get_dummies(kept[["worker", "firm", "year"]].astype(str), dtype=float)
    design = np.column_stack([kept["part_time"], dummies.drop(columns="year_2004")])
    found = np.linalg.lstsq(design, kept["log_pay"])[0]
    expected = {"part_time": found[0]} | dict(zip(["2005", "2006", "2007", "2008"], found[-4:], strict=True))
    assert record["coefficients"] == pytest.approx(expected, abs=1e-9)


def test_controls_that_the_effects_explain_are_named_and_change_nothing(panel, answer, tmp_path):
    """Something that never changes for a worker, and age, which years and workers explain together."""
    more = panel.assign(born=1950.0 + panel["worker"] % 40, age=lambda f: f["year"] - f["born"])
    controls = ("part_time", "born", "age")
    found = run(
        more, tmp_path, columns.ColumnMap("worker", "firm", "year", "log_pay", "place", None, controls)
    )
    record = json.loads((tmp_path / "out/run.json").read_text())
    assert record["not_identified"] == ["born", "age"]
    same(found, answer, 1e-9)


@pytest.mark.parametrize("settings", [{"use_duckdb": False}, {"use_numba": False}, {"threads": 2}])
def test_with_and_without_duckdb_numba_and_threads(panel, answer, tmp_path, settings):
    same(run(panel, tmp_path, **settings), answer)


def test_without_duckdb_and_numba_being_installed(country, tmp_path):
    """Another process that cannot import them; projections as well, to 1e-7 as in the tests of exactness."""
    program = (
        "import sys; absent = sys.argv[1] == 'absent'\n"
        "if absent: sys.modules.update(numba=None, duckdb=None)\n"
        "from helpers import cli\n"
        "from helpers.decomposition import optional, projection\n"
        "assert optional.HAVE_NUMBA is optional.HAVE_DUCKDB is not absent\n"
        "projection.EXACT_UP_TO = 0\n"
        "sys.exit(cli.main(sys.argv[2:]))"
    )
    for name in ("absent", "there"):
        words = ["akm", "estimate", str(country / "panel.parquet"), "--columns", str(country / "map.yml")]
        command_ = [sys.executable, "-c", program, name, *words, "--out", str(tmp_path / name)]
        subprocess.run([*command_, "--projections", "32"], check=True, capture_output=True)
    one, two = (pd.read_csv(tmp_path / name / "components.csv") for name in ("absent", "there"))
    same(one, two, 1e-7)


def test_order_and_names_of_records_do_not_matter(panel, answer, tmp_path):
    turned = panel.sample(frac=1, random_state=1).assign(
        worker=lambda f: "w" + (9_999_999 - f["worker"]).astype(str)
    )
    turned["firm"] = "f" + (turned["firm"] * 7_919 % 10_007).astype(str)
    same(run(turned, tmp_path), answer)


def test_csv_and_a_folder_of_files_are_read_alike(panel, answer, tmp_path):
    folder = tmp_path / "years"
    folder.mkdir()
    for year, rows in panel.groupby("year"):
        rows.to_csv(folder / f"{year}.csv", index=False)
    same(estimate.estimate(folder, MAP, tmp_path / "out"), answer)


def test_a_weight_is_so_many_records(panel, tmp_path):
    """Each record twice, the copy a century on, against weights of two; no year effects, no control."""
    names = columns.ColumnMap("worker", "firm", "year", "log_pay", "place", year_effects=False)
    weighted = columns.ColumnMap(
        "worker", "firm", "year", "log_pay", "place", weight="weight", year_effects=False
    )
    # Two records at least in each match, so that both ways know spread within all of them
    long = panel[panel.groupby(["worker", "firm"])["year"].transform("size") > 1]
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    twice = run(pd.concat([long, long.assign(year=long["year"] + 100)]), tmp_path / "a", names)
    same(run(long.assign(weight=2.0), tmp_path / "b", weighted), twice)


def test_a_record_of_weight_zero_is_left_out_and_counted(panel, answer, tmp_path):
    more = panel.iloc[:1].assign(year=2099, weight=0.0)
    names = columns.ColumnMap(
        "worker", "firm", "year", "log_pay", "place", weight="weight", controls=("part_time",)
    )
    same(run(pd.concat([panel.assign(weight=1.0), more]), tmp_path, names), answer)
    assert json.loads((tmp_path / "out/run.json").read_text())["dropped"] == {"weight is zero": 1}


def test_truth_of_the_simulator_is_that_of_its_population(country, panel):
    people = synthetic.population(synthetic.Country(800, 5, 0.3), 4)
    assert people.matches.weight.sum() == len(panel)
    truth = pd.read_csv(country / "truth.csv").set_index("component")["population"]
    assert truth.to_dict() == pytest.approx(synthetic.true_components(people))
    by_hand = np.cov(people.alpha, people.psi[people.matches.firm], aweights=people.matches.weight, ddof=0)
    assert truth["var_worker"] == pytest.approx(by_hand[0, 0])
    assert truth["cov_worker_firm"] == pytest.approx(by_hand[0, 1])


# Going on after an interruption


def test_an_interrupted_run_goes_on_from_the_last_finished_step(country, answer, tmp_path, monkeypatch):
    asked = (country / "panel.parquet", MAP, tmp_path)
    whole = leverages.leverages
    monkeypatch.setattr(leverages, "leverages", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        estimate.estimate(*asked)
    monkeypatch.setattr(leverages, "leverages", whole)
    told = []
    same(estimate.estimate(*asked, tell=told.append), answer, 0)
    assert [line.split(": ")[-1] == "done before" for line in told] == [True] * 6 + [False] * 2


def test_each_step_can_be_run_alone(country, answer, tmp_path, capsys):
    """One call per step, each of which does that step and no other."""
    words = ["akm", "estimate", str(country / "panel.parquet"), "--columns", str(country / "map.yml")]
    for done, step in enumerate(pipeline.STEPS):
        assert cli.main([*words, "--out", str(tmp_path), "--until", step]) == 0
        told = capsys.readouterr()
        assert told.out.strip() == str(tmp_path / "steps" / step)
        assert told.err.count("done before") == done and told.err.splitlines()[-1] == f"{step} ..."
    same(pd.read_parquet(tmp_path / "steps/components/components.parquet"), answer)
    assert cli.main([*words, "--out", str(tmp_path), "--until", "end"]) == 1
    assert "They are: records, matches" in capsys.readouterr().err
    assert cli.main([*words, "--out", str(tmp_path), "--until", "set", "--window", "3"]) == 2


def test_other_settings_or_records_are_not_taken_for_done(panel, tmp_path):
    run(panel, tmp_path)
    told = []
    path = tmp_path / "records.parquet"
    asked = estimate.Settings(stayers="within")
    estimate.estimate(path, MAP, tmp_path / "out", asked, told.append)
    assert told[-2:] == ["leverages: done before", "components ..."]
    write(panel.iloc[:-1], path)
    told.clear()
    estimate.estimate(path, MAP, tmp_path / "out", asked, told.append)
    assert "records ..." in told


# Faults


def faulty(change, match, names=MAP, **settings):
    return pytest.param(change, match, names, settings)


FAULTS = {
    "no movers": faulty(lambda f: f.assign(firm=f["worker"] % 20), "No worker is seen at two firms"),
    "one firm": faulty(lambda f: f.assign(firm=1), "only one firm"),
    "twice": faulty(lambda f: pd.concat([f, f.iloc[:1].assign(firm=3)]), "occur twice"),
    "missing pay": faulty(
        lambda f: f.assign(log_pay=f["log_pay"].where(f.index > 2)), "log_pay is missing or inf"
    ),
    "infinite pay": faulty(
        lambda f: f.assign(log_pay=f["log_pay"].where(f.index > 2, -np.inf)), "infinite in 3"
    ),
    "missing place": faulty(lambda f: f.assign(place=f["place"].where(f["firm"] > 3)), "place is missing"),
    "missing worker": faulty(
        lambda f: f.assign(worker=f["worker"].astype("Int64").where(f.index > 2)), "no worker"
    ),
    "negative weight": faulty(
        lambda f: f.assign(weight=np.where(f.index > 2, 1.0, -1.0)),
        "negative",
        columns.ColumnMap("worker", "firm", "year", "log_pay", weight="weight"),
    ),
    "single year": faulty(lambda f: f[f["year"] == 2005], "one year, 2005"),
    "empty": faulty(lambda f: f.iloc[:0], "no usable records"),
    "no column": faulty(lambda f: f.rename(columns={"firm": "firms"}), "Nearest: firms"),
    "text for pay": faulty(lambda f: f.assign(log_pay="high"), "numbers are needed"),
    "fractions for firms": faulty(lambda f: f.assign(firm=f["firm"] + 0.5), "whole numbers or text"),
    "too few movers": faulty(
        lambda f: pd.DataFrame(
            {"worker": [1, 1, 2, 2], "firm": [1, 2, 2, 3], "year": [1, 2, 1, 2], "log_pay": 1.0}
        ),
        "when any one match is left out",
        columns.ColumnMap("worker", "firm", "year", "log_pay"),
    ),
}


@pytest.mark.parametrize(("change", "match", "names", "settings"), FAULTS.values(), ids=FAULTS.keys())
def test_faults_have_names(panel, tmp_path, change, match, names, settings):
    with pytest.raises(DecompositionError, match=match):
        run(change(panel), tmp_path, names, **settings)


def test_missing_records_may_be_dropped_and_are_counted(panel, tmp_path):
    names = columns.ColumnMap(
        "worker", "firm", "year", "log_pay", "place", controls=("part_time",), missing="drop"
    )
    holes = panel.assign(log_pay=panel["log_pay"].where(panel.index > 2))
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    same(run(holes, tmp_path / "a", names), run(panel[3:], tmp_path / "b"))
    record = json.loads((tmp_path / "a/out/run.json").read_text())
    assert record["dropped"] == {"log_pay is missing or infinite": 3}


def test_damaged_and_empty_files(country, tmp_path):
    whole = (country / "panel.parquet").read_bytes()
    for content, match in (
        (b"", "is empty"),
        (whole[:-100], "cannot be read"),
        (b"PAR1" * 9, "cannot be read"),
    ):
        path = tmp_path / "panel.parquet"
        path.write_bytes(content)
        with pytest.raises(DecompositionError, match=match):
            estimate.estimate(path, MAP, tmp_path / "out")
    path.write_bytes(whole[:1000] + b"\0" * 5000 + whole[6000:])  # the end, with the directory, is whole
    with pytest.raises(DecompositionError, match="could not be read to their end"):
        estimate.estimate(path, MAP, tmp_path / "out")


def test_identifiers_of_mixed_types_are_refused(panel, tmp_path):
    folder = tmp_path / "mixed"
    folder.mkdir()
    write(panel[panel["year"] < 2006], folder / "a.parquet")
    write(panel[panel["year"] >= 2006].astype({"worker": str}), folder / "b.parquet")
    with pytest.raises(DecompositionError, match="mixed types"):
        estimate.estimate(folder, MAP, tmp_path / "out")


def test_a_full_spill_disk(tmp_path):
    """Two million records in 60 MB with 1 MB of spill."""
    rng = np.random.default_rng(1)
    count = 2_000_000
    table = pa.table(
        {
            "worker": rng.permutation(count),
            "firm": rng.integers(0, 9, count),
            "year": rng.integers(0, 9, count),
            "pay": rng.random(count),
        }
    )
    pq.write_table(table, tmp_path / "big.parquet")
    names = columns.ColumnMap("worker", "firm", "year", "pay")
    records = validate.open_records(tmp_path / "big.parquet", names)
    with pytest.raises(DecompositionError, match="disk or the memory was full"):
        sorting.sort_records(
            *(records, names, validate.check(records, names), tmp_path / "out.parquet"),
            *(100_000_000, tmp_path / "spill"),
            spill_limit=1_000_000,
        )


def test_a_full_disk_while_a_step_writes(tmp_path):
    def write_much(folder):
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DecompositionError, match="make room and start again"):
        steps.Steps(tmp_path).run("matches", {}, write_much)
    assert not (tmp_path / "matches").exists()


def test_maps_and_options_that_are_wrong(tmp_path):
    path = tmp_path / "map.yml"
    good = {"worker": "a", "firm": "b", "year": "c", "pay": "d"}
    for change, match in (
        ({"pya": "d"}, "Nearest: pay"),
        ({"pay": None}, "must name the columns of: pay"),
        ({"pay": "a"}, "uses a column twice"),
        ({"controls": "d"}, "must be a list"),
        ({"missing": "ignore"}, "refuse, drop"),
    ):
        path.write_text(yaml.safe_dump(good | change))
        with pytest.raises(DecompositionError, match=match):
            columns.read(path)
    with pytest.raises(DecompositionError, match="no column map"):
        columns.read(tmp_path / "none.yml")
    assert command.size("6GB") == 6_000_000_000 and command.size("512 MB") == 512_000_000
    with pytest.raises(ParameterError, match="no size"):
        command.size("lots")


# Connected sets, by hand


def test_a_graph_in_two_halves_keeps_the_half_with_more_worker_years():
    """Firms 0 and 1 joined by two movers with 4 years each; firms 2 and 3 by two movers with 2."""
    matches = Matches(
        np.arange(0, 9, 2), np.array([0, 1, 0, 1, 2, 3, 2, 3], np.int32), np.repeat([2.0, 1.0], 4), 4
    )
    chosen = connected.leave_match_out(matches)
    assert chosen.keep.tolist() == [True] * 4 + [False] * 4
    assert [step["worker_years"] for step in chosen.log] == [12, 8, 8]


def test_bridges_are_dropped_and_stayers_stay():
    """Two movers join 0 and 1; one alone joins 1 and 2, where a stayer works; a stayer works at 0."""
    matches = Matches(
        np.array([0, 2, 4, 6, 7, 8]), np.array([0, 1, 0, 1, 1, 2, 2, 0], np.int32), np.ones(8), 3
    )
    keep = connected.leave_match_out(matches).keep
    assert keep.tolist() == [True, True, True, True, False, False, False, True]


def test_bridges_are_those_found_by_removing_each_edge():
    rng = np.random.default_rng(3)
    key = np.unique(rng.integers(0, 40, 75) * 30 + rng.integers(0, 30, 75))
    worker, firm = key // 30, key % 30

    def parts(which):
        edges = (worker[which], 40 + firm[which])
        graph = sparse.csr_array((np.ones(len(edges[0])), edges), shape=(70, 70))
        return csgraph.connected_components(graph, directed=False)[0]

    every = np.ones(len(key), dtype=bool)
    # An end of one worker's only edge is cut off as well, but such a worker is no mover
    several = np.bincount(worker, minlength=40)[worker] > 1
    expected = [
        edge
        for edge in np.flatnonzero(several)
        if parts(every & (np.arange(len(key)) != edge)) > parts(every)
    ]
    start = np.append(np.unique(worker, return_index=True)[1], len(key))
    matches = Matches(start, firm.astype(np.int32), np.ones(len(key)), 30)
    found = connected.bridges(matches, connected.span(matches))
    assert found.tolist() == expected and 0 < len(expected) < several.sum()


# Tables beside the components


def test_what_may_not_be_shown_is_hidden_and_logged():
    columns_ = ["worker_years", "workers", "firms", "largest_share", "mean_worker_effect", "mean_firm_effect"]
    table = pd.DataFrame(
        [[203, 48, 9, 0.2, 0.1, 0.05], [21, 7, 3, 0.4, 0.2, 0.1], [90, 30, 4, 0.3, 0.0, 0.0]],
        index=["A", "B", "C"],
        columns=columns_,
    )
    table.loc["all"] = [314, 85, 16, 0.1, 0, 0]
    one = disclosure.protect(table)
    assert one.log["row"].tolist() == ["B", "all"]  # else B is the total less A and C
    assert one.table.loc["A"].tolist() == [205, 50, 10, 0.1, 0.05]
    assert one.table.loc[["B", "all"]].isna().all().all()
    table.loc["C", "largest_share"] = 0.9
    two = disclosure.protect(table)
    assert two.log["row"].tolist() == ["B", "C"] and two.table.loc["all", "workers"] == 85


def test_few_moves_are_hidden_and_logged():
    table = pd.DataFrame(
        {"from_group": [1, 1], "to_group": [1, 2], "time": [-1, -1], "pay": [0.12345, 0.2], "moves": [12, 9]}
    )
    found = disclosure.protect_moves(table, ["from_group", "to_group", "time"], ["moves"])
    assert found.table[["pay", "moves"]].iloc[0].tolist() == [0.123, 10]
    assert found.table[["pay", "moves"]].iloc[1].isna().all() and found.table["to_group"].tolist() == [1, 2]
    assert found.log.to_numpy().tolist() == [["1 to 2", "fewer than 10 moves"]]


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--least-workers", "1", "--least-workers 1 hides nothing: give 2 or more"),
        ("--least-workers", "0", "--least-workers 0 hides nothing"),
        ("--least-firms", "-3", "--least-firms -3 hides nothing"),
        ("--least-firms", "1", "--least-firms 1 hides nothing"),
        ("--largest-share", "1", "--largest-share 1 hides nothing or is no share"),
        ("--largest-share", "0", "above 0 and below 1"),
        ("--largest-share", "nan", "--largest-share nan"),
    ],
)
def test_a_rule_that_hides_nothing_is_refused_before_anything_runs(tmp_path, capsys, option, value, says):
    words = ["--columns", "none.yml", "--out", str(tmp_path / "out"), f"{option}={value}"]
    assert cli.main(["akm", "estimate", "none.parquet", *words]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_rules_of_disclosure_are_those_asked_for(country, tmp_path):
    words = ["--columns", str(country / "map.yml"), "--out", str(tmp_path), "--least-workers", "100000"]
    assert cli.main(["akm", "estimate", str(country / "panel.parquet"), *words, "--round-to", "7"]) == 0
    table = pd.read_csv(tmp_path / "places.csv", index_col="place")
    assert table.isna().all().all()
    log = pd.read_csv(tmp_path / "disclosure_log.csv")
    assert log.columns.tolist() == ["table", "row", "reason"] and len(log) == len(table)
    assert json.loads((tmp_path / "run.json").read_text())["settings"]["rules"]["round_to"] == 7
    assert cli.main(["akm", "estimate", str(country / "panel.parquet"), *words, "--round-to", "0"]) == 2


def test_places_by_hand():
    matches = Matches(
        np.array([0, 2, 3]),
        np.array([0, 1, 1], np.int32),
        np.array([1.0, 2, 1]),
        2,
        np.array([0, 1, 1], np.int32),
        2,
    )
    table = disclosure.place_table(matches, Effects(np.array([1.0, 5.0]), np.array([0.0, 4.0])), ["X", "Y"])
    # Means over all are 2 and 3; Y has worker effects (2 x 1 + 5) / 3 and firm effects 4
    assert table.loc["X"].tolist() == [1, 1, 1, 1, -1, -3]
    assert table.loc["Y"].tolist() == pytest.approx([3, 2, 1, 1, 1 / 3, 1])


def test_moves_by_hand(tmp_path):
    """Worker 1 moves from firm 0 to 1 after two years; 2 stays at 0, 3 at 1; the mean of each year is 0."""
    rows = [(1, y, int(y > 2), float(y > 2)) for y in (1, 2, 3, 4)]
    rows += [(2, y, 0, -1.0 - (y > 2)) for y in (1, 2, 3, 4)] + [(3, y, 1, 1.0) for y in (1, 2, 3, 4)]
    frame = pd.DataFrame(rows, columns=["worker", "year", "firm", "pay"]).astype(
        {"year": "int32", "firm": "int32"}
    )
    frame.to_parquet(tmp_path / "sorted.parquet", index=False)
    found = events.moves(tmp_path / "sorted.parquet", 2)
    assert found.moves["year"].tolist() == [3] and found.moves["pay"].tolist() == [[0, 0, 1, 1]]
    assert [found.coworkers(found.moves, end)[0] for end in ("from", "to")] == [-1.5, 1.0]


def test_gains_and_losses_are_alike_when_effects_add(tmp_path):
    """By construction of the simulator; sums within 3.5 of their standard errors."""
    synthetic.simulate(synthetic.Country(8_000, 6, 0.2), 2, tmp_path)
    estimate.estimate(tmp_path / "panel.parquet", MAP, tmp_path / "out", with_events=True)
    table = pd.read_csv(tmp_path / "out/events_symmetry.csv")
    assert len(table) == 6 and (table["sum"].abs() < 3.5 * table["sum_se"]).all()
    assert table.query("low == 1 and high == 4")["gain"].item() > 0.2


def test_windows_are_estimates_of_their_years(panel, tmp_path):
    path = write(panel, tmp_path / "records.parquet")
    table = windows.rolling(path, MAP, tmp_path / "out", 4)
    assert table[["first_year", "last_year"]].drop_duplicates().to_numpy().tolist() == [
        [2004, 2007],
        [2005, 2008],
    ]
    (tmp_path / "own").mkdir()
    own = run(panel[panel["year"] > 2004], tmp_path / "own")
    same(table[table["first_year"] == 2005].iloc[:, 2:].reset_index(drop=True), own, 0)
    with pytest.raises(DecompositionError, match="does not fit"):
        windows.rolling(path, MAP, tmp_path / "out", 9)
