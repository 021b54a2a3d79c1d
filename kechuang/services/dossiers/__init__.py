"""一企一档 (A4.1): an enterprise fills in its facts once; officers settle what sources disagree on."""
