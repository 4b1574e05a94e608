"""Media: uploading, processing, attaching and removing photographs."""
