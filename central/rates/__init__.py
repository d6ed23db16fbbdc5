"""The city's rates as files: read with the line of every fault, compared, published as a schema."""
