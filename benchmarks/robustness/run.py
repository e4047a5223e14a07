"""Many examples: ``python benchmarks/robustness/run.py [--share 0.1]``.

Runs the property tests with 100,000 examples for the reader, 5,000 for the pipeline and 2,000 posts of each kind for
the forms of the upload page (times ``--share``), and the fault tests of batch and page. An exception that is not one of
the package's own error types is a failure. The reader draws mutated files of every layout.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
KINDS = 9
"""Kinds of samples that the pipeline is given."""


def main() -> None:
    """Run all parts and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=float, default=1.0)
    share = parser.parse_args().share
    reader, pipeline, forms = (max(round(n * share), 50) for n in (100_000, 5_000, 2_000))
    faults = [f"tests/test_{name}.py" for name in ("batch", "web_pool", "web_safety")]
    parts = [
        ("reader, time base, units", reader, ["tests/test_io_property.py"], {"GAIT_EXAMPLES": str(reader)}),
        ("pipeline", pipeline, ["tests/test_robustness.py"], {"GAIT_SEEDS": str(-(-pipeline // KINDS))}),
        ("forms, of each kind", forms, ["tests/test_web_forms.py", "-n", "0"], {"GAIT_FORMS": str(forms)}),
        ("faults of batch and page", 1, faults, {}),
    ]
    print("| part | examples | outcome | seconds |\n|---|---|---|---|", flush=True)
    failed = False
    for name, n, arguments, environment in parts:
        start = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments], cwd=ROOT, text=True,
            env={**os.environ, **environment}, capture_output=True,
        )  # fmt: skip
        failed |= done.returncode != 0
        last = done.stdout.strip().splitlines()[-1]
        print(f"| {name} | {n} | {last} | {time.monotonic() - start:.0f} |", flush=True)
        if done.returncode:
            print(done.stdout[-5000:], file=sys.stderr)
    sys.exit(failed)


if __name__ == "__main__":
    main()
