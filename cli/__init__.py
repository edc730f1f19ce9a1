"""The implementation of ./helpdesk. Standard library only.

The modules ``dbadmin`` and ``pytest_plugin`` run inside the virtual environment
that the others make.
"""
