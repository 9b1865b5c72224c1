"""A frame that was pasted, and what is wrong with it.

explanation  frames as text to what is right or wrong with them
effects      what the versions of Nest do with them
"""
