# Everything a contributor needs; `make help` lists it. The first target makes .venv, which takes a few minutes.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

# The corpus of real filings, where it lies beside the checkout; tests that need it are skipped by name without it.
FILINGS_CORPUS ?= $(if $(wildcard ../shared/edgar),$(abspath ../shared))
export FILINGS_CORPUS

.DEFAULT_GOAL := help
.PHONY: help run test check soak edgar golden golden-update docs bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

run: $(INSTALLED) ## ingest examples/ into warehouse/
	$(BIN)/python flows/ingest.py examples --warehouse warehouse

# People's tools are still on DuckDB 1.5: tests open our snapshots with it too, from a folder beside the packages.
DUCKDB15 := .venv/duckdb-1.5
$(DUCKDB15)/.installed: $(INSTALLED)
	$(BIN)/pip install --quiet --disable-pip-version-check --target $(DUCKDB15) duckdb==1.5.6
	@touch $@

test: $(INSTALLED) $(DUCKDB15)/.installed ## all tests but the long ones; minutes
	FILINGS_DUCKDB15=$(abspath $(DUCKDB15)) $(BIN)/python -m pytest -n auto --dist worksteal

check: $(INSTALLED) ## style, types, and which room imports which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports

soak: $(INSTALLED) ## the long tests: kills, rates, sizes; hours
	$(BIN)/python -m pytest -m soak -s

edgar: $(INSTALLED) ## a small EDGAR on this machine, without internet; prints what to type: make edgar ARGS='--days 5'
	cd tests && $(abspath $(BIN))/python -m edgar --folder ../examples $(ARGS)

golden: $(INSTALLED) ## the golden filings alone
	$(BIN)/python -m pytest -n auto tests/test_golden.py

golden-update: $(INSTALLED) ## write what is read now as what is expected: make golden-update CASE=group/case
	$(BIN)/python tests/golden_update.py $(CASE)

docs: $(INSTALLED) ## write the reference pages again: dictionary, codes, commands
	$(BIN)/python docs/generate.py

bench: $(INSTALLED) ## compare speeds in one run
	$(BIN)/python bench

clean: ## remove .venv, caches and what was built; never a warehouse
	rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src flows tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
