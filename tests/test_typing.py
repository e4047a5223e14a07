"""The types of the public names, as a user's checker sees them."""

import subprocess
import sys


def test_public_names_have_the_types_that_they_are_said_to_have(root, tmp_path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), "--warn-unused-ignores"]
    done = subprocess.run([*command, "tests/typing/public.py"], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
