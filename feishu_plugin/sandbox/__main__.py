"""``python -m feishu_plugin.sandbox``: starts a local Feishu."""

import argparse
import sys
from pathlib import Path

from feishu_plugin.sandbox import coverage
from feishu_plugin.sandbox.serve import serve

INTERRUPTED = 130
"""As a shell tells of a program that Ctrl-C ended."""


def main() -> None:
    """Reads the command line and serves until interrupted."""
    parser = argparse.ArgumentParser(prog="feishu-sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8900, help="0 takes a free port")
    parser.add_argument("--data", type=Path, help="keep the state in this SQLite file")
    parser.add_argument("--users", type=Path, help="JSON list of people instead of the default seven")
    parser.add_argument("--print-json", action="store_true", help="print one JSON line with all credentials")
    told = "print what is covered and end; with FILE, rewrite the marked blocks of that file"
    parser.add_argument("--coverage", nargs="?", const="", metavar="FILE", help=told)
    args = parser.parse_args()
    if args.coverage:
        coverage.write(Path(args.coverage))
        return
    if args.coverage is not None:
        sys.stdout.write(coverage.report())
        return
    try:
        serve(args.host, args.port, args.data, args.users, args.print_json)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
