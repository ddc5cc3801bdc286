"""w2vcore config."""

import json


def test_config(run):
    result = run("config")
    assert "instruction set" in result.stdout
    assert "numpy" in result.stdout


def test_config_as_json(run):
    assert {"w2vcore", "numpy", "instruction set"} <= json.loads(run("config", "--json").stdout).keys()


def test_bad_call(failure):
    assert "unexpected extra argument" in failure("config", "x", code=2)
