"""Programs in typed languages, lowered to one small form: what their folders share, so that each says only what is its own."""
