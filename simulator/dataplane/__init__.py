"""Requests and predictions as arrays: queues, features, scores, decisions, money."""
