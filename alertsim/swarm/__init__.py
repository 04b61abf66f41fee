"""Many real MQTT subscribers in one process, and exact numbers of what reached them."""
