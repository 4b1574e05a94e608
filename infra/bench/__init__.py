"""Benchmarks: each figure beside its baseline and beside FastAPI with Beanie on uvicorn, in one run."""
