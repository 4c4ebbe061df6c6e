"""The version of the distribution; a constant, since looking it up costs 15 ms and 3 MB in the sampler."""

VERSION = "0.1.0"
