"""Where cases are lost: stays in stages as competing risks, judged against the others."""
