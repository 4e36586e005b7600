"""WAF: a resource has one web ACL, and an ACL that something has is not deleted."""

from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World


@overlay("wafv2", "AssociateWebACL")
def associate_web_acl(world: World, parameters: Parameters) -> Reply:
    """It takes the place of the one before; moto lets both stand."""
    resource, acls = parameters["ResourceArn"], world.backend("wafv2").wacls
    if parameters["WebACLArn"] not in acls or resource not in world.backend("elbv2").load_balancers:
        text = "AWS WAF couldn’t perform the operation because your resource doesn’t exist."
        raise Refused("WAFNonexistentItemException", text)
    for acl in acls.values():
        acl.associated_resources = [one for one in acl.associated_resources if one != resource]
    return None


@overlay("wafv2", "DeleteWebACL")
def delete_web_acl(world: World, parameters: Parameters) -> Reply:
    for acl in world.backend("wafv2").wacls.values():
        if (acl.name, acl.id) == (parameters["Name"], parameters["Id"]) and acl.associated_resources:
            text = "AWS WAF couldn’t perform the operation because your resource is being used by another resource."
            raise Refused("WAFAssociatedItemException", text)
    return None
