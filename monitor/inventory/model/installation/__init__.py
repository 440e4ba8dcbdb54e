"""Parts of the inventory that say how this installation itself runs: who is on call, who signs, what is served."""
