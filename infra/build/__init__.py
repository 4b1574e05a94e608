"""Build what Lambda runs: the common layer and one folder for each function.

``python -m infra.build --target local`` builds for the interpreter at hand, ``--target aws`` for Lambda's. What has
not changed since the last build is left alone.
"""
