"""Load balancing: listeners, their certificates, and what is deleted while it is still needed."""

from collections.abc import Iterable
from typing import Any

from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, after, overlay
from runbook_tui.simulator.world import World


@overlay("elbv2", "CreateListener")
def create_listener(world: World, parameters: Parameters) -> Reply:
    arn, port = parameters["LoadBalancerArn"], int(parameters["Port"])
    balancer = world.backend("elbv2").load_balancers.get(arn)
    for each in balancer.listeners.values() if balancer is not None else ():
        if int(each.port) == port:
            raise Refused("DuplicateListener", f"A listener already exists on this port for this load balancer '{arn}'")
    if parameters["Protocol"] == "HTTPS" and not parameters.get("Certificates"):
        raise Refused("ValidationError", "A certificate must be specified for HTTPS listeners")
    _check(world, parameters.get("Certificates") or ())
    return None


@after("elbv2", "CreateListener")
def plain_http_has_no_policy(world: World, parameters: Parameters) -> Reply:
    """moto gives every listener a TLS policy."""
    balancer = world.backend("elbv2").load_balancers[parameters["LoadBalancerArn"]]
    for listener in balancer.listeners.values():
        if listener.protocol == "HTTP":
            listener.ssl_policy = None
    return None


@overlay("elbv2", "ModifyListener")
def modify_listener(world: World, parameters: Parameters) -> Reply:
    """Only the default certificate is replaced; moto forgets the others."""
    certificates = parameters.get("Certificates") or ()
    _check(world, certificates)
    found = _listener(world, parameters["ListenerArn"])
    if certificates and found.certificates:
        arn = certificates[0]["CertificateArn"]
        others = [one for one in found.certificates[1:] if one != arn]
        world.agenda.after(0, lambda: setattr(found, "certificates", [arn, *others]))
    return None


@overlay("elbv2", "AddListenerCertificates")
def add_listener_certificates(world: World, parameters: Parameters) -> Reply:
    certificates = parameters["Certificates"]
    _check(world, certificates)
    found = _listener(world, parameters["ListenerArn"])
    new = [one["CertificateArn"] for one in certificates if one["CertificateArn"] not in found.certificates]
    found.certificates = [*found.certificates, *new]
    return {"Certificates": [{"CertificateArn": arn, "IsDefault": False} for arn in new]}


@overlay("elbv2", "RemoveListenerCertificates")
def remove_listener_certificates(world: World, parameters: Parameters) -> Reply:
    found = _listener(world, parameters["ListenerArn"])
    if found.certificates and found.certificates[0] in [one["CertificateArn"] for one in parameters["Certificates"]]:
        raise Refused("OperationNotPermitted", "Default certificate cannot be removed from the listener")
    return None


@overlay("elbv2", "DeleteRule")
def delete_rule(world: World, parameters: Parameters) -> Reply:
    """moto takes one that is gone."""
    arn = parameters["RuleArn"]
    for balancer in world.backend("elbv2").load_balancers.values():
        for listener in balancer.listeners.values():
            if any(rule.arn == arn and not rule.is_default for rule in listener.rules.values()):
                return None
    raise Refused("RuleNotFound", "One or more rules not found")


@overlay("elbv2", "DeleteLoadBalancer")
def delete_load_balancer(world: World, parameters: Parameters) -> Reply:
    """What is gone already is answered with success; its web ACL lets go of it."""
    arn = parameters["LoadBalancerArn"]
    found = world.backend("elbv2").load_balancers.get(arn)
    if found is not None and found.attrs.get("deletion_protection.enabled") == "true":
        raise Refused(
            "OperationNotPermitted", f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
        )
    for acl in world.backend("wafv2").wacls.values():
        acl.associated_resources = [one for one in acl.associated_resources if one != arn]
    return None


def _listener(world: World, arn: str) -> Any:
    for balancer in world.backend("elbv2").load_balancers.values():
        if arn in balancer.listeners:
            return balancer.listeners[arn]
    raise Refused("ListenerNotFound", "One or more listeners not found")


def _check(world: World, certificates: Iterable[Parameters]) -> None:
    """A load balancer takes certificates that are issued."""
    for arn in (str(one["CertificateArn"]) for one in certificates):
        if ":acm:" not in arn:
            continue
        found = world.backend("acm")._certificates.get(arn)  # noqa: SLF001 - reading it by the API judges it
        if found is None:
            raise Refused("CertificateNotFound", f"Certificate '{arn}' not found")
        if found.status != "ISSUED":
            must = "must have a fully-qualified domain name, a supported signature, and a supported key size."
            raise Refused("UnsupportedCertificate", f"The certificate '{arn}' {must}")
