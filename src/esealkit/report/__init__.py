"""A judgement rendered: text, JSON, HTML.  Nothing is decided here."""
