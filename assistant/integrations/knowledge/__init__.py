"""Where written answers come from (port ``Knowledge``)."""
