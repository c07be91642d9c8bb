"""The parts of the screens: each shows frozen values and posts what a person asks for."""
