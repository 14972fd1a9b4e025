"""``python -m esealkit``."""

from __future__ import annotations

from esealkit.cli.main import main

if __name__ == "__main__":
    main()
