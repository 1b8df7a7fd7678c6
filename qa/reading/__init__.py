"""The embedded reader: candidate spans of the best passages, and which of them answers."""
