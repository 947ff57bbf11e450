"""From results to what people see: cards, and the renderers that draw them."""
