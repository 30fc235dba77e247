"""Writes the generated parts of the docs: kinds, commands, switches, an example plan.

A page keeps them between `<!-- generated: NAME -->` and `<!-- end -->`; `docs/cli.md`,
`docs/kinds.md` (by `kinds_page`) and `docs/plan.schema.json` are generated whole. All of it is read
off the code, or made by running it. Nothing here judges: a test compares the pages with what this
writes.

    python tools/generate_docs.py            # write the pages
    python tools/generate_docs.py --check    # fail when a page is not what the code says
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields as dataclass_fields
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, get_args, get_type_hints

import click

from reconciler import kinds, planfile
from reconciler.cli.main import cli
from reconciler.executor.journal import Journal
from reconciler.executor.run import apply
from reconciler.gateway.stripe import API_VERSION, Gateway
from reconciler.model.codes import CODES, FIXED
from reconciler.model.plan import ACTIONS
from reconciler.observer.account import observe
from reconciler.planfile.schema import json_schema as plan_schema
from reconciler.planner.build import plan as build
from reconciler.render.view import MARKS
from reconciler.simulator.core import Simulator
from reconciler.simulator.faults import Fault
from reconciler.simulator.resources import discover
from reconciler.simulator.switches import Switches
from reconciler.simulator.transport import SimulatorTransport
from reconciler.spec.load import loads

# The other half of this tool, also where a test loads this file by its path.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from kind_tables import table
from kind_words import attribute_table, mark_table
from kinds_page import kinds_page
from permission_tables import key_forms, permission_table

DOCS = Path(__file__).resolve().parent.parent / "docs"
EXAMPLES = DOCS.parent / "examples"

WORKFLOWS = {
    "plan": "github/plan.yml",
    "apply": "github/apply.yml",
    "drift": "github/drift.yml",
    "gitlab": "gitlab/.gitlab-ci.yml",
}

_PART = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)

_EXAMPLE = """\
[catalog]
name = "acme"

[defaults]
currency = "usd"

[products.pro]
name = "Pro"

[products.pro.prices.monthly]
amount = {amount}
interval = "month"
"""


# The simulator


def switch_table() -> str:
    """Every switch with its values, the default first, and what it stands for."""
    hints = get_type_hints(Switches)
    # Each field's text is the line below it.
    texts = dict(re.findall(r'(\w+): .*\n +"""(.*)"""', inspect.getsource(Switches)))
    defaults = Switches()
    rows = []
    for field in dataclass_fields(Switches):
        given = getattr(defaults, field.name)
        values = [True, False] if hints[field.name] is bool else list(get_args(hints[field.name]))
        values.sort(key=lambda value, first=given: value != first)  # type: ignore[misc]
        words = ", ".join(f"`{str(value).lower()}`" for value in values)
        rows.append((f"`{field.name}`", words, texts[field.name]))
    return table(("switch", "values, default first", "what it stands for"), rows)


def endpoint_table() -> str:
    """What each resource of the simulator offers."""
    rows = []
    for resource in sorted(discover().values(), key=lambda one: one.path):
        actions = {
            "create": resource.create,
            "retrieve": resource.retrieve and not resource.singleton,
            "update": resource.update,
            "delete": resource.delete,
            "list": resource.listed and not resource.singleton,
            "search": resource.searched,
            "read": resource.singleton,
        }
        offered = [name for name, there in actions.items() if there] + sorted(resource.verbs)
        rows.append((f"`{resource.path}`", ", ".join(offered)))
    return table(("path", "offers"), rows)


def fault_table() -> str:
    """Every fault."""
    return table(("`Fault`", "what happens"), ((f"`{one.name}`", one.value) for one in Fault))


def cli_page() -> str:
    """The whole page of commands, laid out here and not by click, whose layout changes."""
    found = ["# Commands", "Written by `tools/generate_docs.py`; `--help` says the same."]
    for name, command in _commands(cli, "reconciler"):
        arguments = [one.name or "" for one in command.params if isinstance(one, click.Argument)]
        options = [one for one in command.params if isinstance(one, click.Option)]
        found += [f"## {' '.join([name, *map(str.upper, arguments)])}"]
        found += [inspect.cleandoc(command.help or "")]
        if options:
            found += [table(("option", "what it does"), map(_option_row, options))]
        found += [command.epilog] if command.epilog else []
    return "\n\n".join(found) + "\n"


def _option_row(option: click.Option) -> tuple[str, str]:
    choices = option.type.choices if isinstance(option.type, click.Choice) else ()
    value = "" if option.is_flag else option.metavar or "|".join(choices) or "VALUE"
    default = f" By default `{option.default}`." if option.show_default else ""
    return (f"`{f'{option.opts[0]} {value}'.strip()}`", f"{option.help or ''}{default}")


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for inner in command.list_commands(context):
            if (found := command.get_command(context, inner)) is not None:
                yield from _commands(found, f"{name} {inner}")


def action_table() -> str:
    """Every action with the sign that it has in a plan."""
    texts = {cls.action: (cls.__doc__ or "").partition(".")[0] + "." for cls in ACTIONS}
    rows = ((f"`{name}`", f"`{MARKS[name]}`", text) for name, text in texts.items())
    return table(("action", "sign", "what it says"), rows)


def example_plan() -> str:
    """The plan file of a changed price, made by planning and applying on a simulator."""
    known = kinds.load()
    with Simulator(clock=lambda: 1_760_000_000.0) as simulator:
        transport = SimulatorTransport(simulator)
        gateway = Gateway("sk_test_docs", transport=transport, paced=False)

        def planned(amount: str) -> Any:
            catalog = loads(_EXAMPLE.format(amount=amount), known)
            seen = observe(gateway, known.values())
            return build(catalog, seen, known, api_version=API_VERSION)

        apply(
            planned("29.00"),
            known,
            gateway,
            gateway,
            journal=Journal.none("docs"),
            clock=lambda: 0.0,
            workers=1,
        )
        return f"```json\n{planfile.write(planned('35.00'))}```"


def code_table() -> str:
    """Every guard's code, what it stops, and whether it can be lifted."""
    rows = (
        (f"[{code}](#{code.lower()})", text, "no" if code in FIXED else "yes")
        for code, text in CODES.items()
    )
    return table(("code", "what it stops", "can be lifted"), rows)


