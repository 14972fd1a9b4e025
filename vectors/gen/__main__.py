"""``python -m vectors.gen [DIRECTORY]``: write every vector file."""

from __future__ import annotations

import sys
from pathlib import Path

from vectors.gen.files import all_files


def main() -> None:
    """Write below DIRECTORY, by default the folder ``vectors``."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1])
    for name, content in all_files():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(f"{len(content):8d} {name}")


if __name__ == "__main__":
    main()
