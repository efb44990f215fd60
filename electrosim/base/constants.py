"""Constants of nature (CODATA 2018, exact in the SI)."""

FARADAY = 96485.33212
"""[C mol-1]"""
GAS_CONSTANT = 8.31446261815324
"""[J mol-1 K-1]"""
