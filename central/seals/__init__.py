"""Officers' seals on citations: verified within a minute, never in the push path."""
