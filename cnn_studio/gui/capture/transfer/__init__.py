"""Images, folders, zips and videos in; a dataset out."""
