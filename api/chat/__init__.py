"""The OpenAI-compatible face: chat completions and models, for clients that speak that protocol.

Shapes: the OpenAI API reference for ``/v1/chat/completions`` and ``/v1/models``, and what the official client reads.
"""
