"""How somebody gets in, stays in and leaves: password, factors, institutions, citizens' codes, sessions.

The second factors, the OIDC protocol and the list of sessions are django-allauth's; pages, lock-outs and the
trail are here. Always true: a session without a shown factor sees no area and no page but its own way in.
"""
