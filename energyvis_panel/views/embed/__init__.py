"""Views in foreign pages: what a page embeds, how the frame follows that page, and the code to copy."""
