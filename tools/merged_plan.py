"""Which run keeps the plan of the pull request that a commit merged, for `action.yml`.

    python tools/merged_plan.py ARTIFACT >> "$GITHUB_OUTPUT"

Writes `run-id=N`; what it found is told on stderr. The environment is that of a workflow, with
GITHUB_TOKEN, which needs `actions: read` and `pull-requests: read`.
"""

from __future__ import annotations

import os
import sys

from reconciler.cli.pipeline import github
from reconciler.errors import ReconcilerError
from reconciler.gateway.forge.merged import merged_plan


def main(artifact: str) -> int:
    """Print the run; return the exit code."""
    try:
        kept = merged_plan(
            github(os.environ), commit=os.environ.get("GITHUB_SHA", ""), artifact=artifact
        )
    except ReconcilerError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    told = f"The plan of pull request {kept.pull_request}, made from {kept.commit[:12]}."
    print(told, file=sys.stderr)
    print(f"run-id={kept.run}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
