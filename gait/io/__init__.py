"""Reading: files as phones and watches export them become a recording."""
