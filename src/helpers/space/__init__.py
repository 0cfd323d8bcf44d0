"""What does it matter which districts stand beside which?"""
