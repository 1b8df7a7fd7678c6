"""An answer as people read it in a chat: ``compose.py`` puts it together, for every chat program.

Words, dates and figures in the reader's language (``words.py``, ``value_text.py``), quotations cut to size
(``excerpt.py``), everything escaped (``markup.py``), links to the exact place (``links.py``).
"""
