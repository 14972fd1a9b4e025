"""Seal pictures: draw and measure.

:mod:`esealkit.picture.simple` draws a plain round seal without any third-party package;
:mod:`esealkit.picture.measure` tells a picture's type and size from its header.
"""
