"""The formats that others read: canonical JSON, the tree of RFC 6962, signed notes and checkpoints of C2SP."""
