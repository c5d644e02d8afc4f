"""What EDGAR answers, and what an answer is."""
