"""Certificates, paths, trust (GB/T 20518-2018, RFC 5280)."""
