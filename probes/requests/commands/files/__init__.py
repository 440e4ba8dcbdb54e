"""Commands to services that give out files, disks and repositories, one file a protocol."""
