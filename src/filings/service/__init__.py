"""A warehouse's Prefect server and runner, started, watched and stopped; nothing here imports Prefect."""
