"""Figures, dates and periods in text: found, parsed, compared. No state, no models."""
