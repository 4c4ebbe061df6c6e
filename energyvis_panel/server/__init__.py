"""The web server: one hardened process with its endpoints, limits and sign-in."""
