"""Layout, components, design tokens, formats and the front-end build of every page.

Comes in: plain values of a view. Goes out: pages that call no third-party address, work at 360 px and
without a script, show a visible focus, and write numbers, money and dates the Indonesian way.
Holds no knowledge of welfare: labels of variables, programmes and areas come from those who own them.
"""
