"""Processes and connections: gunicorn (``server.py``) with a worker of our own, which waits for no slow client
(``pacing.py``), stops without losing a request (``stopping.py``) and follows the commits of others (``follow.py``).
"""
