"""Services that give out files and disks: one probe a protocol, with the conversation that it holds."""
