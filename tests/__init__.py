"""The tests, by promise: spec, contract, generative, journeys, unit."""
