"""What owners export for leftopen to read: access logs."""