def floors_table() -> str:
    """The floors that import-linter checks, from the top, with what each module is."""
    settings = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = (
        one for one in settings["tool"]["importlinter"]["contracts"] if one["type"] == "layers"
    )
    rows = (
        (str(len(contract["layers"]) - above), f"`{name}`", _opening(f"reconciler.{name}"))
        for above, floor in enumerate(contract["layers"])
        for name in map(str.strip, floor.split("|"))
    )
    return table(("floor", "module", "what it is"), rows)


def module_table(package: str) -> str:
    """The modules of a package, with what each says of itself."""
    found = import_module(f"reconciler.{package}")
    names = sorted(module.name for module in iter_modules(found.__path__))
    rows = ((f"`{name}`", _opening(f"reconciler.{package}.{name}")) for name in names)
    return table(("module", "what it is"), rows)


def _opening(module: str) -> str:
    """What a module's docstring says first. The module is read, and not run."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    return (ast.get_docstring(tree) or "").partition("\n\n")[0]


def workflow(name: str) -> str:
    """A file of a pipeline, whole."""
    path = EXAMPLES / "ci" / WORKFLOWS[name]
    return f"```yaml\n{path.read_text(encoding='utf-8')}```"


def parts() -> Mapping[str, Callable[[], str]]:
    """Every generated part by its name."""
    found: dict[str, Callable[[], str]] = {
        "switches": switch_table,
        "endpoints": endpoint_table,
        "faults": fault_table,
        "actions": action_table,
        "plan": example_plan,
        "codes": code_table,
        "floors": floors_table,
        "marks": mark_table,
        "kind": attribute_table,
        "permissions": lambda: permission_table(kinds.load()),
        "key-forms": lambda: key_forms(kinds.load()),
    }
    for name in WORKFLOWS:
        found[f"workflow-{name}"] = partial(workflow, name)
    for package in ("planner", "executor"):
        found[f"modules-{package}"] = partial(module_table, package)
    return found


def filled(text: str) -> str:
    """A page with its generated parts written anew."""
    known = parts()

    def fill(match: re.Match[str]) -> str:
        return f"{match[1]}\n{known[match[2]]()}\n\n{match[3]}"

    return _PART.sub(fill, text)


def pages() -> dict[Path, str]:
    """Every page that has a generated part, as it should be."""
    found = {
        DOCS / "cli.md": cli_page(),
        DOCS / "kinds.md": kinds_page(kinds.load()),
        DOCS / "plan.schema.json": json.dumps(plan_schema(kinds.load()), indent=2) + "\n",
    }
    for path in sorted(DOCS.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if path not in found and _PART.search(text):
            found[path] = filled(text)
    return found


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them with `--check`."""
    checking = arguments == ["--check"]
    wanted = pages().items()
    stale = [(p, t) for p, t in wanted if not p.exists() or p.read_text(encoding="utf-8") != t]
    for path, text in stale:
        if not checking:
            path.write_text(text, encoding="utf-8")
        print(f"{path} is not what the code says" if checking else f"wrote {path}")
    return int(checking and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
