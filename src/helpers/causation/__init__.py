"""Do prosperous places pull further ahead by being prosperous, and what would policy do about it?"""
