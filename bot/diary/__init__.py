"""What the days add up to. Pure: values in, values out."""
