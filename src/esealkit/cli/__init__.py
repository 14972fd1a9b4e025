"""Words in, words out: commands and exit codes, no decisions."""
