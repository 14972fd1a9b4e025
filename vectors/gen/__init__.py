"""Programs that make the vectors; ``python -m vectors.gen`` writes every file anew.

They share no code with :mod:`esealkit`: numbers are Python's big integers, DER is written by a
few lines that can also write it wrong.  Nothing here is fit for real keys.
"""
