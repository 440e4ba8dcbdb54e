"""What other programs take: files for spreadsheets, metrics."""
