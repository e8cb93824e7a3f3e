"""The prediction tab."""
