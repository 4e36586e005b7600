"""YAML with positions: values, places and limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.catalogue import loader, site_file
from runbook_tui.catalogue.findings import Findings
from runbook_tui.catalogue.nodes import Node, Pairs, Scalar, locate, plain
from runbook_tui.catalogue.positions import LARGEST_FILE, parse, read_text
from tests.support.check_ids import CHECK_IDS


def read(text: str) -> tuple[Node | None, list[str]]:
    findings = Findings("file.yaml")
    return parse(text, findings), [str(one) for one in findings.all]


def test_every_key_and_value_knows_its_place() -> None:
    """Lines and columns count from 1, for keys, values and items of lists."""
    root, found = read("a: one\nb:\n  - x\n  - {c: y}\n")
    assert found == []
    assert isinstance(root, Pairs)
    assert [key.place for key, _ in root.pairs] == [(1, 1), (2, 1)]
    assert locate(root, ("a",)) == (1, 4)
    assert locate(root, ("b", "0")) == (3, 5)
    assert locate(root, ("b", "1", "c")) == (4, 9)


def test_the_nearest_thing_stands_for_what_is_missing() -> None:
    """A path that ends in nothing is located at the last part that exists."""
    root, _ = read("a:\n  b: 1\n")
    assert locate(root, ("a", "z", "y")) == (1, 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x", "x"),
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("1e-165", 1e-165),
        ("1e999", "1e999"),
        ("true", True),
        ("null", None),
        ("~", None),
        ("''", ""),
        ("'12'", "12"),
        ("off", "off"),
        ("Yes", "Yes"),
        ("2026-11-23", "2026-11-23"),
        ("1:30", "1:30"),
        ("0x1F", "0x1F"),
        ("9" * 400, "9" * 400),
        ("!!str 12", "12"),
        ("! 12", "12"),
        ("!!int 12", 12),
    ],
)
def test_words_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    """No octal, date, sexagesimal or yes/no surprise: what is not plainly a number stays a text."""
    root, found = read(f"key: {text}\n")
    assert found == []
    assert plain(root) == {"key": value}


@pytest.mark.parametrize("text", ["\ufeffa: 1\n", "a: 1\r\nb: 2\r\n"])
def test_byte_order_mark_and_windows_line_ends_are_read(text: str) -> None:
    """Files of other systems keep their columns."""
    root, found = read(text)
    assert found == []
    assert locate(root, ("a",)) == (1, 4)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("a: 1\nb: 2\na: 3\n", 'file.yaml:3:1: "a" stands twice (first in line 1); keep one of them'),
        ("a:\n\t- b\n", "file.yaml:2:1: not YAML: found character that cannot start any token; indent with spaces"),
        ("a: b: c\n", "file.yaml:1:5: not YAML: mapping values are not allowed in this context; put a text"),
        ("a: 'open\n", "not YAML: found unexpected end of stream; close the quote or bracket"),
        ("a: 1\n---\nb: 2\n", "file.yaml:2:1: a second document begins here; keep one document a file"),
        ("a: !!python/object:os.system x\n", "file.yaml:1:4: the tag"),
        ("a: !!timestamp 2026-01-01\n", "is not allowed; take the tag away"),
        ("a: !!int x\n", 'file.yaml:1:4: "x" is no int'),
        ("a: !!set {b}\n", "is not allowed"),
        ("a: !!seq {b: 1}\n", "the tag !!seq does not fit here"),
        ("? [a]\n: b\n", "file.yaml:1:3: a key must be a plain text"),
        ("a: *b\n", "file.yaml:1:4: an alias of what is not complete here"),
        ("a: &a [*a]\n", "file.yaml:1:8: an alias of what is not complete here"),
        ("x: &x {a: 1}\ny:\n  <<: *x\n", "file.yaml:3:3: merge keys (<<) are not read"),
        ("a: \x07\n", "file.yaml:1:1: not YAML: control characters are not allowed"),
        ("a: \ud800\n", "file.yaml:1:1: is not UTF-8 text"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(text: str, finding: str) -> None:
    """Each mistake names line, column and what to do."""
    _, found = read(text)
    assert len(found) == 1
    assert finding in found[0]


def test_all_duplicate_keys_are_found_at_once() -> None:
    """A second mistake is not hidden behind the first."""
    _, found = read("a: 1\na: 2\nb: {c: 1, c: 2}\n")
    assert [one.split(":")[1] for one in found] == ["2", "3"]


def test_a_file_may_not_be_larger_than_256_kilobytes() -> None:
    """The limit counts bytes, not characters."""
    assert read("# " + "ä" * (LARGEST_FILE // 2))[1] == [
        "file.yaml:1:1: the file is larger than 256 kB; split it, or take out what is not needed"
    ]


def test_depth_is_limited_without_recursion() -> None:
    """A hundred thousand open brackets end at the twenty-first, not in a crash."""
    assert read("[" * 100_000)[1] == ["file.yaml:1:21: nested deeper than 20 levels; flatten it"]


def test_aliases_are_limited_in_number() -> None:
    """The twenty-first alias is one too many."""
    assert "more than 20 aliases" in read("a: &a 1\nb: [" + "*a," * 21 + "]\n")[1][0]


def test_aliases_cannot_multiply_into_millions() -> None:
    """Twenty aliases of aliases count as often as they stand."""
    bomb = "a: &a [" + "x," * 2000 + "]\n"
    for one, other in zip("abcde", "bcdef", strict=True):
        bomb += f"{other}: &{other} [*{one}, *{one}, *{one}, *{one}]\n"
    assert "more than 50000 values" in read(bomb)[1][0]


def test_an_alias_gives_the_value_of_its_anchor() -> None:
    """Aliases within the limits are ordinary YAML."""
    assert plain(read("a: &a [1, 2]\nb: *a\n")[0]) == {"a": [1, 2], "b": [1, 2]}


def test_files_that_are_no_text_are_said_to_be(tmp_path: pytest.TempPathFactory) -> None:
    """UTF-16, a folder and a missing file are findings, not exceptions."""
    from pathlib import Path

    folder = Path(str(tmp_path))
    (folder / "wide.yaml").write_bytes("a: ä\n".encode("utf-16"))
    for name in ("wide.yaml", ".", "missing.yaml"):
        findings = Findings(name)
        assert read_text(folder / name, findings) is None
        assert len(findings.errors) == 1


def test_a_finding_is_one_line_whatever_it_quotes() -> None:
    """Control characters of the file never reach the terminal."""
    findings = Findings("a\x1bb.yaml")
    findings.add((1, 1), "what\n\x1b[31m", "remedy\r")
    assert "\x1b" not in str(findings.all[0])
    assert "\n" not in str(findings.all[0])


_YAMLISH = st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"#,?% \n\t0~<\\\ufeff\x00é"), max_size=60)


@given(st.one_of(st.text(max_size=80), _YAMLISH))
def test_no_text_makes_the_loaders_do_more_than_find(text: str) -> None:
    """Whatever the file holds, there is a value or a finding, never another exception."""
    runbook, found = loader.inspect(text, "x", CHECK_IDS)
    assert (runbook is None) == any(one.severity == "error" for one in found)
    site, said = site_file.inspect(text, "x")
    assert (site is None) == any(one.severity == "error" for one in said)


_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ("id", "steps", "title", "ask", "options", "go", "wait", "until", "site", "aws", "net", "environments")
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@given(_VALUES)
def test_known_keys_with_any_values_are_only_findings(value: object) -> None:
    """Right keys with values of the wrong kind never reach the typed objects."""
    import json

    text = json.dumps(value)
    runbook, found = loader.inspect(text, "x", CHECK_IDS)
    assert (runbook is None) == any(one.severity == "error" for one in found)
    site, said = site_file.inspect(text, "x")
    assert (site is None) == any(one.severity == "error" for one in said)


def test_scalars_keep_whether_they_were_quoted() -> None:
    """The loader needs it to tell an account id from a number."""
    root, _ = read("a: '1'\nb: 1\nc: |\n  1\n")
    assert isinstance(root, Pairs)
    assert [value.quoted for _, value in root.pairs if isinstance(value, Scalar)] == [True, False, True]
