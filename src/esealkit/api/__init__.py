"""The public verbs: verify, sign, make.  ``import esealkit`` re-exports them lazily."""
