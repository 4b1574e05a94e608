"""Token signing keys: making them, publishing their public halves, and changing them without signing anyone out."""
