"""Benchmarks: each figure beside its floor and beside FastAPI with Beanie on uvicorn, in one run."""
