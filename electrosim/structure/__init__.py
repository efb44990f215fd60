"""What a volume looks like: shares, surfaces, sizes of pores, intrusion, network."""
