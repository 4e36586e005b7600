"""Where credentials come from: the aws CLI's own chain, a role on top of it, or the simulator's made-up ones."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from runbook_tui.aws.signin import SignInRefused
from runbook_tui.core.problems import RefusedProblem
from runbook_tui.core.site import Site

SIMULATED: Final = "simulated"
# With one of these set, the environment says who signs in, as it does for the aws CLI; the site's profile does not.
ENVIRONMENT: Final = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE")


def core_session(site: Site, profile: str | None, region: str, endpoint_url: str | None) -> Any:
    """A botocore session with its credential chain in place; nothing is loaded yet."""
    if site.simulated:
        return _simulated(profile)
    core = _live(profile or _site_profile(site))
    if site.aws.role_arn:
        _assume_role(core, site, {"region_name": region, "endpoint_url": endpoint_url})
    return core


def _site_profile(site: Site) -> str | None:
    return None if any(os.environ.get(name) for name in ENVIRONMENT) else site.aws.profile


def _simulated(person: str | None) -> Any:
    """Neither profile nor file of the operator is read: real credentials never reach a simulator. There a profile is
    a person of the simulated account; without one it is who is on call."""
    from botocore.session import Session

    core = Session(
        session_vars={
            "profile": (None, [], None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
    )
    core.set_credentials(f"{SIMULATED}-{person}" if person else SIMULATED, SIMULATED)
    return core


def _live(profile: str | None) -> Any:
    from botocore.exceptions import ProfileNotFound
    from botocore.session import Session

    core = Session(profile=profile)
    try:
        _use_cli_cache(core, profile)
    except ProfileNotFound as error:
        raise RefusedProblem(
            str(error), "`aws configure list-profiles` shows the profiles there are; give one with --profile"
        ) from error
    return core


def _use_cli_cache(core: Any, profile: str | None) -> None:
    """Share the aws CLI's cache of assumed roles, so that a code typed there is not asked for again here."""
    from botocore.credentials import JSONFileCache

    chain = core.get_component("credential_provider")
    for method in ("assume-role", "assume-role-with-web-identity"):
        chain.get_provider(method).cache = JSONFileCache(str(Path("~/.aws/cli/cache").expanduser()))
    # A prompt would fight with the screen for the keyboard, and botocore has no public way to replace it.
    chain.get_provider("assume-role")._prompter = _no_prompt(profile)  # noqa: SLF001


def _no_prompt(profile: str | None) -> Callable[[str], str]:
    def refuse(_prompt: str) -> str:
        named = f" --profile {profile}" if profile else ""
        raise SignInRefused(
            "the profile asks for an MFA code, which cannot be typed here",
            f"run `aws sts get-caller-identity{named}` and type the code there; the session it opens is used here too",
        )

    return refuse


def _assume_role(core: Any, site: Site, where: Mapping[str, str | None]) -> None:
    from botocore.credentials import CredentialResolver

    chain = core.get_component("credential_provider")
    core.register_component("credential_provider", CredentialResolver([_role(core, chain, site, where)]))


def _role(core: Any, chain: Any, site: Site, where: Mapping[str, str | None]) -> Any:
    from botocore.credentials import AssumeRoleCredentialFetcher, CredentialProvider, DeferredRefreshableCredentials
    from botocore.exceptions import NoCredentialsError

    class Role(CredentialProvider):  # type: ignore[misc]
        METHOD = "assume-role"

        def load(self) -> Any:
            source = chain.load_credentials()
            if source is None:
                raise NoCredentialsError
            fetcher = AssumeRoleCredentialFetcher(
                lambda service, **options: core.create_client(service, **{**where, **options}),
                source,
                site.aws.role_arn,
                extra_args=_role_arguments(site),
            )
            return DeferredRefreshableCredentials(fetcher.fetch_credentials, self.METHOD)

    return Role()


def _role_arguments(site: Site) -> dict[str, str]:
    """The session's name stands in CloudTrail beside every call: it says who the operator is."""
    name = re.sub(r"[^\w+=,.@-]", "-", f"runbook-tui-{site.operator.name}", flags=re.ASCII).strip("-")[:64]
    external = {"ExternalId": site.aws.external_id} if site.aws.external_id else {}
    return {"RoleSessionName": name, **external}
