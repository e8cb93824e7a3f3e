"""Images, folders, archives and videos in; a dataset out."""
