"""``runbook-tui sim``: a simulated AWS on loopback, in a process of its own."""

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=_port, default=0, metavar="N", help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--scenario", default="healthy", metavar="S", help="the world's story (default: healthy)")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="NAME", help="set a fault (again for more): list faults"
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
    parser.add_argument("--with-parent", type=int, metavar="PID", help="end when this process ends")


def run(args: argparse.Namespace) -> int:
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
    )


def _port(word: str) -> int:
    if not word.isdecimal() or int(word) > 65535:
        raise argparse.ArgumentTypeError(f"{word} is no port: give a number from 0 to 65535")
    return int(word)
