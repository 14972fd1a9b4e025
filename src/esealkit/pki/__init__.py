"""Certificates: issuing them, and (as it is built) paths, revocation, CMS, time stamps."""
