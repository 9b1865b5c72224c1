"""Findings about payloads: what travels in data and response.

bloated_payload  binary data that is written as text
credentials      a password or a token in clear text
"""
