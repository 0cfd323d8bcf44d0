"""How do the districts of an area move over the years, all of them and not two groups alone?"""
