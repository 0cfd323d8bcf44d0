"""How much of the gaps between places is people, how much firms, how much places?"""
