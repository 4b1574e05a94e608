"""Reading photographs of strangers. The modules here need the imaging layer, which the media worker alone has."""
