"""A runner for one composite action: its shell steps are run, its other steps are played.

As much of GitHub as the action needs: expressions, `if`, `env`, outputs, the summary, artifacts.
An expression that it does not know is an error, and so is an action that it cannot play.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sysconfig
import venv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION = ROOT / "action.yml"

_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|(&&|\|\||==|!=|[!()])|([A-Za-z_][\w.-]*))")
_HOLE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


def action() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    return found


def evaluated(expression: str, context: Mapping[str, Any]) -> Any:
    """The value of an expression; what is not there is an empty text, and equals it."""
    words: list[str] = []
    at = 0
    text = expression.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(f"not an expression that is known here: {expression}")
        literal, sign, name = found.groups()
        following = text[found.end() :].lstrip()[:1]
        if literal is not None:
            words.append(repr(literal[1:-1].replace("''", "'")))
        elif sign is not None:
            words.append({"&&": " and ", "||": " or ", "!": " not "}.get(sign, sign))
        elif following == "(":
            words.append({"always": "always"}[name])
        else:
            words.append(repr(_looked_up(name, context)))
        at = found.end()
    return eval("".join(words), {"always": lambda: True})


def _looked_up(path: str, context: Mapping[str, Any]) -> Any:
    value: Any = context
    for name in path.split("."):
        value = value.get(name, "") if isinstance(value, Mapping) else ""
    return value if isinstance(value, bool) else str(value)


def filled(text: Any, context: Mapping[str, Any]) -> str:
    """A text with its expressions replaced."""
    return _HOLE.sub(lambda hole: str(evaluated(hole[1], context)), str(text))


@dataclass
class Run:
    """What a run of the action left behind."""

    failed: str = ""
    code: int = 0
    log: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)


@dataclass
class Runner:
    """A machine with a workspace. `artifacts` are kept by run and name, as on GitHub."""

    work: Path
    event: dict[str, Any] = field(default_factory=dict)
    event_name: str = "push"
    actor: str = "ada"
    sha: str = "c" * 40
    run_id: str = "100"
    environment: dict[str, str] = field(default_factory=dict)
    artifacts: dict[tuple[str, str], Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Install the project as far as it shows: a venv, with a console script such as pip's.

        No variable says where the modules are, for an isolated Python would not read it.
        """
        folder = self.temp / "reconciler-venv"
        venv.create(folder, symlinks=True)
        (packages,) = folder.glob("lib/python*/site-packages")
        paths = [str(ROOT), *{sysconfig.get_path(name): None for name in ("purelib", "platlib")}]
        (packages / "project.pth").write_text("\n".join(paths))
        script = folder / "bin" / "console_script"
        script.write_text("from reconciler.__main__ import main\n\nmain()\n")
        command = folder / "bin" / "reconciler"
        command.write_text(f'#!/bin/sh\nexec "{folder}/bin/python" "{script}" "$@"\n')
        command.chmod(0o755)

    @property
    def temp(self) -> Path:
        return self.work / "runner temp"  # with a blank, as on machines of one's own

    @property
    def workspace(self) -> Path:
        return self.work / "workspace"

    def run(self, **given: str) -> Run:
        """Run the action with these inputs; `_` stands for `-` in their names."""
        read = action()
        inputs = {
            name: filled(said.get("default", ""), {}) for name, said in read["inputs"].items()
        }
        given = {name.replace("_", "-"): value for name, value in given.items()}
        assert given.keys() <= inputs.keys()
        context: dict[str, Any] = {
            "inputs": {**inputs, **given},
            "github": {
                "event_name": self.event_name,
                "actor": self.actor,
                "repository": "acme/shop",
                "event": self.event,
            },
            "steps": {},
        }
        result = Run()
        for step in read["runs"]["steps"]:
            condition = step.get("if", "")
            going = not result.failed or "always()" in condition
            if going and (not condition or evaluated(condition, context)):
                result.ran.append(step["name"])
                self._step(step, context, result)
        result.outputs = {
            name: filled(said["value"], context) for name, said in read["outputs"].items()
        }
        return result

    def _step(self, step: Mapping[str, Any], context: dict[str, Any], result: Run) -> None:
        if "uses" in step:
            said = {name: filled(value, context) for name, value in step["with"].items()}
            self._play(step["uses"].partition("@")[0], said)
            return
        output, summary = self.work / "output", self.work / "summary"
        output.write_text("")
        summary.write_text("")
        env = {name: filled(value, context) for name, value in step.get("env", {}).items()}
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace,
            env={**self._environment(output, summary), **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        result.log += ran.stdout
        result.summary += summary.read_text()
        outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
        if "id" in step:
            context["steps"][step["id"]] = {"outputs": outputs}
        if ran.returncode and not result.failed:
            result.failed, result.code = step["name"], ran.returncode

    def _environment(self, output: Path, summary: Path) -> dict[str, str]:
        event = self.work / "event.json"
        event.write_text(json.dumps(self.event))
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.work),
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_RUN_ID": self.run_id,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_SHA": self.sha,
            "GITHUB_STEP_SUMMARY": str(summary),
            "RUNNER_TEMP": str(self.temp),
            **self.environment,
        }

    def _play(self, name: str, said: Mapping[str, str]) -> None:
        match name:
            case "actions/setup-python":
                assert said["python-version"]
            case "actions/upload-artifact":
                kept = self.work / "artifacts" / self.run_id / said["name"]
                shutil.copytree(said["path"], kept, dirs_exist_ok=True)
                self.artifacts[self.run_id, said["name"]] = kept
            case "actions/download-artifact":
                shutil.rmtree(said["path"], ignore_errors=True)
                kept = self.artifacts[said.get("run-id", self.run_id), said["name"]]
                shutil.copytree(kept, said["path"])
            case _:
                raise ValueError(f"not an action that is known here: {name}")
