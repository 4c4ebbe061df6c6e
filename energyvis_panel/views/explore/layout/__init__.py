"""The Explore page as chapters of a story, and as a workbench of picked views."""
