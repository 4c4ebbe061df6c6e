"""The Explore page without its looks: brushes, the questions of its views, and what their answers say."""
