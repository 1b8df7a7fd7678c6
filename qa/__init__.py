"""A question in, a cited answer out: query -> retrieve -> fuse -> rerank -> read -> decide -> cite."""
