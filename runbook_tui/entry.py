"""The command line: finds the verb, imports that verb alone, and is the one owner of exit codes."""

import argparse
import gc
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, Final

from runbook_tui import __version__

VERBS: Final = {
    "demo": "try it: the terminal program on a simulated AWS",
    "setup": "write the site file, question by question",
    "check": "ask checks now, and print the verdicts",
    "triage": "say what is wrong, since when, what changed before, and what to do",
    "attest": "state what no call can tell, list what was stated, take it back",
    "run": "walk a runbook; --headless needs no terminal",
    "plan": "show what a change would do now, as text, JSON, AWS CLI calls or Python",
    "approve": "agree to a colleague's plan, under your own name",
    "runs": "list the runs in the audit log",
    "resume": "take up an unfinished run at the same step",
    "undo": "take back everything that a run changed, the last change first",
    "attach": "show a run whose runner goes on without a screen",
    "audit": "list, show, verify and export journals",
    "list": "list runbooks, checks, actions, scenarios or faults",
    "lint": "judge runbook files, the site file and its waivers",
    "schema": "print the JSON Schema of a runbook, of the site file or of its waivers",
    "permissions": "print the least-privilege policy that the checks need",
    "sim": "serve the simulated AWS on loopback",
    "doctor": "look whether everything that the program needs is there",
    "completion": "print completion for bash, zsh or fish",
}
HIDDEN: Final = {"tui": "the terminal program", "host": "the runner's own process"}
_ELSEWHERE: Final = {"tui": "runbook_tui.tui.verb", "host": "runbook_tui.host.verb"}

EXIT_DEFECT: Final = 70
EXIT_INTERRUPTED: Final = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Without ``arguments`` this is a process of its own: searching for garbage among what it imports, and again
    while it ends, finds none, and is a sixth of lint's time. Programs that go on for hours still search, less often."""
    if arguments is not None:
        return answer(list(arguments))
    gc.set_threshold(50_000)
    code = answer(sys.argv[1:])
    gc.freeze()
    return code


def answer(given: list[str]) -> int:
    if given in (["--version"], ["-V"]):
        print(f"runbook-tui {__version__}")  # noqa: T201 - data
        return 0
    verb, rest = split(given)
    if verb is None and any(word in ("-h", "--help") for word in given):
        print(overview())  # noqa: T201 - data
        return 0
    if verb is None and any(not word.startswith("-") for word in given[:1]):
        return unknown_verb(given[0])
    return carry_out(verb or "tui", rest)


def split(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """The verb, wherever it stands among the options, and everything else in its order."""
    for place, word in enumerate(words):
        if word in VERBS or word in HIDDEN:
            return word, [*words[:place], *words[place + 1 :]]
        if not word.startswith("-") and (
            place == 0 or "=" in words[place - 1] or not words[place - 1].startswith("--")
        ):
            return None, list(words)
    return None, list(words)


class _Parser(argparse.ArgumentParser):
    """Learns the terminal's width when it prints. argparse itself asks for each option that is added, and imports
    shutil to ask: 2 of lint's 45 ms."""

    def format_help(self) -> str:
        self.formatter_class = argparse.HelpFormatter
        return super().format_help()

    def format_usage(self) -> str:
        self.formatter_class = argparse.HelpFormatter
        return super().format_usage()


def _unasked(prog: str) -> argparse.HelpFormatter:
    return argparse.HelpFormatter(prog, width=80)


def parser_of(verb: str) -> argparse.ArgumentParser:
    module = module_of(verb)
    about = VERBS.get(verb) or HIDDEN[verb]
    parser = _Parser(
        prog=f"runbook-tui {verb}" if verb in VERBS else "runbook-tui",
        description=f"{about[0].upper()}{about[1:]}.",
        formatter_class=_unasked,
    )
    module.add(parser)
    parser.set_defaults(open_screen=open_screen, need_terminal=need_terminal, words=words)
    return parser


def module_of(verb: str) -> Any:
    """Every verb is a module with ``add(parser)`` and ``run(args) -> exit code``."""
    _import_msgspec()
    return import_module(_ELSEWHERE.get(verb, f"runbook_tui.cli.{verb}"))


def _import_msgspec() -> None:
    """Without typing_extensions, from which it takes two names that typing has had since Python 3.11. inspect, ast,
    dis and tokenize come with that: 5 of lint's 47 ms. Nobody else is kept from importing it."""
    if "typing_extensions" in sys.modules:
        return
    sys.modules["typing_extensions"] = None  # type: ignore[assignment]
    try:
        import_module("msgspec")
    finally:
        del sys.modules["typing_extensions"]


def words() -> dict[str, tuple[str, ...]]:
    """Each verb's options and fixed choices, for completion."""
    return {verb: tuple(_words_of(parser_of(verb))) for verb in VERBS}


def _words_of(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:  # noqa: SLF001 - argparse shows its options nowhere else
        yield from action.option_strings
        if action.choices is not None and not action.option_strings:
            yield from (str(choice) for choice in action.choices)


def need_terminal() -> None:
    """UsageProblem when there is nothing to draw on: said before anything is started."""
    from runbook_tui.tui.verb import need_terminal as needed

    needed()


def open_screen(args: argparse.Namespace, **what: Any) -> int:
    """How a verb of the command line opens the terminal program, which it does not know."""
    from runbook_tui.tui import verb

    return verb.open_screen(args, **what)


def carry_out(verb: str, rest: Sequence[str]) -> int:
    from runbook_tui.core.problems import Problem

    try:
        module, args = module_of(verb), parser_of(verb).parse_args(rest)
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        code: int = module.run(args)
        sys.stdout.flush()
    except Problem as problem:
        say(str(problem), problem.remedy)
        return problem.exit_code
    except KeyboardInterrupt:
        say("interrupted", "")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone: nobody is left to tell
        return 0
    except Exception as defect:  # noqa: BLE001 - the last resort: a defect is said, never dumped
        say(*described(defect))
        return EXIT_DEFECT
    return code


def described(defect: BaseException) -> tuple[str, str]:
    """A defect in words: its type and where, never its text, which may hold what must not be shown."""
    frame = defect.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f"{frame.tb_frame.f_code.co_filename.rpartition('/')[2]}:{frame.tb_lineno}" if frame else "?"
    return f"a defect of this program: {type(defect).__name__} at {where}", "please report it with this line"


def say(what: str, remedy: str) -> None:
    sys.stderr.write(f"runbook-tui: {what}\n")
    if remedy:
        sys.stderr.write(f"  → {remedy}\n")


def unknown_verb(word: str) -> int:
    from difflib import get_close_matches

    near = get_close_matches(word, VERBS, n=1)
    hint = f"did you mean: runbook-tui {near[0]}" if near else "see: runbook-tui --help"
    say(f"there is no verb {word}", hint)
    return 2


def overview() -> str:
    width = max(len(verb) for verb in VERBS)
    lines = [f"  {verb:<{width}}  {about}" for verb, about in VERBS.items()]
    return "\n".join(
        [
            "usage: runbook-tui [--site FILE] [--state-dir DIR] [VERB] [options]",
            "",
            "Without a verb: the terminal program.",
            "",
            *lines,
            "",
            "runbook-tui VERB --help says more. --version prints the version.",
        ]
    )
