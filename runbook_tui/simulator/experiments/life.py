"""An experiment from its start to its end, on the clock."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from runbook_tui.simulator.experiments import targets
from runbook_tui.simulator.experiments.durations import duration
from runbook_tui.simulator.experiments.effects import EFFECTS, Order, alarm_state
from runbook_tui.simulator.experiments.store import FINISHED, Experiment, Resource
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.world import World

_INITIATING = 1.0  # seconds after the start
_RUNNING = 3.0
_STOPPING = 5.0
_HALTED = "Experiment halted by stop condition."
_WATCH_EVERY = 10.0  # seconds between two looks at the alarms of the stop conditions


class Life:
    """One experiment. Its steps are appointments; its end puts everything back."""

    def __init__(self, world: World, experiment: Experiment) -> None:
        self._world = world
        self._it = experiment
        self._actions: Mapping[str, Any] = experiment.shown["actions"]

    def begin(self) -> None:
        self._later(_INITIATING, lambda: self._it.to("initiating", "Experiment is initiating."))
        self._later(_RUNNING, self._run)

    def stop(self, reason: str, ended: str = "Experiment stopped.") -> None:
        """Everything is put back at once; a few seconds later it is stopped."""
        self._it.to("stopping", reason)
        self._drop_appointments()
        self._put_back("stopping", "Stopping action.")
        self._later(_STOPPING, lambda: self._end("stopped", ended))

    def _later(self, seconds: float, happening: Any) -> None:
        self._it.appointments.append(self._world.agenda.after(seconds, happening))

    def _drop_appointments(self) -> None:
        for each in self._it.appointments:
            each.cancel()
        self._it.appointments.clear()

    def _run(self) -> None:
        try:
            for name, target in self._it.shown["targets"].items():
                self._it.targets[name] = targets.resolve(self._world, target)
        except Refused as refused:
            self._end("failed", refused.message)
            return
        empty = [name for name, found in self._it.targets.items() if not found]
        options = self._it.shown["experimentOptions"]
        if empty and options["emptyTargetResolutionMode"] == "fail":
            self._end("failed", f"Target resolution returned empty set: {', '.join(empty)}")
            return
        if options["actionsMode"] == "skip-all":
            self._skip(self._actions, "The actions mode of the experiment is skip-all.")
            self._end("completed", "Experiment completed.")
            return
        self._it.to("running", "Experiment is running.")
        self._watch()
        self._start_what_may()

    def _watch(self) -> None:
        """A stop condition that is met stops the experiment."""
        alarms = [each["value"] for each in self._it.shown["stopConditions"] if each["source"] != "none"]
        if any(alarm_state(self._world, arn) == "ALARM" for arn in alarms):
            self.stop(_HALTED, _HALTED)
        elif alarms:
            self._later(_WATCH_EVERY, self._watch)

    def _start_what_may(self) -> None:
        """Actions whose forerunners are done; the experiment completes with the last."""
        for name, action in self._actions.items():
            if self._it.status != "running":
                return
            if self._state(name) == "pending" and all(
                self._state(former) in ("completed", "skipped") for former in action.get("startAfter") or ()
            ):
                self._start(name, action)
        if self._it.status == "running" and all(
            self._state(name) in ("completed", "skipped") for name in self._actions
        ):
            self._end("completed", "Experiment completed.")

    def _start(self, name: str, action: Mapping[str, Any]) -> None:
        resources = self._resources(action)
        if action.get("targets") and not resources:
            self._skip([name], "Target resolution returned empty set.")
            return
        self._say(name, "running", "Action is running.")
        parameters = action.get("parameters") or {}
        order = Order(experiment=self._it.shown["id"], parameters=parameters, resources=resources)
        try:
            self._it.undo[name] = EFFECTS[action["actionId"]](self._world, order)
        except Refused as refused:
            self._say(name, "failed", refused.message)
            self._end("failed", f"Action {name} failed: {refused.message}")
            return
        lasts = duration(parameters["duration"]) if "duration" in parameters else timedelta(seconds=1)
        self._later(lasts.total_seconds(), lambda: self._finish(name))

    def _finish(self, name: str) -> None:
        self._it.undo.pop(name)()
        self._say(name, "completed", "Action was completed.")
        self._start_what_may()

    def _resources(self, action: Mapping[str, Any]) -> Sequence[Resource]:
        return [each for target in (action.get("targets") or {}).values() for each in self._it.targets[target]]

    def _end(self, status: str, reason: str) -> None:
        self._drop_appointments()
        self._put_back("stopped", "Action was stopped.")
        left = [name for name in self._actions if self._state(name) not in (*FINISHED, "skipped")]
        for name in left:
            running = self._state(name) == "stopping"
            self._say(
                name, "stopped" if running else "cancelled", f"Action was {'stopped' if running else 'cancelled'}."
            )
        self._it.to(status, reason)
        self._it.shown["endTime"] = self._world.clock.now()

    def _put_back(self, status: str, reason: str) -> None:
        for name in reversed(list(self._it.undo)):
            self._it.undo.pop(name)()
            self._say(name, status, reason)

    def _skip(self, names: Any, reason: str) -> None:
        for name in names:
            self._say(name, "skipped", reason)

    def _say(self, name: str, status: str, reason: str) -> None:
        self._it.action_to(name, status, reason, self._world.clock.now())

    def _state(self, name: str) -> str:
        return str(self._actions[name]["state"]["status"])
