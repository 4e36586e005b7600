"""Where journals are, and which one somebody means. Standard library alone: verifying needs nothing else."""

from pathlib import Path

from runbook_tui.core.problems import UsageProblem

LATEST = "latest"


def runs_folder(state_dir: Path) -> Path:
    return state_dir / "runs"


def attestations_path(state_dir: Path) -> Path:
    """The journal of what operators stated outside of any run."""
    return state_dir / "attestations.jsonl"


def journals(state_dir: Path) -> tuple[Path, ...]:
    """Newest first: the name of a run begins with its time."""
    return tuple(sorted(runs_folder(state_dir).glob("*.jsonl"), key=lambda path: path.stem, reverse=True))


def find_journal(state_dir: Path, wanted: str) -> Path:
    """The journal of a run by its name, the start of it, or ``latest``. UsageProblem for none or several."""
    found = journals(state_dir)
    if wanted == LATEST and found:
        return found[0]
    exact = [path for path in found if path.stem == wanted]
    near = exact or [path for path in found if wanted and path.stem.startswith(wanted)]
    if len(near) == 1:
        return near[0]
    if near:
        names = ", ".join(path.stem for path in near[:3]) + (" …" if len(near) > 3 else "")
        raise UsageProblem(f"{len(near)} runs begin with {wanted}", f"say which: {names}")
    raise UsageProblem(
        f"there is no run {wanted} in {runs_folder(state_dir)}", "see them all with runbook-tui audit list"
    )
