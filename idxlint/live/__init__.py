"""Live mode: run migrations on a throw-away PostgreSQL and watch what they do there.

Each room imports only those in front of it: server, seed, play, proof.
"""
