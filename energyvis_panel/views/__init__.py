"""What the browser shows: one view a file, each a plain function of rows with a thin Viewer around it."""
