"""What staff may do and what follows: plain functions over models; one write is one transaction."""
