"""The peer: the same four routes the usual way, FastAPI and Beanie, under the same runtime client as ours."""
