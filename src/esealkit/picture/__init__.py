"""Seal pictures: draw, measure, turn into pixels, compare.

:mod:`esealkit.picture.drawing` draws seals by the rules of :mod:`esealkit.picture.rules`;
:mod:`esealkit.picture.lint` says what is wrong with a picture, :mod:`esealkit.picture.imprint`
takes a seal from a scan and :mod:`esealkit.picture.registration` lays it on a picture.
:mod:`esealkit.picture.raster` gives the pixels of any seal picture,
:mod:`esealkit.picture.vector` its paths where it is a plain drawing,
:mod:`esealkit.picture.compare` says whether two show the same seal, and
:mod:`esealkit.picture.seal_like` whether one looks like a seal at all.  All this takes the
``[picture]`` extra; :mod:`esealkit.picture.measure` tells a picture's type and size from its
header without it.
"""
