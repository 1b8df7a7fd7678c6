"""How good the answers are: question files in, measures, predictions and a report out."""
