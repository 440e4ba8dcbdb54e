"""Tests of the driver over real sockets."""
