"""Who may do what: keys, scopes, collections, limits, and a log of changes."""
