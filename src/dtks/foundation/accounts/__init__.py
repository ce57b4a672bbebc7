"""Who may do what, where: accounts of officers and citizens, roles over areas, second factor, sessions.

Comes in: sign-in, and decisions on who holds which role. Goes out: the `Actor` of a request, with its
permissions and its area. Always true: an account without a valid grant can do nothing; nobody holds two
roles at once whose duties must not meet (`roles.INCOMPATIBLE`); personal data are opened only after a second
factor.
"""
