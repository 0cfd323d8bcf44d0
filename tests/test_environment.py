"""One environment, said three times: in pyproject.toml, requirements.lock, environment.yml."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib import metadata

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from helpers import paths

# Only for installing from the lock and for working on the package itself, which make sees to
NOT_FOR_CONDA = {
    *("uv", "hatchling", "editables"),
    *("ruff", "mypy", "types-pyyaml", "types-requests"),
}
# Programs and plugins: of use without an import
STARTED = {
    *("jupyterlab", "jupyter-book", "snakemake", "snakemake-executor-plugin-slurm"),
    "sphinx-mathjax-offline",
}
# Packages whose conda name differs from that on the package index: none at present
CONDA_NAMES: dict[str, str] = {}


def bounds(lines: list[str]) -> dict[str, SpecifierSet]:
    requirements = [Requirement(line) for line in lines]
    names = [CONDA_NAMES.get(r.name, canonicalize_name(r.name)) for r in requirements]
    assert len(set(names)) == len(names), "a package is named twice"
    return {n: r.specifier for n, r in zip(names, requirements, strict=True)}


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def declared(project) -> dict[str, SpecifierSet]:
    """Every requirement of the project, those of the tests included."""
    return bounds(project["dependencies"] + project["optional-dependencies"]["dev"])


@pytest.fixture(scope="module")
def lock() -> str:
    return (paths.ROOT / "requirements.lock").read_text(encoding="utf-8")


def locked(lock: str) -> dict[str, list[Version]]:
    """The versions of each package; a universal lock may hold several, for several systems."""
    versions: dict[str, list[Version]] = {}
    for line in lock.splitlines():
        if re.match(r"[A-Za-z0-9]", line):
            requirement = Requirement(line.removesuffix("\\").strip())
            (pin,) = requirement.specifier
            assert pin.operator == "==", line
            name = canonicalize_name(requirement.name)
            versions.setdefault(name, []).append(Version(pin.version))
    return versions


def test_every_requirement_has_a_lower_and_an_upper_bound(declared):
    for name, specifier in declared.items():
        assert {s.operator for s in specifier} == {">=", "<"}, name


def test_conda_has_the_same_packages_and_bounds(project, declared):
    text = (paths.ROOT / "environment.yml").read_text(encoding="utf-8")
    listed = yaml.safe_load(text)["dependencies"]
    (nested,) = [item["pip"] for item in listed if isinstance(item, dict)]
    assert "-e ." in nested, "the package itself"
    conda = bounds(
        [item for item in listed if isinstance(item, str)] + [item for item in nested if item != "-e ."]
    )
    assert conda.pop("python") == SpecifierSet(project["requires-python"])
    assert conda.pop("pip") == SpecifierSet()
    assert conda == {n: s for n, s in declared.items() if n not in NOT_FOR_CONDA}


def test_every_package_that_the_work_needs_is_imported_or_started(project):
    declared = set(bounds(project["dependencies"]))
    owners = metadata.packages_distributions()
    imported = {
        canonicalize_name(owner)
        for file in (paths.ROOT / "src" / "helpers").rglob("*.py")
        for module in imports(ast.parse(file.read_text(encoding="utf-8")))
        for owner in owners.get(module, [])
    }
    assert declared - imported == STARTED
    assert "urllib3" in imported, "the search finds what is imported inside functions"


def imports(tree: ast.Module) -> set[str]:
    """The top-level modules that a module imports, at its head or inside a function."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


def test_what_conda_leaves_out_is_declared(declared):
    assert set(declared) >= NOT_FOR_CONDA


def test_the_lock_satisfies_every_requirement(declared, lock):
    versions = locked(lock)
    for name, specifier in declared.items():
        assert versions.get(name), f"{name} is not locked: run `make lock`"
        for version in versions[name]:
            assert specifier.contains(version, prereleases=True), f"{name} {version}"


def test_every_entry_of_the_lock_has_a_hash_and_no_address(lock):
    entries = re.split(r"\n(?=[A-Za-z0-9])", lock)[1:]
    assert len(entries) > 100
    for entry in entries:
        assert "--hash=sha256:" in entry, entry.splitlines()[0]
    assert "://" not in lock
    assert not re.search(r"^\s*--(extra-)?index-url|^\s*--find-links", lock, flags=re.MULTILINE)


def test_the_lock_is_for_every_python_that_the_project_allows(project, lock):
    assert project["requires-python"] == ">=3.11"
    assert "--universal" in lock.split("\n\n")[0].split("accessible")[0]
    assert "--python-version 3.11" in lock
