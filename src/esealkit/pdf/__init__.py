"""PDF files.  :mod:`esealkit.pdf.compose` writes plain ones from scratch."""
