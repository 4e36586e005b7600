"""Names of operations against botocore's own."""

import pytest
from botocore.session import Session

from runbook_tui.aws.operations import ACTIONS, PREFIXES, SPELLINGS, api_name, iam_action

# Every read of the catalogue, service by service.
READS = {
    "accessanalyzer": "check_access_not_granted validate_policy",
    "account": "get_region_opt_status",
    "acm": "describe_certificate list_certificates",
    "apigateway": "get_rest_apis",
    "apigatewayv2": "get_apis",
    "application-autoscaling": "describe_scalable_targets describe_scaling_activities describe_scaling_policies",
    "budgets": "describe_budgets",
    "ce": "get_anomalies get_anomaly_monitors get_cost_and_usage list_cost_allocation_tags",
    "cloudfront": "list_distributions",
    "cloudtrail": "describe_trails get_event_selectors get_trail_status lookup_events",
    "cloudwatch": "describe_alarm_history describe_alarms get_dashboard get_metric_data list_metrics",
    "codepipeline": "get_pipeline get_pipeline_state list_pipeline_executions",
    "dynamodb": "describe_continuous_backups describe_table list_tables",
    "ec2": "describe_availability_zones describe_internet_gateways describe_managed_prefix_lists describe_nat_gateways "
    "describe_network_acls describe_network_interfaces describe_route_tables describe_security_group_rules "
    "describe_security_groups describe_subnets describe_vpc_attribute describe_vpc_endpoints describe_vpcs "
    "describe_vpc_peering_connections replace_network_acl_association",
    "ecr": "batch_get_image describe_image_scan_findings describe_images describe_repositories "
    "get_download_url_for_layer get_lifecycle_policy get_registry_scanning_configuration get_repository_policy",
    "ecs": "describe_clusters describe_service_deployments describe_service_revisions describe_services "
    "describe_task_definition describe_tasks list_service_deployments list_task_definitions list_tasks",
    "elbv2": "describe_listener_certificates describe_listeners describe_load_balancer_attributes "
    "describe_load_balancers describe_rules describe_ssl_policies describe_target_group_attributes "
    "describe_target_groups describe_target_health",
    "events": "list_rules list_targets_by_rule",
    "iam": "get_account_authorization_details get_account_password_policy get_open_id_connect_provider get_role "
    "list_mfa_devices list_open_id_connect_providers simulate_principal_policy create_open_id_connect_provider",
    "kms": "describe_key",
    "lambda": "list_functions",
    "logs": "describe_log_groups describe_log_streams describe_metric_filters filter_log_events get_query_results",
    "resourcegroupstaggingapi": "get_resources",
    "route53": "get_hosted_zone list_hosted_zones_by_name list_resource_record_sets test_dns_answer",
    "s3": "list_buckets",
    "secretsmanager": "describe_secret get_resource_policy get_secret_value list_secret_version_ids",
    "service-quotas": "get_service_quota",
    "sns": "get_topic_attributes list_subscriptions_by_topic list_topics",
    "ssm": "describe_parameters get_parameters_by_path",
    "sts": "get_caller_identity",
    "wafv2": "get_web_acl_for_resource associate_web_acl",
    "xray": "get_trace_summaries",
}


@pytest.mark.parametrize("service", READS)
def test_names_are_those_of_the_service_model(service: str) -> None:
    """Each operation's name is spelled as botocore's model of the service spells it, capitals included."""
    known = set(Session().get_service_model(service).operation_names)
    assert {api_name(service, operation) for operation in READS[service].split()} <= known


@pytest.mark.parametrize(
    ("service", "operation", "action"),
    [
        ("ecs", "describe_services", "ecs:DescribeServices"),
        ("elbv2", "describe_ssl_policies", "elasticloadbalancing:DescribeSSLPolicies"),
        ("s3", "list_buckets", "s3:ListAllMyBuckets"),
        ("apigateway", "get_rest_apis", "apigateway:GET"),
        ("apigatewayv2", "get_apis", "apigateway:GET"),
        ("resourcegroupstaggingapi", "get_resources", "tag:GetResources"),
        ("budgets", "describe_budgets", "budgets:ViewBudget"),
        ("service-quotas", "get_service_quota", "servicequotas:GetServiceQuota"),
        ("accessanalyzer", "validate_policy", "access-analyzer:ValidatePolicy"),
        ("iam", "list_mfa_devices", "iam:ListMFADevices"),
        ("lambda", "list_functions", "lambda:ListFunctions"),
    ],
)
def test_the_action_that_allows_a_call(service: str, operation: str, action: str) -> None:
    """The IAM action is the service's prefix and the operation, but for the known exceptions."""
    assert iam_action(service, operation) == action


def test_no_exception_is_forgotten_in_the_tables() -> None:
    """Every service and operation that a table names is one that botocore knows."""
    services = set(Session().get_available_services())
    assert {*PREFIXES, *(service for service, _ in (*ACTIONS, *SPELLINGS))} <= services
