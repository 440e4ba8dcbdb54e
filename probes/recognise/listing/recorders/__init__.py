"""Lists that recorders of calls and pictures give of what they keep: where each recording is handed out."""
