"""Names of API operations: boto3's name to the IAM action that allows it (catalogue, section 7)."""

from typing import Final

# IAM's service prefix where it is not boto3's name of the service.
PREFIXES: Final = {
    "accessanalyzer": "access-analyzer",
    "apigatewayv2": "apigateway",
    "elbv2": "elasticloadbalancing",
    "resourcegroupstaggingapi": "tag",
    "service-quotas": "servicequotas",
}

# Actions that are not the operation's own name.
ACTIONS: Final = {
    ("apigateway", "get_rest_apis"): "apigateway:GET",
    ("apigatewayv2", "get_apis"): "apigateway:GET",
    ("budgets", "describe_budgets"): "budgets:ViewBudget",
    ("budgets", "create_budget"): "budgets:ModifyBudget",
    ("budgets", "delete_budget"): "budgets:ModifyBudget",
    ("s3", "list_buckets"): "s3:ListAllMyBuckets",
}

# Operations that AWS spells with capitals where boto3's name has a plain word.
SPELLINGS: Final = {
    ("elbv2", "describe_ssl_policies"): "DescribeSSLPolicies",
    ("iam", "add_client_id_to_open_id_connect_provider"): "AddClientIDToOpenIDConnectProvider",
    ("iam", "create_open_id_connect_provider"): "CreateOpenIDConnectProvider",
    ("iam", "delete_open_id_connect_provider"): "DeleteOpenIDConnectProvider",
    ("iam", "get_open_id_connect_provider"): "GetOpenIDConnectProvider",
    ("iam", "list_mfa_devices"): "ListMFADevices",
    ("iam", "list_open_id_connect_providers"): "ListOpenIDConnectProviders",
    ("iam", "remove_client_id_from_open_id_connect_provider"): "RemoveClientIDFromOpenIDConnectProvider",
    ("route53", "test_dns_answer"): "TestDNSAnswer",
    ("wafv2", "associate_web_acl"): "AssociateWebACL",
    ("wafv2", "create_web_acl"): "CreateWebACL",
    ("wafv2", "delete_web_acl"): "DeleteWebACL",
    ("wafv2", "disassociate_web_acl"): "DisassociateWebACL",
    ("wafv2", "get_web_acl"): "GetWebACL",
    ("wafv2", "get_web_acl_for_resource"): "GetWebACLForResource",
    ("wafv2", "list_web_acls"): "ListWebACLs",
}


def api_name(service: str, operation: str) -> str:
    """``describe_services`` is ``DescribeServices`` on the wire."""
    spelled = SPELLINGS.get((service, operation))
    return spelled or "".join(word[:1].upper() + word[1:] for word in operation.split("_"))


def iam_action(service: str, operation: str) -> str:
    """The action that a policy must allow for this call: ``elbv2.describe_rules`` needs
    ``elasticloadbalancing:DescribeRules``."""
    action = ACTIONS.get((service, operation))
    return action or f"{PREFIXES.get(service, service)}:{api_name(service, operation)}"
