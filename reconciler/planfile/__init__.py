"""The plan file: a plan as versioned JSON, and back.

What is read is checked as outside data: bounds first, then version and digest, then every value
against the kinds. The digest shows accidental edits. It is no proof of who made the file.
"""

from reconciler.planfile.reading import load, read
from reconciler.planfile.writing import document, write, write_comparison

__all__ = ["document", "load", "read", "write", "write_comparison"]
