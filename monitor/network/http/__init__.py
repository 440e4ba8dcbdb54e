"""HTTP/1.1 with endpoints: the client, how it reads responses and bodies, and which twin a port speaks as."""
