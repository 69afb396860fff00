"""What is shown. Pure: values in, text or bytes out."""
