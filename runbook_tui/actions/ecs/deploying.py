"""Another image for the service, where no pipeline updates it (guide 9.1)."""

from runbook_tui.actions.ecs.definitions import REGISTERED, registering, registrable, with_image
from runbook_tui.actions.ecs.images import asked, newest, reference, tagged
from runbook_tui.actions.ecs.updating import update
from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site


@action(
    "ecs.deploy-image", guide="9.1", fixes=("deploy.image-new", "ecs.taskdef.image-repo", "ecs.taskdef.node-version")
)
def deploy_image(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """The service runs the image that you choose, with everything else as it is now."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    definition = aws.ecs.task_definition(service.task_definition)
    present = definition.container(env.container).image
    images = newest(aws, env)
    (tag,) = inputs.take(asked(images, f"Which image? {definition.label} runs {present.rpartition('/')[2]} now."))
    wanted = reference(aws, env, tagged(images, tag), tag)
    if service.deploying and present != wanted:
        raise CannotPlan("a deployment is running", "wait for its end, or stop it")
    calls = () if present == wanted else _calls(aws, site, env, service.task_definition, wanted)
    return Plan(
        action="ecs.deploy-image",
        title=f"Deploy {tag} to {env.service}",
        environment=env.name,
        resource=env.service,
        effect="A new revision is registered, like the present one but for its image. ECS starts its tasks and stops "
        "the old ones when the new ones are healthy. The number of tasks stays what autoscaling has set.",
        risk=Risk.DISRUPTIVE,
        calls=calls,
        differences=(Difference(what="image", before=present, after=wanted),) if calls else (),
        warnings=("where a pipeline updates the service, let the pipeline do it: its next run knows nothing of this",),
        permissions=needed(calls),
    )


def _calls(aws: Aws, site: Site, env: Environment, present: str, wanted: str) -> tuple[ApiCall, ...]:
    copied = with_image(registrable(aws, present), env.container, wanted)
    back = update(site, env, f"{present.rpartition('/')[2]} is deployed again", taskDefinition=present)
    return (
        registering(copied, f"a copy of {present.rpartition('/')[2]} with the new image"),
        update(site, env, "tasks of the new revision are started", (back,), taskDefinition=REGISTERED),
    )
