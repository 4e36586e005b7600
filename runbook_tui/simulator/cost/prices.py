"""Prices in Asia Pacific (Mumbai), in USD, rounded. Source: AWS's public price pages of each service, Linux/x86."""

from typing import Final

from msgspec import Struct

HOURS_A_MONTH: Final = 730.0  # as AWS's own calculator counts


class Price(Struct, frozen=True, kw_only=True):
    """``usage`` is the bill's usage type (APS3 stands for Mumbai); ``usd`` is for one ``unit``."""

    service: str
    usage: str
    unit: str
    usd: float


_ECS: Final = "Amazon Elastic Container Service"
_ELB: Final = "Amazon Elastic Load Balancing"
_VPC: Final = "Amazon Virtual Private Cloud"
_EC2: Final = "EC2 - Other"
_CLOUDWATCH: Final = "AmazonCloudWatch"

VCPU = Price(service=_ECS, usage="APS3-Fargate-vCPU-Hours:perCPU", unit="Hrs", usd=0.04256)
MEMORY = Price(service=_ECS, usage="APS3-Fargate-GB-Hours", unit="Hrs", usd=0.004655)
BALANCER = Price(service=_ELB, usage="APS3-LoadBalancerUsage", unit="Hrs", usd=0.0239)
CAPACITY = Price(service=_ELB, usage="APS3-LCUUsage", unit="LCU-Hrs", usd=0.008)
NAT = Price(service=_EC2, usage="APS3-NatGateway-Hours", unit="Hrs", usd=0.056)
NAT_TRAFFIC = Price(service=_EC2, usage="APS3-NatGateway-Bytes", unit="GB", usd=0.056)
ADDRESS = Price(service=_VPC, usage="APS3-PublicIPv4:InUseAddress", unit="Hrs", usd=0.005)
ENDPOINT = Price(service=_VPC, usage="APS3-VpcEndpoint-Hours", unit="Hrs", usd=0.013)
ENDPOINT_TRAFFIC = Price(service=_VPC, usage="APS3-VpcEndpoint-Bytes", unit="GB", usd=0.01)
IMAGES = Price(service="Amazon EC2 Container Registry (ECR)", usage="APS3-TimedStorage-ByteHrs", unit="GB-Mo", usd=0.10)
SECRET = Price(service="AWS Secrets Manager", usage="APS3-AWSSecretsManager-Secrets", unit="Secrets", usd=0.40)
ALARM = Price(service=_CLOUDWATCH, usage="APS3-CW:AlarmMonitorUsage", unit="Alarms", usd=0.10)
LOGS = Price(service=_CLOUDWATCH, usage="APS3-DataProcessing-Bytes", unit="GB", usd=0.67)
INSIGHTS = Price(service=_CLOUDWATCH, usage="APS3-CW:MetricMonitorUsage", unit="Metrics", usd=0.30)
ZONE = Price(service="Amazon Route 53", usage="HostedZone", unit="HostedZones", usd=0.50)
SITE_TRAFFIC = Price(service="Amazon CloudFront", usage="IN-DataTransfer-Out-Bytes", unit="GB", usd=0.109)
SITE_CALLS = Price(service="AWS Lambda", usage="APS3-Lambda-GB-Second", unit="Seconds", usd=0.0000166667)
SITE_FILES = Price(service="Amazon Simple Storage Service", usage="APS3-TimedStorage-ByteHrs", unit="GB-Mo", usd=0.025)
