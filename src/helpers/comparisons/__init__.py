"""How do places compare on everything that is measured beside productivity?"""
