import json
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import ExtrasProcessor, Loader
from botocore.model import ServiceModel
from msgspec import Raw

from runbook_tui.aws.models import Models
from tests.bench.services import services

KINDS = ("service-2", "paginators-1", "waiters-2", "endpoint-rule-set-1")


def lazy() -> Any:
    return Loader(file_loader=Models())


def undocumented(value: Any) -> Any:
    match value:
        case dict():
            return {
                key: "" if key == "documentation" and isinstance(item, str) else undocumented(item)
                for key, item in value.items()
            }
        case list():
            return [undocumented(item) for item in value]
    return value


def walked(shape: Any, seen: set[str]) -> Any:
    """Everything that botocore knows of a shape and of the shapes below it; those in ``seen`` by name alone."""
    if shape is None or shape.name in seen:
        return shape and shape.name
    seen.add(shape.name)
    below = [(name, walked(member, seen)) for name, member in getattr(shape, "members", {}).items()]
    below += [(part, walked(getattr(shape, part), seen)) for part in ("member", "key", "value") if hasattr(shape, part)]
    return shape.name, shape.type_name, shape.serialization, shape.metadata, below


def model_file(folder: Path, model: dict[str, Any]) -> str:
    path = folder / "service-2"
    path.with_suffix(".json").write_text(json.dumps(model))
    return str(path)


@pytest.mark.parametrize("service", services())
@pytest.mark.slow
def test_files_say_the_same(service: str) -> None:
    """Every file about a service says what stock botocore reads in it, but for its documentation."""
    stock, ours = Loader(), lazy()
    for kind in KINDS:
        if service in stock.list_available_services(kind):
            assert ours.load_service_model(service, kind) == undocumented(stock.load_service_model(service, kind))


@pytest.mark.parametrize("service", services())
@pytest.mark.slow
def test_operations_are_the_same(service: str) -> None:
    """Every operation takes and gives the same shapes, down to the last member."""
    stock = ServiceModel(Loader().load_service_model(service, "service-2"))
    ours = ServiceModel(lazy().load_service_model(service, "service-2"))
    assert ours.operation_names == stock.operation_names
    for name in stock.operation_names:
        one, other = ours.operation_model(name), stock.operation_model(name)
        assert one.http == other.http
        assert [shape.name for shape in one.error_shapes] == [shape.name for shape in other.error_shapes]
        for side in ("input_shape", "output_shape"):
            assert walked(getattr(one, side), set()) == walked(getattr(other, side), set())
    assert [shape.name for shape in ours.error_shapes] == [shape.name for shape in stock.error_shapes]


@pytest.mark.parametrize("name", ["endpoints", "partitions", "sdk-default-configuration", "_retry"])
def test_files_of_no_service(name: str) -> None:
    """Where endpoints are, and which defaults hold, is read as stock botocore reads it."""
    assert lazy().load_data(name) == undocumented(Loader().load_data(name))


def test_nothing_is_decoded_early(tmp_path: Path) -> None:
    """An entry that nobody asks for stays the text that it was; one that was asked for is decoded once."""
    path = model_file(tmp_path, {"shapes": {"A": {"type": "string"}, "B": {"type": "blob"}}})
    shapes = Models().load_file(path)["shapes"]
    assert shapes["A"] is shapes["A"]
    assert isinstance(dict.__getitem__(shapes, "B"), Raw)


def test_entries_behave_like_a_dict(tmp_path: Path) -> None:
    """Names, lookups, defaults and copies of entries never show what is not decoded."""
    plain = {"A": {"type": "string"}, "B": {"type": "blob"}}
    for used in (dict, lambda entries: dict(entries.items()), lambda entries: {**entries}):
        assert used(Models().load_file(model_file(tmp_path, {"shapes": plain}))["shapes"]) == plain
    shapes = Models().load_file(model_file(tmp_path, {"shapes": plain}))["shapes"]
    assert list(shapes) == ["A", "B"]
    assert list(shapes.values()) == list(plain.values())
    assert shapes.get("A") == plain["A"]
    assert shapes.get("C", 7) == 7
    with pytest.raises(KeyError):
        shapes["C"]


def test_extras_are_merged(tmp_path: Path) -> None:
    """What botocore adds to a model joins the entries that are there; it does not take their place."""
    model = Models().load_file(model_file(tmp_path, {"shapes": {"A": {"type": "structure", "members": {"one": 1}}}}))
    extra = {"merge": {"shapes": {"A": {"members": {"two": 2}}, "B": {"type": "blob"}}}}
    ExtrasProcessor().process(model, [extra])
    assert model["shapes"]["A"] == {"type": "structure", "members": {"one": 1, "two": 2}}
    assert model["shapes"]["B"] == {"type": "blob"}


@pytest.mark.parametrize("backslashes", range(7))
@pytest.mark.parametrize("after", ["", '"', '","documentation":"x', '",\n'])
def test_documentation_alone_is_dropped(tmp_path: Path, backslashes: int, after: str) -> None:
    """Texts of documentation go, whatever they hold; a member of that name stays."""
    text = f'"documentation":"a quote" {backslashes * chr(92)}{after}'
    members = {"documentation": {"shape": "Text", "documentation": text}, "last": {"shape": "Text"}}
    shape = {"type": "structure", "documentation": text, "members": members, "pattern": '"documentation":"x"'}
    path = model_file(tmp_path, {"shapes": {"A": shape}, "documentation": text})
    assert Models().load_file(path) == undocumented({"shapes": {"A": shape}, "documentation": text})


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is none, so that botocore looks in its next folder."""
    assert Models().load_file(str(tmp_path / "service-2")) is None
