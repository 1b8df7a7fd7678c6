"""HTTP, web page and command line: parse -> qa -> render."""
