"""What others send (parameters, names, ledgers, programmes, cards, records) is read and never run or obeyed.

The source is searched for what could run data, and hostile values go through the console command in a folder
that must stay as it was.
"""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
import yaml
from markdown_it import MarkdownIt
from test_site_districts import profile_of

from helpers import catalogue, cli, geography, paths, tables
from helpers.errors import CompendiumError, NotebookError, TableError
from helpers.programmes import describe
from helpers.prose import claims
from helpers.running import record
from helpers.site import address, data_files, finder, template

SNAKEFILES = [paths.ROOT / "Snakefile", *(paths.ROOT / "src").rglob("Snakefile")]
IMAGE = '"><img src=x onerror="alert(1)"></script><script>alert(1)</script>'
HOSTILE = {
    "markup": IMAGE,
    "shell": "$(touch pwned); `touch pwned` | touch pwned & touch pwned",
    "path": "../../pwned",
    "absolute path": "/tmp/pwned",
    "python": "__import__('os').system('touch pwned')",
    "quotes": "\"; import os; os.system('touch pwned') #",
    "template": "{sys.exit(0)} {{ 7*7 }} {config}",
    "yaml": '!!python/object/apply:os.system ["touch pwned"]',
    "newline": "Wales\nimport os; os.system('touch pwned')",
    "nul": "Wales\0",
}

# The source


def called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def faults(source: str) -> list[str]:
    """Calls that run data, or could."""
    found = []
    tree = ast.parse(source)
    safe = {"yaml.SafeLoader", "yaml.BaseLoader"}
    safe |= {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and {ast.unparse(base) for base in node.bases} <= safe
        and node.bases
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            found += [
                name for name in names if re.match(r"(pickle|dill|cloudpickle|shelve|marshal|joblib)\b", name)
            ]
        if not isinstance(node, ast.Call):
            continue
        name, given = called(node), {word.arg: ast.unparse(word.value) for word in node.keywords}
        if re.fullmatch(r"(builtins\.)?(eval|exec|compile|__import__)|os\.(system|popen|spawn\w+)", name):
            found.append(name)
        if re.search(r"\b(read_pickle|to_pickle)$|^yaml\.(full|unsafe)_load\w*$", name):
            found.append(name)
        if re.fullmatch(r"yaml\.(load|compose|parse|scan)(_all)?", name):
            found += [name] if given.get("Loader") not in safe else []
        if name.endswith("np.load"):
            found += [name] if given.get("allow_pickle") != "False" else []
        found += [f"{name}(shell=...)"] if given.get("shell", "False") != "False" else []
    return found


@pytest.mark.parametrize(
    "source",
    [
        "yaml.load(x)", "yaml.compose(x)", "yaml.load(x, Loader=yaml.Loader)", "yaml.unsafe_load(x)",
        "class A(yaml.Loader): pass\nyaml.load(x, Loader=A)", "eval(x)", "import pickle", "exec(x)",
        "from joblib import load",
        "np.load(x)", "subprocess.run(x, shell=True)", "os.system(x)", "pd.read_pickle(x)", "__import__(x)",
    ],
)  # fmt: skip
def test_the_search_finds_what_runs_data(source):
    assert faults(source)


def test_nothing_in_the_source_runs_data():
    code = {path: path.read_text(encoding="utf-8") for path in (paths.ROOT / "src").rglob("*.py")}
    assert len(code) > 200
    # Snakemake's own words are no Python: what stands before its rules is
    code |= {path: path.read_text(encoding="utf-8").partition("\nrule ")[0] for path in SNAKEFILES}
    assert {str(path): found for path, text in code.items() if (found := faults(text))} == {}


@pytest.mark.parametrize("path", SNAKEFILES, ids=lambda path: path.parent.name)
def test_every_value_in_a_shell_command_is_quoted(path):
    commands = [after.split("\n\n")[0] for after in path.read_text(encoding="utf-8").split("shell:")[1:]]
    assert commands
    for command in commands:
        values = re.findall(r"(?<!\{)\{([^{}]+)\}", command)
        assert values and all(value.endswith(":q") for value in values), values


def test_the_reader_of_workbooks_refuses_entities_that_grow_without_end():
    """Why ruff's S314 may be set aside in `helpers.sources.package`."""
    grown = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 50}">' for n in range(1, 9))
    with pytest.raises(ElementTree.ParseError, match="amplification"):
        ElementTree.fromstring(f'<!DOCTYPE x [<!ENTITY e0 "many">{grown}]><x>&e8;</x>')


