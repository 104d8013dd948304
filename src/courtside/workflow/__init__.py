"""What plans and signatures may become: states, events and the transitions between them, as pure functions."""
