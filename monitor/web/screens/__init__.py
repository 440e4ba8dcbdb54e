"""The pages, one file a screen: reads the model, fills the template."""
