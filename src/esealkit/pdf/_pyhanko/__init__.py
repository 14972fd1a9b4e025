"""The one adapter to pyHanko: nothing else in the library imports it.

:mod:`~esealkit.pdf._pyhanko.writing` makes incremental updates; ``reading`` (revisions, later
changes, validation of CMS signatures) is its other half.  Whatever pyHanko raises leaves here
as an :class:`~esealkit.errors.EsealError`.
"""
