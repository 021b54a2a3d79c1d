"""乱试接口 fuzz: thousands of made-up calls against a live test server, and a line of figures.

.venv/bin/python -m tests.fuzz_api --calls 5000
"""

import argparse
import os
import sys

import pytest


def main() -> int:
    """Run the test of the schema with more calls."""
    parser = argparse.ArgumentParser(description="乱试接口")
    parser.add_argument("--calls", type=int, default=5000, help="调用次数")
    os.environ["FUZZ_CALLS"] = str(parser.parse_args().calls)
    quiet = ["--create-db", "-q", "-s", "--no-header", "-p", "no:cacheprovider", "--show-capture=no"]
    return int(pytest.main(["tests/test_api_schema.py", "-k", "made_up", *quiet]))


if __name__ == "__main__":
    sys.exit(main())
