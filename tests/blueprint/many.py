"""Ten times as many examples as the profile asks for: for properties whose examples cost little."""

from hypothesis import settings

many = settings(max_examples=settings.default.max_examples * 10 if settings.default else 1000)
