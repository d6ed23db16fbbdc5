"""Operations of terminals: verified against the audit chain, stored once, answered for good."""
