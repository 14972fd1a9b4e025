"""Certificates: reading, paths, trust, issuing (GB/T 20518-2018, RFC 5280)."""
