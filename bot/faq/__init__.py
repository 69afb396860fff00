"""What is answered. Pure: text in, an entry or an honest nothing out."""
