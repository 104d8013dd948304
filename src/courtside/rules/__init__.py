"""From judgement to proposal: conditions over score cards, and their replay on the past."""
