"""Made-up pages in the shapes of real software and hand-made scripts: each a layout that any folder can be shown in."""
