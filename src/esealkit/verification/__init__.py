"""Findings folded into a judgement: the one place that knows what *passed* means.

:mod:`~esealkit.verification.verifier` runs the standard's numbered checks,
:mod:`~esealkit.verification.judgement` folds their findings by the policy's weights.  Nothing
here reaches a private key or a key backend.
"""
