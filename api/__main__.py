"""``python -m api``: the same as ``citespan``."""

from api.cli import main

main()
