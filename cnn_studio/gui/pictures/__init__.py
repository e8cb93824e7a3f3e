"""Many images as thumbnails in a grid, as several tabs show them."""
