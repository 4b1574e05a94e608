"""Photographs that people show each other: their states, limits, and what makes two of them alike."""
