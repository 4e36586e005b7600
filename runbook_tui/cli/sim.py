"""``runbook-tui sim``: a simulated AWS on loopback, in a process of its own; and words to one that runs."""

import argparse
from typing import Final

_USAGE: Final = """runbook-tui sim [options]
       runbook-tui sim fault NAME [--clear | --at 5m] [--endpoint-url URL]
       runbook-tui sim faults | clock | advance 10m [--endpoint-url URL]"""


def add(parser: argparse.ArgumentParser) -> None:
    parser.usage = _USAGE
    parser.add_argument(
        "word",
        nargs="?",
        choices=("fault", "faults", "advance", "clock"),
        help="say something to a simulator that runs; left out: start one",
    )
    parser.add_argument("what", nargs="?", metavar="WHAT", help="fault: its name; advance: how far, such as 10m")
    told = parser.add_argument_group("to one that runs")
    told.add_argument("--clear", action="store_true", help="fault: clear it")
    told.add_argument("--at", metavar="SPAN", help="fault: set it so much simulated time from now, such as 5m")
    told.add_argument(
        "--endpoint-url", metavar="URL", help="where it answers (else AWS_ENDPOINT_URL, else the site file's)"
    )
    parser.set_defaults(site=None)
    parser.add_argument("--port", type=_port, default=0, metavar="N", help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument(
        "--scenario", default="healthy", metavar="S", help="list scenarios, or a file (default: healthy)"
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME",
        help="set a fault (again for more): list faults; NAME@5m sets it later",
    )
    parser.add_argument(
        "--dir", metavar="DIR", help="where the site file is kept (default: a folder that goes with it)"
    )
    parser.add_argument(
        "--speed", type=float, default=1.0, metavar="X", help="simulated seconds in a real one (default: 1; 0: by hand)"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="another seed is another course of chance (default: 0)"
    )
    parser.add_argument("--enforce", action="store_true", help="ask IAM policies before every call, as AWS does")
    parser.add_argument("--with-parent", type=int, metavar="PID", help="end when this process ends")


def run(args: argparse.Namespace) -> int:
    if args.word:
        from runbook_tui.cli import sim_words

        return sim_words.say(args)
    from pathlib import Path

    from runbook_tui.simulator.process import serve

    return serve(
        scenario=args.scenario,
        faults=args.fault,
        port=args.port,
        folder=Path(args.dir) if args.dir else None,
        parent=args.with_parent,
        speed=args.speed,
        seed=args.seed,
        enforce=args.enforce,
    )


def _port(word: str) -> int:
    if not word.isdecimal() or int(word) > 65535:
        raise argparse.ArgumentTypeError(f"{word} is no port: give a number from 0 to 65535")
    return int(word)
