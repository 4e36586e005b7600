"""The tags of what is created."""

from runbook_tui.core.site import Environment, Site


def tags_of(site: Site, env: Environment | None) -> dict[str, str]:
    """By key; without an environment for what all environments share. A key that the site requires and nobody knows a
    value for is not among them."""
    key, _, value = site.cost.tag.partition("=")
    own = {"Project": site.site.name, "Component": "backend", "Environment": env.name if env else "shared"}
    return {**own, key: value} if key and value else own


def listed(tags: dict[str, str], *, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """As most services take them; ECS spells ``key`` and ``value`` small."""
    return [{key: name, value: text} for name, text in tags.items()]
