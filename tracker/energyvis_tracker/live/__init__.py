"""The live URL: what the sampler serves over HTTP while its runs go on (docs/live_url.md).

`LiveServer` serves, one `LiveFeed` a run is what it serves. The package is imported by the sampler at its
start, so the modules that only an answer needs are loaded when the first client connects.
"""
