"""Everything of the network that a drill may touch: what ``network_look`` sees, and the network ACLs of the subnets."""

from typing import Any

from tests.support.network_look import look as network


def look(ec2: Any) -> Any:
    """The ids of associations change at every replacement: which subnet stands behind which ACL does not."""
    acls = ec2.describe_network_acls()["NetworkAcls"]
    behind = {one["SubnetId"]: acl["NetworkAclId"] for acl in acls for one in acl["Associations"]}
    rules = {acl["NetworkAclId"]: sorted(map(str, acl["Entries"])) for acl in acls}
    tags = {acl["NetworkAclId"]: acl.get("Tags", []) for acl in acls}
    marked = sorted(f"{one['ResourceId']} {one['Key']}" for one in ec2.describe_tags()["Tags"])
    return {"network": network(ec2), "behind": behind, "rules": rules, "tags": tags, "marked": marked}
