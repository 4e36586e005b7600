"""What the front end has, by the names of its services. Each method is one API request, made once a sweep."""

from collections.abc import Mapping
from typing import Any

from msgspec import field

from runbook_tui.aws.access import Reader
from runbook_tui.aws.facts.border import Fact, LowerFact, parse
from runbook_tui.aws.facts.listing import listed
from runbook_tui.aws.together import together


class Aliases(Fact, frozen=True, kw_only=True):
    items: tuple[str, ...] = ()


class Distribution(Fact, frozen=True, kw_only=True):
    id: str
    status: str = ""
    aliases: Aliases = Aliases()


class _Distributions(Fact, frozen=True, kw_only=True):
    items: tuple[Distribution, ...] = ()


class _Bucket(Fact, frozen=True, kw_only=True):
    name: str


class LambdaNetwork(Fact, frozen=True, kw_only=True):
    subnet_ids: tuple[str, ...] = ()


class LambdaFunction(Fact, frozen=True, kw_only=True):
    function_name: str
    vpc_config: LambdaNetwork = LambdaNetwork()


class _RestApi(LowerFact, frozen=True, kw_only=True):
    id: str = ""
    name: str = ""


class _HttpApi(Fact, frozen=True, kw_only=True):
    id: str = field(default="", name="ApiId")
    name: str = ""


class FrontendFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def distributions(self) -> tuple[Distribution, ...]:
        answer = self._reader.read("cloudfront", "list_distributions")
        return parse(answer.get("DistributionList"), _Distributions).items

    def buckets(self) -> frozenset[str]:
        """Names of all the account's buckets, in every region."""
        found = listed(self._reader.read("s3", "list_buckets"), "Buckets", _Bucket)
        return frozenset(bucket.name for bucket in found)

    def functions(self) -> tuple[LambdaFunction, ...]:
        return listed(self._without_values(self._reader.read("lambda", "list_functions")), "Functions", LambdaFunction)

    def apis(self) -> frozenset[str]:
        """Names and ids of REST, HTTP and WebSocket APIs."""
        rest, http = together(
            lambda: listed(self._reader.read("apigateway", "get_rest_apis"), "items", _RestApi),
            lambda: listed(self._reader.read("apigatewayv2", "get_apis"), "Items", _HttpApi),
        )
        ids = (*(api.id for api in rest), *(api.id for api in http))
        names = (*(api.name for api in rest), *(api.name for api in http))
        return frozenset((*ids, *names)) - {""}

    @staticmethod
    def _without_values(answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """Functions carry their environment's values; nothing here looks at them."""
        kept = ("FunctionName", "VpcConfig")
        functions = answer.get("Functions")
        if not isinstance(functions, list):
            return answer
        return {
            "Functions": [
                {name: one[name] for name in kept if name in one} if isinstance(one, Mapping) else None
                for one in functions
            ]
        }