# Through the console command


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder to work in; afterwards it holds what the test put there, and nothing fell out of it."""
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    yield inside
    assert not [path for path in tmp_path.rglob("*") if path.name == "pwned"]
    assert not Path("/tmp/pwned").exists()


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert cli.main(words) in (1, 2)
    told = capsys.readouterr()
    assert told.out == "" and told.err.startswith("compendium: ")
    return told.err


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_areas_are_refused(here, capsys, value):
    (here / "given.yml").write_text(yaml.safe_dump({"area": value}))
    (here / "given.json").write_text(json.dumps({"area": [value, "Wales"]}))
    (here / "sweep.yml").write_text(yaml.safe_dump({"functions": ["gap"], "grid": {"area": [value]}}))
    run = ["run", "02_productivity", "--out", str(here / "out")]
    for words in (
        [*run, "-p", f"area={value}"],
        [*run, "-f", str(here / "given.yml")],
        [*run, "-f", str(here / "given.json")],
        ["districts", "--area", value, "--out", str(here / "out")],
        ["book", "--area", value, "--out", str(here / "out")],
        ["run", value, "--out", str(here / "out")],
        ["sweep", "sweep.yml", "--out", str(here / "out")],
        ["data", "fetch", value],
    ):
        refused(words, capsys)
    assert not (here / "out").exists()


@pytest.mark.parametrize(
    "tag", ["python/object/apply:os.system", "python/name:os.system", "python/module:os"]
)
def test_yaml_that_names_python_is_not_obeyed(here, capsys, tag):
    text = f'!!{tag} ["touch pwned"]'
    (here / "given.yml").write_text(f"area: {text}\n")
    refused(["run", "02_productivity", "-f", "given.yml", "--out", str(here / "out")], capsys)
    (here / "map.yml").write_text(f"worker: {text}\nfirm: b\nyear: c\npay: d\n")
    refused(["akm", "estimate", "none", "--columns", "map.yml", "--out", str(here / "out")], capsys)
    (here / "ledger.yml").write_text(f"- id: a\n  claim: {text}\n")
    refused(["claims", "--ledger", "ledger.yml"], capsys)
    (here / "sweep.yml").write_text(f"functions: [gap]\ngrid: {{area: [{text}]}}\n")
    refused(["sweep", "sweep.yml", "--out", str(here / "out")], capsys)
    (here / "programme.yml").write_text(f"name: {text}\ndocuments: {{a: b}}\n")
    with pytest.raises(CompendiumError):
        describe.load(here / "programme.yml")
    (here / "cards").mkdir()
    (here / "cards" / "one.yml").write_text(f"id: {text}\n")
    with pytest.raises(CompendiumError):
        catalogue.load(here / "cards")


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_fields_of_a_ledger_and_of_a_map_are_refused(here, capsys, value):
    (record_,) = yaml.safe_load(
        """[{id: a, document: 000, where: w, topic: level, claim: c, period: p, area: a, source_cited: s,
        parts: [{name: n, value: 1, unit: rank, lowest: 1, highest: 1}], function: f, verdict: reproduced}]"""
    )
    for field in ("id", "document", "topic", "function"):
        (here / "ledger.yml").write_text(yaml.safe_dump([record_ | {field: value}]))
        assert "claims.yml" in refused(["claims", "--ledger", str(here / "ledger.yml")], capsys)
    (here / "records.csv").write_text("a,b,c,d\n1,1,1,1\n")
    names = {"worker": value, "firm": "b", "year": "c", "pay": "d"}
    (here / "map.yml").write_text(yaml.safe_dump(names))
    refused(["akm", "estimate", "records.csv", "--columns", "map.yml", "--out", str(here / "out")], capsys)


def test_a_folder_with_quotes_is_no_sql(here, capsys):
    assert (
        cli.main(["akm", "simulate", "--workers", "300", "--years", "4", "--out", "o'; DROP TABLE x; --"])
        == 0
    )
    out = "o'ut'; COPY (SELECT 1) TO 'pwned'; --"
    words = [
        "akm",
        "estimate",
        "o'; DROP TABLE x; --/panel.parquet",
        "--columns",
        "o'; DROP TABLE x; --/map.yml",
    ]
    assert cli.main([*words, "--out", out]) == 0
    assert (here / out / "components.csv").exists()


@pytest.mark.parametrize("path", ["../x.csv", "/etc/passwd", "a/../../x", "..\\x", "C:\\x", "", ".", "a//b"])
def test_a_card_may_not_point_out_of_the_raw_folder(path):
    assert not catalogue.stays_inside(path)


def test_a_run_record_from_elsewhere_cannot_remove_other_files(tmp_path):
    """What an earlier run wrote and this one did not is removed: only below the folder of the results."""
    victim = tmp_path / "victim.txt"
    victim.write_text("mine")
    out = tmp_path / "out"
    out.mkdir()
    outputs = {"../victim.txt": hashlib.sha256(b"mine").hexdigest()}
    (out / record.NAME).write_text(json.dumps({"notebooks": {"01_x": {"outputs": outputs}}}))
    with pytest.raises(NotebookError, match="is not a run record"):
        record.add(out, "01_x", {"outputs": {}})
    assert victim.read_text() == "mine"


# Pages


class Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def harmless(text: str) -> list[str]:
    """Tags of a page in which the hostile name made no element, no attribute and no script."""
    elements = Elements(text).found
    assert not [
        tag for tag, given in elements if tag == "img" or any(name.startswith("on") for name in given)
    ]
    assert "alert(1)" in html.unescape(text)  # the name is shown
    return [tag for tag, _ in elements]


def test_names_of_districts_are_escaped_on_their_pages():
    solihull = profile_of("Solihull")
    near = tuple(dataclasses.replace(one, name=IMAGE) for one in solihull.neighbours)
    page = template.page(dataclasses.replace(solihull, name=IMAGE, neighbours=near), {}, "slug")
    shown = MarkdownIt("commonmark", {"html": True}).enable("table").render(page.split("---\n", 2)[2])
    raw = re.findall(r"```\{raw\} html\n(.*?)```", page, re.DOTALL)
    assert len(raw) >= 4
    assert "script" not in harmless(shown)
    for block in raw:
        assert "script" not in harmless(block)


def test_names_of_districts_are_escaped_where_they_are_found(monkeypatch):
    area = geography.resolve("Midlands")
    rows = finder.ranking(area)
    rows["name"] = [IMAGE, *rows["name"][1:]]
    entries = [{"name": IMAGE, "now": IMAGE, "page": address.slug(IMAGE)}]
    monkeypatch.setattr(finder, "index", lambda _: entries)
    page = finder.finder(area, rows)
    assert harmless(page).count("script") == 2  # the index and the file that reads it
    (index,) = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert json.loads(index)["names"] == entries
    assert "script" not in harmless(finder.list_of_pages(area, rows))


def test_data_for_a_page_cannot_close_its_script(tmp_path):
    path = data_files.write(tmp_path, "names", {"name": IMAGE})
    assert "<" not in path.read_text()
    assert data_files.read(path) == {"name": IMAGE}


def test_links_of_claims_are_escaped():
    assert "<img" not in claims._link(f"{IMAGE}/{IMAGE}")


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_file_names_made_of_names_stay_in_their_folder(value):
    assert re.fullmatch(r"[a-z0-9-]*", address.slug(value))


@pytest.mark.parametrize("name", [IMAGE, "[a](javascript:alert(1))", "{{ x }}", "a`b", "a\nb", "*a*", "a\\b"])
def test_a_table_of_areas_with_a_name_that_is_none_is_refused(tmp_path, name):
    areas = pd.read_csv(paths.TABLES / "areas.csv", dtype=str, keep_default_na=False)
    areas.loc[5, "name"] = name
    areas.to_csv(tmp_path / "areas.csv", index=False)
    with pytest.raises(TableError, match="is no name of a place"):
        tables.load("areas", tmp_path)


def test_no_script_of_the_book_makes_markup_or_handlers_of_data():
    scripts = {path.name: path.read_text(encoding="utf-8") for path in (paths.BOOK / "_static").glob("*.js")}
    assert len(scripts) >= 6
    markup = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
        r"|setAttribute\(\s*[\"'`]on|setTimeout\(\s*[\"'`]"
    )
    assert {name: found for name, text in scripts.items() if (found := markup.findall(text))} == {}
    handlers = re.compile(r"<[^<>]*\son[a-z]+\s*=", re.IGNORECASE)
    pages = [*paths.BOOK.rglob("*.md"), *(paths.ROOT / "src").rglob("*.py")]
    assert [path.name for path in pages if handlers.search(path.read_text(encoding="utf-8"))] == []
