"""What can stop the product, drawn as one tree. Every problem says what is wrong and what to do.

Problem
├── SiteProblem        the site file is missing or wrong              exit 2
├── RunbookProblem     a runbook file is wrong                        exit 2
├── UsageProblem       the command cannot be carried out as given     exit 2
├── RefusedProblem     AWS, the account guard or a rule says no       exit 4
│   ├── WrongAccount   the site names another account than STS does
│   └── SignInExpired  credentials ran out: sign in, then resume at the same step
└── JournalProblem     the audit log cannot be written or is broken   exit 6
    └── RunHeld        another process walks this run
"""


class Problem(Exception):
    """Something the operator can act on. ``str(problem)`` is what and why; ``remedy`` is what to do."""

    exit_code = 70

    def __init__(self, what: str, remedy: str = "", *, where: str = "") -> None:
        super().__init__(f"{where}: {what}" if where else what)
        self.what = what
        self.remedy = remedy
        self.where = where


class SiteProblem(Problem):
    exit_code = 2


class RunbookProblem(Problem):
    exit_code = 2


class UsageProblem(Problem):
    exit_code = 2


class RefusedProblem(Problem):
    exit_code = 4


class WrongAccount(RefusedProblem):
    pass


class SignInExpired(RefusedProblem):
    pass


class JournalProblem(Problem):
    exit_code = 6


class RunHeld(JournalProblem):
    pass
