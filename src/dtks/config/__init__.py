"""Settings, addresses and the WSGI entry. Nothing else."""
