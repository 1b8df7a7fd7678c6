"""The Model Context Protocol at ``/mcp``: agents ask, search and read documents as tools.

``blueprint.py`` (HTTP) -> ``protocol.py`` (which version, which method) -> ``tools.py`` (what a tool does).
"""
