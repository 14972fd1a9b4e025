"""What a PDF signature is made of, in every combination: each must sign and verify."""
