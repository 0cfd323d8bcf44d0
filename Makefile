# The menu. Every target is one call of the console command, which works without make as well.

PYTHON ?= python3
COMPENDIUM := .venv/bin/compendium
MIRROR ?=
mirror := $(if $(MIRROR),--mirror "$(MIRROR)")

# Another environment that happens to be active takes no part
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV CONDA_PREFIX PIP_USER PIP_TARGET PIP_PREFIX
# Without compiled files every process would compile all its imports: five seconds instead of one
unexport PYTHONDONTWRITEBYTECODE
# Nothing is kept outside .venv, and nothing is linked from elsewhere
export UV_NO_CACHE := 1
export UV_LINK_MODE := copy
export UV_PYTHON_DOWNLOADS := never

# An environment that does not answer, or answers from another copy of the repository (this one was
# moved or copied), counts as not installed
where := $(shell .venv/bin/python -c 'import os, helpers; print(os.path.realpath(helpers.__file__))' 2>/dev/null)
ifneq "$(where)" "$(shell pwd -P)/src/helpers/__init__.py"
$(shell rm -f .venv/.installed)
endif

.DELETE_ON_ERROR:
.PHONY: help book test lab notebooks data check review lock resolve everywhere torture bench slurm-test clean

help: ## this menu
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 12
	@echo
	@echo 'For another area:  .venv/bin/compendium book --area "North West" --out OUT'

book: .venv/.installed ## bring the book up to date: _build/html/index.html
	@$(COMPENDIUM) book

test: .venv/.installed ## run every test, and compare the committed notebooks with a fresh run
	@$(COMPENDIUM) test

review: .venv/.installed ## rebuild, rerun and compare everything, as a reviewer would (MIRROR=folder)
	@$(COMPENDIUM) review $(mirror)

lab: .venv/.installed ## open JupyterLab on the notebooks
	@$(COMPENDIUM) lab

notebooks: .venv/.installed ## execute the committed notebooks in place, with their defaults
	@$(COMPENDIUM) notebooks

data: .venv/.installed ## build data/tables from the raw files and check them (MIRROR=folder)
	@$(COMPENDIUM) data build $(mirror) && $(COMPENDIUM) data check $(mirror)

check: .venv/.installed ## lint, format and types
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy

lock: .venv/.installed ## solve the environment anew from pyproject.toml
	@.venv/bin/uv pip compile --quiet --upgrade --universal --generate-hashes \
	    --no-emit-index-url --python-version 3.11 --extra dev pyproject.toml -o requirements.lock

everywhere: .venv/.installed ## books of all forums and regions, every page visited; resumes; its log is committed
	@.venv/bin/python benchmarks/everywhere.py

torture: .venv/.installed ## try thousands of faults on readers, parameters and runs (20 minutes)
	@$(COMPENDIUM) torture

resolve: .venv/.installed ## ask whether the lock installs on every Python that is supported
	@for version in 3.11 3.12 3.13 3.14; do \
	    .venv/bin/uv pip install --quiet --dry-run --target _build/resolve --python-version $$version \
	        --require-hashes -r requirements.lock || exit 1; echo "Python $$version: the lock installs"; done

bench: .venv/.installed ## time a full book, an unchanged one, and Snakemake alone
	@rm -rf _build && bash -c 'time $(COMPENDIUM) book && time $(COMPENDIUM) book && \
	    time .venv/bin/snakemake --cores all --quiet all'

slurm-test: .venv/.installed ## try a sweep on a SLURM of this machine (root, Debian): tests/slurm/log.txt
	@bash -o pipefail -c 'tests/slurm/try.sh | tee tests/slurm/log.txt'

clean: ## remove what was built; the environment and data/raw stay
	@rm -rf _build .snakemake

# Removed first, put back last: an installation that was interrupted is begun afresh
.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "This needs Python 3.11 or newer, and $(PYTHON) is not: make PYTHON=python3.12 book" >&2; exit 1; }
	@echo "Setting up .venv from requirements.lock"
	@test -e $@ || { rm -rf .venv && $(PYTHON) -m venv .venv; }
	@rm -f $@
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check "$$(grep -o '^uv==[^ ]*' requirements.lock)"
	@.venv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
	@.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
	@touch $@
