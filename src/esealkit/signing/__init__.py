"""Signing as states: *Prepared* → *ToBeSigned* → *Signed* → *Embedded*.

Everything that can be refused is refused before the document is touched; the value to be signed
is plain bytes that may be signed elsewhere; the result is staged beside its destination and
only renamed after the caller has verified it.
"""
