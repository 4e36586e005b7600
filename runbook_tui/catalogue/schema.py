"""JSON Schemas (2020-12) of the runbook file, the site file and the waivers, for editors and other programs."""

from typing import Any, Final

from runbook_tui.catalogue.runbook_shape import RUNBOOK

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def runbook_schema() -> dict[str, Any]:
    return {"$schema": _DIALECT, "title": "Runbook of runbook-tui", **RUNBOOK.schema()}


def waivers_schema() -> dict[str, Any]:
    from runbook_tui.catalogue.waiver_shape import WAIVERS

    return {"$schema": _DIALECT, "title": "Waivers of runbook-tui", **WAIVERS.schema()}


def site_schema() -> dict[str, Any]:
    from runbook_tui.catalogue.site_shape import site_shape

    return {"$schema": _DIALECT, "title": "Site file of runbook-tui", **site_shape().schema()}
