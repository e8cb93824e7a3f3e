"""What says which class an image of others is of: its folders, a table, or boxes drawn on photos.

Each way to read that is a `LabelSource`; `folder_words` knows what folders are called all over the
world, `folder_sources` reads a tree of them, `table_sources` tables, and `box_sources` boxes.
"""
