"""Which changes moto may carry out: no other change is ever answered with a success.

moto takes many a change without anything following from it: a task set that runs no task, a command that nobody
executes. Here a change is carried out when it is an operation of our own, or when it stands in one of two tables.
FOLLOWED is what the simulated world reads back: health, tasks, routes, permissions. RECORDED is remembered and shown as
AWS would show it, and its effects lie outside of this world. Readings show what is kept.

An action, seed or test that needs another operation of moto's adds it here, to the table that tells the truth.
"""

from collections.abc import Mapping

from runbook_tui.simulator.trail_event import reads


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


FOLLOWED: Mapping[str, frozenset[str]] = {
    "acm": _names("AddTagsToCertificate ImportCertificate RemoveTagsFromCertificate"),
    "application-autoscaling": _names("DeleteScheduledAction"),
    "ec2": _names(
        """
        AcceptVpcPeeringConnection AllocateAddress AssociateRouteTable AttachInternetGateway
        AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateInternetGateway CreateManagedPrefixList
        CreateNatGateway CreateNetworkAclEntry CreateNetworkInterface CreateRoute CreateRouteTable
        CreateSecurityGroup CreateSubnet CreateTags CreateVpc CreateVpcEndpoint CreateVpcPeeringConnection
        DeleteInternetGateway DeleteManagedPrefixList DeleteNatGateway DeleteNetworkAcl DeleteNetworkAclEntry
        DeleteNetworkInterface DeleteRoute DeleteRouteTable DeleteSecurityGroup DeleteSubnet DeleteTags DeleteVpc
        DeleteVpcEndpoints DeleteVpcPeeringConnection DetachInternetGateway DisassociateRouteTable
        ModifyManagedPrefixList ModifyNetworkInterfaceAttribute ModifySecurityGroupRules ModifySubnetAttribute
        ModifyVpcAttribute RejectVpcPeeringConnection ReleaseAddress ReplaceNetworkAclAssociation
        ReplaceNetworkAclEntry ReplaceRoute ReplaceRouteTableAssociation RevokeSecurityGroupEgress
        RevokeSecurityGroupIngress UpdateSecurityGroupRuleDescriptionsEgress
        UpdateSecurityGroupRuleDescriptionsIngress
        """
    ),
    "ecr": _names(
        """
        BatchDeleteImage CreateRepository DeleteRepository PutImageScanningConfiguration PutImageTagMutability
        PutRegistryScanningConfiguration TagResource UntagResource
        """
    ),
    "ecs": _names(
        """
        CreateCluster DeleteTaskDefinitions DeregisterTaskDefinition TagResource UntagResource UpdateCluster
        """
    ),
    "elbv2": _names(
        """
        AddTags CreateRule DeleteListener DeleteTargetGroup DeregisterTargets ModifyLoadBalancerAttributes ModifyRule
        ModifyTargetGroup ModifyTargetGroupAttributes RegisterTargets RemoveTags SetRulePriorities SetSecurityGroups
        SetSubnets
        """
    ),
    "iam": _names(
        """
        AddUserToGroup AttachGroupPolicy AttachRolePolicy AttachUserPolicy CreateAccessKey CreateGroup
        CreateLoginProfile CreateOpenIDConnectProvider CreatePolicyVersion CreateRole CreateServiceLinkedRole
        CreateUser CreateVirtualMFADevice DeactivateMFADevice DeleteAccountPasswordPolicy DeleteGroup
        DeleteGroupPolicy DeleteLoginProfile DeleteOpenIDConnectProvider DeletePolicy DeletePolicyVersion
        DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DeleteServiceLinkedRole DeleteUser
        DeleteUserPolicy DeleteVirtualMFADevice DetachGroupPolicy DetachRolePolicy DetachUserPolicy
        EnableMFADevice PutRolePermissionsBoundary RemoveUserFromGroup SetDefaultPolicyVersion
        TagOpenIDConnectProvider TagPolicy TagRole TagUser UntagOpenIDConnectProvider UntagPolicy UntagRole
        UntagUser UpdateAccessKey UpdateAccountPasswordPolicy UpdateAssumeRolePolicy UpdateGroup
        UpdateLoginProfile UpdateOpenIDConnectProviderThumbprint UpdateRole UpdateRoleDescription UpdateUser
        """
    ),
    "kms": _names(
        """
        CreateAlias CreateKey Decrypt DeleteAlias Encrypt GenerateDataKey ScheduleKeyDeletion UpdateAlias
        """
    ),
    "logs": _names(
        """
        CreateLogStream DeleteLogStream DeleteRetentionPolicy PutRetentionPolicy TagLogGroup TagResource
        UntagLogGroup UntagResource
        """
    ),
    "route53": _names("ChangeTagsForResource CreateHostedZone DeleteHostedZone"),
    "s3": _names(
        """
        AbortMultipartUpload CompleteMultipartUpload CopyObject CreateBucket CreateMultipartUpload DeleteBucket
        DeleteObject DeleteObjectTagging DeleteObjects PutBucketVersioning PutObject PutObjectTagging UploadPart
        UploadPartCopy
        """
    ),
    "secretsmanager": _names(
        """
        CreateSecret DeleteResourcePolicy DeleteSecret PutResourcePolicy PutSecretValue RestoreSecret TagResource
        UntagResource UpdateSecret UpdateSecretVersionStage
        """
    ),
    "sns": _names(
        """
        AddPermission ConfirmSubscription DeleteTopic PublishBatch RemovePermission SetSubscriptionAttributes
        SetTopicAttributes TagResource Unsubscribe UntagResource
        """
    ),
    "ssm": _names(
        """
        AddTagsToResource DeleteParameter DeleteParameters LabelParameterVersion PutParameter
        RemoveTagsFromResource UnlabelParameterVersion
        """
    ),
    "xray": _names("PutTraceSegments"),
}
RECORDED: Mapping[str, frozenset[str]] = {
    "budgets": _names("CreateBudget CreateNotification DeleteBudget DeleteNotification"),
    "cloudtrail": _names(
        """
        AddTags CreateTrail DeleteTrail PutEventSelectors RemoveTags StartLogging StopLogging UpdateTrail
        """
    ),
    "cloudwatch": _names("DeleteDashboards PutDashboard TagResource UntagResource"),
    "codepipeline": _names("CreatePipeline DeletePipeline TagResource UntagResource UpdatePipeline"),
    "dynamodb": _names(
        """
        CreateTable DeleteItem DeleteTable PutItem TagResource UntagResource UpdateContinuousBackups UpdateTable
        """
    ),
    "ecr": _names("DeleteRepositoryPolicy SetRepositoryPolicy"),
    "elbv2": _names("ModifyListenerAttributes"),
    "events": _names(
        """
        DeleteRule DisableRule EnableRule PutRule PutTargets RemoveTargets TagResource UntagResource
        """
    ),
    "fis": _names("TagResource UntagResource"),
    "iam": _names("CreateAccountAlias DeleteAccountAlias"),
    "kms": _names(
        """
        DisableKeyRotation EnableKeyRotation PutKeyPolicy TagResource UntagResource UpdateKeyDescription
        """
    ),
    "logs": _names("DeleteResourcePolicy PutResourcePolicy"),
    "route53": _names("UpdateHostedZoneComment"),
    "s3": _names(
        """
        DeleteBucketEncryption DeleteBucketOwnershipControls DeleteBucketPolicy DeleteBucketTagging
        DeletePublicAccessBlock PutBucketEncryption PutBucketOwnershipControls PutBucketPolicy PutBucketTagging
        PutPublicAccessBlock
        """
    ),
    "wafv2": _names(
        """
        CreateWebACL DisassociateWebACL TagResource UntagResource UpdateWebACL
        """
    ),
}
_NONE = frozenset[str]()


def may_change(service: str, operation: str) -> bool:
    """Whether moto may answer: readings always."""
    return reads(operation) or operation in FOLLOWED.get(service, _NONE) or operation in RECORDED.get(service, _NONE)
