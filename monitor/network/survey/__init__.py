"""Conversations of surveys: the driver's scope and pace, with a budget as large as a survey needs."""
