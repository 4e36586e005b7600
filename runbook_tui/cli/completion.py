"""``runbook-tui completion SHELL``: completion made from the verbs' own parsers, so that it cannot lie."""

import argparse
from collections.abc import Callable, Mapping
from typing import Final

from runbook_tui.cli.output import data


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=("bash", "fish", "zsh"))


def run(args: argparse.Namespace) -> int:
    data(_SHELLS[args.shell](args.words()))
    return 0


Words = Mapping[str, tuple[str, ...]]


def _bash(words: Words) -> str:
    cases = "\n".join(f"    {verb}) words='{' '.join(found)}' ;;" for verb, found in words.items())
    return f"""_runbook_tui() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" verb="" word words
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do [[ $word != -* ]] && {{ verb=$word; break; }}; done
  case "$verb" in
    "") words='{" ".join(words)}' ;;
{cases}
    *) words='' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _runbook_tui runbook-tui"""


def _zsh(words: Words) -> str:
    return f"autoload -U +X bashcompinit && bashcompinit\n{_bash(words)}"


def _fish(words: Words) -> str:
    lines = [
        "complete -c runbook-tui -f -n __fish_use_subcommand -a '" + " ".join(words) + "'",
    ]
    for verb, found in words.items():
        flags = " ".join(found)
        lines.append(f"complete -c runbook-tui -n '__fish_seen_subcommand_from {verb}' -a '{flags}'")
    return "\n".join(lines)


_SHELLS: Final[Mapping[str, Callable[[Words], str]]] = {"bash": _bash, "fish": _fish, "zsh": _zsh}
