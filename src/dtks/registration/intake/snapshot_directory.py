"""A snapshot directory (synth, or another installation's) into the register, province by province."""
