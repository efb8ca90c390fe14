"""人员: the tree from district to unit, seats, postings, the roster, departments and who answers for what."""
