"""``runbook-tui schema``: JSON on standard output."""

import argparse
import json

import pytest

from runbook_tui.catalogue.schema import runbook_schema, site_schema, waivers_schema
from runbook_tui.cli import schema


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], runbook_schema()),
        (["runbook"], runbook_schema()),
        (["site"], site_schema()),
        (["waivers"], waivers_schema()),
    ],
)
def test_the_schema_is_printed(words: list[str], expected: object, capsys: pytest.CaptureFixture[str]) -> None:
    """The runbook's when nothing is named; the output is JSON and nothing else."""
    parser = argparse.ArgumentParser()
    schema.add(parser)
    assert schema.run(parser.parse_args(words)) == 0
    assert json.loads(capsys.readouterr().out) == expected
