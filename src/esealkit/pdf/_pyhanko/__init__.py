"""The one adapter to pyHanko: nothing else in the library imports it.

``writing`` makes incremental updates (with ``opening``, ``pages`` and ``objects``); ``reading``
(with ``differences`` and ``values``) tells revisions and later changes.  Whatever pyHanko raises
leaves here as an :class:`~esealkit.errors.EsealError`.
"""
