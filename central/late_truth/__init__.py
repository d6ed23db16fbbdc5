"""Late truth: a right that disproves a citation finds it, whichever of the two comes last."""
