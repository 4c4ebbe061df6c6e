"""The page behind the live URL: one file that asks nobody else for anything."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path


def hashed(text: bytes) -> str:
    """Return a source expression that allows exactly this script or style (CSP Level 3, hash-source)."""
    return f"'sha256-{b64encode(sha256(text).digest()).decode('ascii')}'"


def between(content: bytes, tag: bytes) -> bytes:
    """Return what stands inside the one element of that name."""
    return content.split(b"<" + tag + b">")[1].split(b"</" + tag + b">")[0]


PAGE = Path(__file__).with_name("page.html").read_bytes()
PAGE_POLICY = "; ".join(
    [
        "default-src 'none'",
        f"script-src {hashed(between(PAGE, b'script'))}",
        f"style-src {hashed(between(PAGE, b'style'))}",
        "connect-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
