"""How are notebooks executed, recorded and checked?"""
