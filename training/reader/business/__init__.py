"""Business news made up to train and calibrate the reader: paragraphs with marked questions.

Encyclopedic sets lack what business news is full of: similar figures of several periods, measures and companies in one
sentence. All text comes from the grammar of the TOML files here; all names and figures are invented.
"""

from training.reader.business.paragraph import Asked, Paragraph, business

__all__ = ["Asked", "Paragraph", "business"]
