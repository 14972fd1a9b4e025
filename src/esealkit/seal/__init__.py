"""Electronic seals (电子印章, SESeal) and seal signatures (电子签章, SES_Signature).

One edition-neutral model for GM/T 0031-2014 (V1), GB/T 38540-2020 (V4), GM/T 0031-2025 (V5) and
the State Council platform's hybrid (ZWFW); parsing by shape on raw slices, building in strict
DER, and the standard's checks as findings.
"""
