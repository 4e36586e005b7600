"""What the simulator does beside moto: one file a service, each found and imported by itself."""
