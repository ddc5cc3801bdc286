# The few commands of work on w2vcore (https://just.systems; `pip install rust-just` brings it): `just` lists them, and
# `just test tests/unit/corpus` hands arguments on. docs/contributing.md says what they do in words.

python := ".venv/bin/python"

_list:
    @just --list --unsorted

# An environment in .venv, with the tools to build, all test packages, and the package from this clone
setup:
    python3 -m venv .venv
    .venv/bin/pip install --editable ".[test]"
    .venv/bin/pip install "setuptools>=77" "cython>=3.1" "numpy>=2" "scipy>=1.13"

# Compile in place what has changed
build:
    {{ python }} setup.py -q build_clib build_ext --inplace

# The fast tests, or those named, against this clone
test *arguments: build
    PYTHONPATH="$PWD" .venv/bin/pytest --deselect tests/unit/test_package.py::test_installed_package_is_tested {{ arguments }}

# The slow tests: real corpora, every size on the emulated GPU, what sdist and wheel hold
slow *arguments: build
    PYTHONPATH="$PWD" .venv/bin/pytest -m slow {{ arguments }}

# All linters, in an environment of their own
lint:
    bash .ci/lint

# These pages as a site in build/docs, and the imports as a picture in build/imports.svg
docs:
    .venv/bin/pip install --quiet ".[docs]"
    .venv/bin/sphinx-build -W --keep-going docs build/docs
    {{ python }} .ci/graph build/imports.svg

# Everything that a server runs, in a fresh environment
ci:
    bash .ci/run
