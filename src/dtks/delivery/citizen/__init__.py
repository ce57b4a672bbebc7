"""The citizens' own pages: what the register's offices did with their data.

Comes in: a signed-in citizen, whom the account ties to a person of the register. Goes out: what concerns that
person and family, and nobody else.
"""
