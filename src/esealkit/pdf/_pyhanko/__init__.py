"""The one adapter to pyHanko: nothing else in the library imports it.

``writing`` makes incremental updates, with ``opening``, ``pages``, ``seal_forms``,
``page_content`` and ``signature_value``.  ``reading`` tells revisions and later changes, with
``reader``, ``page_tree``, ``form_fields``, ``showings`` and ``differences``.  ``security_store``
and ``objects`` serve both.  Whatever pyHanko raises leaves here as an
:class:`~esealkit.errors.EsealError`.
"""
