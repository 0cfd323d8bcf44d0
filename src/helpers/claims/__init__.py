"""Does what has been published about these places follow from the official figures?"""
