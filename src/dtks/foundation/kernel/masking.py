"""What a screen may show of a personal value to those who need only recognise it."""


def mask_number(number: str) -> str:
    """'320190******0001': the first six and the last four signs; all stars when shorter than 13."""
    if len(number) < 13:
        return "*" * len(number)
    return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"


def mask_name(name: str) -> str:
    """'S*** A*****': the first letter of each word."""
    return " ".join(word[0] + "*" * (len(word) - 1) for word in name.split())
