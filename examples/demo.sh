#!/usr/bin/env bash
# The main job from end to end, on a simulated Stripe kept in a temporary folder.
#
#   bash examples/demo.sh COMMAND...     COMMAND runs the reconciler; `reconciler` unless given
#
# Every exit code is checked: the demo fails where the reconciler does not do what is told here.
set -euo pipefail

(($#)) || set -- reconciler
run=("$@")
here=$(cd "$(dirname "$0")" && pwd)
[[ ${run[0]} == */* ]] && run[0]=$(cd "$(dirname "${run[0]}")" && pwd)/$(basename "${run[0]}")
work=$(mktemp -d "${TMPDIR:-/tmp}/reconciler demo.XXXXXX")
trap 'rm -rf "$work"' EXIT
cp "$here/catalog.toml" "$here/catalog-next.toml" "$work"
cd "$work"

say() { printf '\n# %s\n' "$@"; }

# expect CODE ARGUMENTS...: shows a command, runs it, and insists on its exit code.
expect() {
    local wanted=$1 code=0
    shift
    printf '\n$ reconciler %s\n' "$*"
    "${run[@]}" "$@" 2>&1 || code=$?
    if ((code != wanted)); then
        printf '\nThe demo expected exit code %d here and got %d.\n' "$wanted" "$code" >&2
        exit 1
    fi
    ((code == 0)) || printf '(exit code %d)\n' "$code"
}

say "A catalog in a file: three products, seven prices, two plans. Is it sound?"
expect 0 validate catalog.toml

say "What does an empty account lack of it? Saved, so that this plan and no other is applied."
expect 2 plan catalog.toml --simulator stripe.db --out plan.json --detailed-exitcode

say "Apply that plan. Afterwards the account is read again and compared."
expect 0 apply plan.json catalog.toml --simulator stripe.db --yes

say "Planned again there is nothing to do: no state file, the account itself tells."
expect 0 plan catalog.toml --simulator stripe.db --detailed-exitcode

say "The saved plan cannot be applied twice: the account has moved on."
expect 4 apply plan.json --simulator stripe.db --yes

say "A pull request: a price goes up, a product goes, a plan is renamed."
git --no-pager diff --no-index --no-color -U0 catalog.toml catalog-next.toml |
    grep '^[-+][^-+#]' || true

say "Its plan. So much at once stops at a guard, until somebody lifts it by name."
expect 3 plan catalog-next.toml --simulator stripe.db --out next.json --detailed-exitcode

say "Lifted by name, it is applied: first the new price, last what goes."
expect 0 apply next.json --simulator stripe.db --yes --allow RC101

say "And there it stays."
expect 0 plan catalog-next.toml --simulator stripe.db --detailed-exitcode

say "That was all on a simulated Stripe. With STRIPE_API_KEY set, leave --simulator out."
