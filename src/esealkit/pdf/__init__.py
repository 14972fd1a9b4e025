"""PDF files.

:mod:`~esealkit.pdf.compose` writes plain ones from scratch; :mod:`~esealkit.pdf.drawing`,
:mod:`~esealkit.pdf.artwork`, :mod:`~esealkit.pdf.geometry` and :mod:`~esealkit.pdf.surface` say
how a seal is drawn and where;
:mod:`~esealkit.pdf.document` and :mod:`~esealkit.pdf.examination` read what was signed.
"""
