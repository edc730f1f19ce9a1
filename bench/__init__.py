"""Measurements of the help desk, each against a floor or a peer in the same run.

A measurement is a module with ``main(arguments)``, which returns the exit code.
``./helpdesk bench NAME`` runs it on a copy of the tests' template database.
"""
