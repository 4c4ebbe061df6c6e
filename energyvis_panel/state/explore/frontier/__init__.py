"""Questions and answers on runs that no other run beats (X8)."""
