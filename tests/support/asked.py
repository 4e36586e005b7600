"""Stand-ins for the operator at setup's questions, and for what exists in the account."""

from collections.abc import Mapping, Sequence
from typing import Any

from runbook_tui.aws.errors import Denied
from runbook_tui.cli.asking import Judge


class ScriptedAsker:
    """Answers by the question's first words; everything else with its default. ``asked`` holds the questions."""

    def __init__(self, **answers: str | bool | Sequence[str]) -> None:
        self.answers = {question.replace("_", " "): answer for question, answer in answers.items()}
        self.asked: list[str] = []
        self.refused: list[str] = []
        self.said: list[str] = []

    def _answer(self, question: str) -> Any:
        self.asked.append(question)
        return next((answer for start, answer in self.answers.items() if question.startswith(start)), None)

    def text(self, question: str, default: str, judge: Judge) -> str:
        answer = self._answer(question)
        for typed in [answer] if isinstance(answer, str) else answer or [default]:
            why = judge(str(typed))
            if not why:
                return str(typed)
            self.refused.append(why)
        raise AssertionError(f"{question}: no answer was allowed: {self.refused}")

    def choose(self, question: str, choices: Sequence[str], default: str) -> str:
        answer = self._answer(question)
        chosen = default if answer is None else next(choice for choice in choices if choice.startswith(str(answer)))
        assert chosen in choices
        return chosen

    def yes(self, question: str, *, default: bool) -> bool:
        answer = self._answer(question)
        return default if answer is None else bool(answer)

    def say(self, text: str) -> None:
        self.said.append(text)


class AccountReader:
    """A reader of one small account. Operations that it does not know are denied."""

    region = "ap-south-1"
    answers: Mapping[str, Mapping[str, Any]] = {
        "get_caller_identity": {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/asha"},
        "describe_vpcs": {
            "Vpcs": [
                {"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "172.31.0.0/16", "Tags": []},
                {
                    "VpcId": "vpc-0aaaaaaaaaaaaaaaa",
                    "CidrBlock": "10.30.0.0/16",
                    "Tags": [{"Key": "Name", "Value": "asharvi-backend-vpc"}],
                },
            ]
        },
        "describe_subnets": {
            "Subnets": [
                {
                    "SubnetId": f"subnet-0{digit * 16}",
                    "VpcId": "vpc-0aaaaaaaaaaaaaaaa",
                    "MapPublicIpOnLaunch": digit < "c",
                }
                for digit in "abcd"
            ]
        },
        "list_clusters": {"clusterArns": ["arn:aws:ecs:ap-south-1:123456789012:cluster/backend"]},
        "list_services": {"serviceArns": []},
        "list_hosted_zones": {
            "HostedZones": [
                {"Id": "/hostedzone/Z0123456789", "Name": "asharvi.in.", "Config": {"PrivateZone": False}},
                {"Id": "/hostedzone/Z9999999999", "Name": "inside.", "Config": {"PrivateZone": True}},
            ]
        },
    }

    def elsewhere(self, region: str) -> "AccountReader":
        return self

    def read(self, service: str, operation: str, /, **parameters: Any) -> Mapping[str, Any]:
        if operation not in self.answers:
            raise Denied(f"{service}:{operation} is not allowed", action=f"{service}:{operation}")
        return self.answers[operation]
