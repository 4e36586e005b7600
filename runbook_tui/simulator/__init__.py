"""A simulated AWS on loopback: moto keeps the state, this layer tells the truth that moto lacks."""
