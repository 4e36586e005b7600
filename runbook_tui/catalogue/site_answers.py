"""Answers to single keys of the site: from what was typed to a value, into the nested values, and judged."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, Struct

from runbook_tui.catalogue.findings import Findings
from runbook_tui.catalogue.positions import parse
from runbook_tui.catalogue.shapes import Many, Maybe, Record, Table, Text
from runbook_tui.catalogue.site_file import complete
from runbook_tui.catalogue.site_shape import all_keys, shape_of
from runbook_tui.catalogue.suggest import did_you_mean
from runbook_tui.core import site_rules
from runbook_tui.core.limits import looks_secret, shown
from runbook_tui.core.problems import UsageProblem
from runbook_tui.core.site import Site
from runbook_tui.core.site_values import keys_of, values

Values = Mapping[str, Any]


def parse_answer(key: str, text: str) -> Any:
    """The value that a typed text means for a key: lists by commas, the rest as in the file. UsageProblem if none."""
    shape = _shape(key)
    if looks_secret(text):
        raise UsageProblem(f"{key}: this looks like a secret", "the site file holds none: keep it in Secrets Manager")
    text = text.strip()
    if isinstance(shape, Maybe):
        if text in ("", "null"):
            return None
        shape = shape.shape
    if isinstance(shape, Text):
        return text
    if isinstance(shape, Many) and isinstance(shape.item, Text) and not text.startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    return _as_yaml(key, shape, text)


def answer_text(value: Any) -> str:
    """A value as it would be typed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        if any(isinstance(item, Struct) for item in value):
            return f"[{', '.join(_flow(item) for item in value)}]"
        return ", ".join(map(answer_text, value))
    return _flow(value) if isinstance(value, Mapping) else str(value)


def put(given: Values, key: str, value: Any) -> dict[str, Any]:
    """The nested values with one more answer; what was there is not changed."""
    name, _, rest = key.partition(".")
    inner = given.get(name, {})
    return {**given, name: put(inner, rest, value) if rest else value}


def value_at(site: Site, key: str) -> Any:
    """KeyError when the site has no such key."""
    found: Any = site
    for name in key.split("."):
        found = found[name] if isinstance(found, Mapping) else getattr(found, keys_of(type(found))[name])
    return found


def judge(given: Values, key: str) -> str:
    """Why the answer to ``key`` is not allowed, with the remedy; an empty text when it is."""
    site = complete(given)
    waiting = [one for one in site_rules.placeholders(site) if one[0] == key or one[0].startswith(f"{key}.")]
    for _, what, remedy in (*waiting, *site_rules.problems_of(site, key)):
        return f"{what}; {remedy}"
    return ""


def judge_all(given: Values) -> Site:
    """The complete site. UsageProblem names every key that is not allowed yet."""
    wrong = all_wrong(given)
    if wrong:
        told = "\n".join(f"{key}: {what}" for key, what, _ in wrong)
        raise UsageProblem(told, f"{wrong[0][2]} (--set {wrong[0][0]}=…)")
    return complete(given)


def all_wrong(given: Values) -> list[tuple[str, str, str]]:
    """(key, what, remedy) of every answer that is not allowed or still missing."""
    site = complete(given)
    wrong = [*site_rules.placeholders(site), *site_rules.problems(site)]
    if site.mode == "real" and not site.domain.zone:
        wrong.append(("domain.zone", "a real site needs its DNS zone", "give the zone, such as asharvi.in"))
    return wrong


def askable(key: str) -> str:
    """The key of the file that a place in a list belongs to: ``net.private_subnets.1`` is asked as a list."""
    while True:
        try:
            shape_of(key)
        except KeyError:
            key = key.rpartition(".")[0]
        else:
            return key


def known_values(site: Site) -> dict[str, Any]:
    """Every value by its dotted key, without the single items of lists."""
    return {one.key: one.value for one in values(site) if not one.rule.endswith("[]")}


def _shape(key: str) -> Any:
    try:
        shape = shape_of(key)
    except KeyError:
        raise UsageProblem(
            f"the site has no key {shown(key)}", did_you_mean(key, all_keys()) or "runbook-tui schema site shows all"
        ) from None
    if isinstance(shape, Record):
        example = next(name for name in all_keys() if name.startswith(f"{key}."))
        raise UsageProblem(f"{key} is a section, not a value", f"name a key in it, such as {example}")
    return shape


def _as_yaml(key: str, shape: Any, text: str) -> Any:
    findings = Findings(key)
    if isinstance(shape, Table) and not text.startswith("{"):
        text = f"{{{text}}}"  # staging: a, prod: b
    node = parse(text, findings)
    value = shape.read(node, findings) if node is not None else UNSET
    if findings.errors or value is UNSET:
        first = next(iter(findings.errors), None)
        raise UsageProblem(f"{key}: {first.what if first else 'is empty'}", first.remedy if first else "give a value")
    return list(value) if isinstance(value, tuple) else value


def _flow(value: Any) -> str:
    pairs = (
        {key: getattr(value, name) for key, name in keys_of(type(value)).items()}
        if isinstance(value, Struct)
        else value
    )
    return f"{{{', '.join(f'{key}: {answer_text(inner)}' for key, inner in pairs.items() if inner is not None)}}}"
