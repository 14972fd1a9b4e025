"""The published vectors, against esealkit and against other people's implementations."""
