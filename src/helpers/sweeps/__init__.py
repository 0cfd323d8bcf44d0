"""How does one number, or a whole account, change with the choices behind it? Many runs at once."""
