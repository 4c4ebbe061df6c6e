"""Makes this folder a package of its own: pyRAPL installs one of the same name, which would hide it."""
