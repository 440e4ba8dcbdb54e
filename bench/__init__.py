"""The measured workloads, each beside a peer in the same run: what `make bench` prints."""
